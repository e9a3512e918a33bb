/** Starts the Engage side as a process of its own and speaks to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { EngageCommandInput, EngageConfigInput } from './config.ts';
import type { DayResult, EngageAddresses, EngageStatus, ScenarioResult } from './engage-side.ts';

type Without<Name extends EngageCommandInput['command']> = Omit<
  Extract<EngageCommandInput, { command: Name }>,
  'command' | 'id'
>;

/** A process that does not end by itself within this time is killed. */
const stopLimitMs = 10_000;

interface Waiting {
  readonly resolve: (line: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

export class EngageProcess {
  readonly addresses: EngageAddresses;
  readonly #child: ChildProcess;
  /** Answers and outcomes that somebody waits for, by `<id>` and `<id> over`. */
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  private constructor(child: ChildProcess, addresses: EngageAddresses) {
    this.#child = child;
    this.addresses = addresses;
  }

  /** @throws {ExecError} simulator.impossible with what the process wrote when it did not get ready. */
  static async start(config: EngageConfigInput): Promise<EngageProcess> {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = `${complaint}${chunk.toString()}`.slice(-10_000);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(config)}\n`);
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, 'line').then(([line]) => String(line)),
      once(child, 'exit').then(() => undefined),
    ]);
    if (first === undefined)
      throw new ExecError('simulator.impossible', `the Engage side did not start: ${complaint.trim()}`);
    const self = new EngageProcess(child, JSON.parse(first) as EngageAddresses);
    lines.on('line', (line) => self.#onLine(line));
    child.once('exit', () => self.#onExit(complaint));
    return self;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the day is over. */
  async playDay(o: Without<'play-day'>): Promise<DayResult> {
    return (await this.#play({ command: 'play-day', ...o })) as unknown as DayResult;
  }

  async playScenarios(o: Without<'play-scenarios'> = {}): Promise<ScenarioResult[]> {
    return (await this.#play({ command: 'play-scenarios', ...o })) as unknown as ScenarioResult[];
  }

  async status(): Promise<EngageStatus> {
    return (await this.#ask({ command: 'status' })).status as EngageStatus;
  }

  /** Every agent's status at Stat Server, by employee ID. */
  async states(): Promise<Record<string, string>> {
    return (await this.#ask({ command: 'states' })).states as Record<string, string>;
  }

  async switchover(server: 'sip' | 'stat', o: { readonly crash?: boolean } = {}): Promise<void> {
    await this.#ask({ command: 'switchover', server, ...o });
  }

  async setReachable(server: 'sip' | 'stat', reachable: boolean): Promise<void> {
    await this.#ask({ command: 'reachable', server, reachable });
  }

  /** Ends the process; resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    const limit = systemClock.setTimer(stopLimitMs, () => void this.#child.kill('SIGKILL'));
    const [code] = (await exit) as [number | null];
    limit.cancel();
    return code;
  }

  #ask(command: EngageCommandInput): Promise<Record<string, unknown>> {
    this.#lastId += 1;
    return this.#send(this.#lastId, command, String(this.#lastId));
  }

  async #play(command: EngageCommandInput): Promise<Record<string, unknown>> {
    this.#lastId += 1;
    const id = this.#lastId;
    const over = this.#wait(`${id} over`);
    // Whoever waits for the outcome also learns that the command was refused.
    over.catch(() => undefined);
    try {
      await this.#send(id, command, String(id));
    } catch (error) {
      this.#waiting.delete(`${id} over`);
      throw error;
    }
    return (await over).result as Record<string, unknown>;
  }

  #send(id: number, command: EngageCommandInput, key: string): Promise<Record<string, unknown>> {
    const answer = this.#wait(key);
    this.#child.stdin?.write(`${JSON.stringify({ ...command, id })}\n`);
    return answer;
  }

  #wait(key: string): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, { resolve, reject });
    });
  }

  #onLine(line: string): void {
    const said = JSON.parse(line) as Record<string, unknown>;
    const key = said.event === undefined ? String(said.id) : `${String(said.id)} over`;
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (said.ok === false || said.event === 'failed')
      waiting?.reject(new ExecError('simulator.impossible', String(said.message)));
    else waiting?.resolve(said);
  }

  #onExit(complaint: string): void {
    for (const { reject } of this.#waiting.values())
      reject(new ExecError('simulator.impossible', `the Engage side has ended ${complaint.trim()}`.trim()));
    this.#waiting.clear();
  }
}
