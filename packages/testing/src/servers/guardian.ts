/**
 * A small process that owns one server and its temporary folder, and ends both when its parent goes away.
 *
 * The parent holds the other end of this process's standard input. However the parent ends, even by
 * SIGKILL, the operating system closes that pipe, and that is the sign to clean up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type {
  GuardAnswer,
  GuardedCommand,
  GuardedSpec,
  GuardedStep,
  GuardRequest,
} from './guard-protocol.ts';

/** How long one stop signal may take before the next, stronger one, in milliseconds. */
const STOP_PATIENCE_MS = 5_000;
/** How much of a server's last output is kept for an error message, in characters. */
const OUTPUT_KEPT = 4_000;

interface Running {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
}

class Guardian {
  readonly #spec: GuardedSpec;
  #folder = '';
  #running: Running | undefined;
  #output = '';

  constructor(spec: GuardedSpec) {
    this.#spec = spec;
  }

  async prepare(): Promise<GuardAnswer> {
    this.#folder = await mkdtemp(join(this.#spec.base, 'exec-test-'));
    if (this.#spec.user !== undefined) await chown(this.#folder, this.#spec.user.uid, this.#spec.user.gid);
    for (const step of this.#spec.steps) await this.#prepareStep(step);
    return await this.start();
  }

  async start(): Promise<GuardAnswer> {
    if (this.#running !== undefined) return { answer: 'failed', message: 'the server already runs' };
    this.#output = '';
    const running = this.#spawn(this.#spec.server);
    this.#running = running;
    const ready = new Promise<'ready'>((resolve) => {
      const look = (): void => {
        if (this.#output.includes(this.#spec.readyText)) resolve('ready');
      };
      running.process.stdout?.on('data', look);
      running.process.stderr?.on('data', look);
    });
    const first = await Promise.race([ready, running.exited.then(() => 'exited' as const)]);
    if (first === 'exited') {
      return {
        answer: 'failed',
        message: `${this.#spec.server.program} ended at once: ${this.#output.trim()}`,
      };
    }
    const serverPid = running.process.pid;
    return { answer: 'done', folder: this.#folder, ...(serverPid === undefined ? {} : { serverPid }) };
  }

  async stop(): Promise<GuardAnswer> {
    return await this.#endBy(this.#spec.stopSignals);
  }

  async kill(): Promise<GuardAnswer> {
    return await this.#endBy(this.#spec.crashSignals);
  }

  async removeFolder(): Promise<void> {
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #prepareStep(step: GuardedStep): Promise<void> {
    switch (step.step) {
      case 'copy':
        await cp(step.from, this.#fill(step.to), { recursive: true, verbatimSymlinks: true });
        return;
      case 'link':
        await symlink(step.target, this.#fill(step.path)).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        });
        return;
      case 'write': {
        const path = this.#fill(step.path);
        await writeFile(path, step.text, { mode: 0o600 });
        if (this.#spec.user !== undefined) await chown(path, this.#spec.user.uid, this.#spec.user.gid);
        return;
      }
      case 'run': {
        this.#output = '';
        const running = this.#spawn(step.command);
        this.#running = running;
        await running.exited;
        if (running.process.exitCode !== 0) {
          throw new Error(`${step.command.program} failed: ${this.#output.trim()}`);
        }
        return;
      }
    }
  }

  async #endBy(signals: readonly NodeJS.Signals[]): Promise<GuardAnswer> {
    for (const signal of signals) {
      if (await this.#ended(signal, this.#spec.stopPatienceMs ?? STOP_PATIENCE_MS)) return { answer: 'done' };
    }
    await this.#ended('SIGKILL');
    return { answer: 'done' };
  }

  /** Sends the signal to the server and everything it started; answers whether it ended within the time. */
  async #ended(signal: NodeJS.Signals, withinMs?: number): Promise<boolean> {
    const running = this.#running;
    if (running?.process.pid === undefined) return true;
    try {
      // PostgreSQL's children do not share its group and follow their parent; for Redis group and process are one.
      process.kill(signal === 'SIGKILL' ? -running.process.pid : running.process.pid, signal);
    } catch {
      // It has just ended by itself.
    }
    if (withinMs === undefined) {
      await running.exited;
      return true;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, withinMs, false);
    });
    const ended = await Promise.race([running.exited.then(() => true), late]);
    clearTimeout(timer);
    return ended;
  }

  #spawn(command: GuardedCommand): Running {
    const child = spawn(
      this.#fill(command.program),
      command.args.map((arg) => this.#fill(arg)),
      {
        cwd: this.#folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          LC_ALL: 'C',
          HOME: this.#folder,
          ...Object.fromEntries(
            Object.entries(command.env ?? {}).map(([key, value]) => [key, this.#fill(value)]),
          ),
        },
        ...(this.#spec.user ?? {}),
      },
    );
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const exited = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        keep(Buffer.from(error.message));
        resolve();
      });
      child.once('exit', () => resolve());
    });
    const running: Running = { process: child, exited };
    void exited.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  #fill(template: string): string {
    return template.replaceAll('{folder}', this.#folder);
  }
}

function say(answer: GuardAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function answered(work: Promise<GuardAnswer>): Promise<void> {
  try {
    say(await work);
  } catch (error) {
    say({ answer: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

// A parent that has gone cannot read what is said to it.
process.stdout.on('error', () => {});
// The guardian ends when its parent does, not with the terminal's group or a tidy-up before the parent's own.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
let guardian: Guardian | undefined;
let work: Promise<void> = Promise.resolve();
lines.on('line', (line) => {
  if (guardian === undefined) {
    const created = new Guardian(JSON.parse(line) as GuardedSpec);
    guardian = created;
    work = answered(created.prepare());
    return;
  }
  const owner = guardian;
  const { request } = JSON.parse(line) as GuardRequest;
  work = work.then(() => answered(owner[request]()));
});
await once(lines, 'close');
// A step that still runs is ended too, so that waiting for it is short.
await guardian?.stop();
await work;
await guardian?.stop();
await guardian?.removeFolder();
process.exit(0);
