/** Writes down what goes over loopback on chosen ports, by dumpcap of the package tshark. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Undefined where dumpcap is missing or may not capture. */
export function captureVersion(): string | undefined {
  const { status, stdout } = spawnSync('dumpcap', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const interfaces = spawnSync('dumpcap', ['-D'], { encoding: 'utf8' });
  return interfaces.status === 0 && /\blo\b/.test(interfaces.stdout) ? stdout.split('\n')[0] : undefined;
}

export class Capture {
  readonly #file: string;
  readonly #child: ReturnType<typeof spawn>;
  #said = '';

  private constructor(file: string, child: ReturnType<typeof spawn>) {
    this.#file = file;
    this.#child = child;
    child.stderr?.on('data', (text: Buffer) => {
      this.#said += text.toString();
    });
  }

  /** Resolves when packets are being written. */
  static async start(file: string, ports: readonly number[]): Promise<Capture> {
    const filter = `tcp and (${ports.map((port) => `port ${port}`).join(' or ')})`;
    const child = spawn('dumpcap', ['-i', 'lo', '-f', filter, '-w', file, '-B', '64'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const capture = new Capture(file, child);
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on('data', () => {
        if (/^File: /m.test(capture.#said)) resolve();
      });
      child.once('exit', () => reject(new Error(`dumpcap ended: ${capture.#said}`)));
      child.once('error', reject);
    });
    return capture;
  }

  /**
   * Ends it; the answer is every byte that was seen, and how many packets.
   * @throws Error when packets were lost: what was not seen proves nothing
   */
  async end(): Promise<{ readonly bytes: Buffer; readonly packets: number }> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    await ended;
    const lost = /dropped on interface '[^']*': \d+\/(\d+)/.exec(this.#said)?.[1];
    if (lost !== '0') throw new Error(`the capture is not whole: ${this.#said}`);
    const packets = Number(/Packets captured: (\d+)/.exec(this.#said)?.[1] ?? 0);
    return { bytes: await readFile(this.#file), packets };
  }
}
