/** A service as a process: signals, faults, a closed output, exit codes. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { nodeEnvironment } from '@exec/testing/processes';
import { testRedis } from '@exec/testing/vitest';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';

const { url, prefix } = testRedis();
const children = new Set<ChildProcessByStdio<null, Readable, Readable>>();
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  children.clear();
});

interface Line {
  readonly message: string;
  readonly 'log.level': string;
  readonly [field: string]: unknown;
}

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly lines: Line[];
  readonly errors: Promise<string>;
  /** Resolves when a line with this text was logged. */
  logged(part: string): Promise<void>;
  /** Exit code; fails when it was ended by a signal. */
  readonly exit: Promise<number>;
}

let tenants = 0;

function scriptOf(body: string): string {
  return `
    import { writeSync } from 'node:fs';
    import { runService } from ${JSON.stringify(import.meta.resolve('./service.ts'))};
    import { ConfigurationError } from ${JSON.stringify(import.meta.resolve('../config/index.ts'))};
    await runService({ service: 'exas', variables: {}, async start(context) { ${body} } });`;
}

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...nodeEnvironment(),
    ORG_ID: 'org',
    TENANT_ID: String(++tenants),
    REDIS_URL: url,
    REDIS_KEY_PREFIX: prefix,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    SETTINGS_PLAINTEXT: 'true',
    ...env,
  };
}

/** Runs a service whose start function is `body`; `context`, `ExecError` and `ConfigurationError` are in reach. */
function run(body: string, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, ['--input-type=module', '-e', scriptOf(body)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(env),
  });
  children.add(child);
  const lines: Line[] = [];
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = JSON.parse(line) as Line;
    lines.push(parsed);
    for (const [part, resolve] of waiting) if (parsed.message.includes(part)) resolve();
  });
  const exit = new Promise<number>((resolve, reject) => {
    // After 'close' all output has been read.
    child.on('close', (code, signal) =>
      code === null ? reject(new Error(`ended by ${signal}`)) : resolve(code),
    );
  });
  return {
    child,
    lines,
    errors: text(child.stderr),
    exit,
    logged: (part) =>
      lines.some((line) => line.message.includes(part))
        ? Promise.resolve()
        : new Promise((resolve) => waiting.set(part, resolve)),
  };
}

const messages = (running: Running) => running.lines.map((line) => line.message);

describe('a wrong environment', () => {
  it('is listed whole on both outputs, and ends with 78', async () => {
    const service = run("process.stderr.write('started');", {
      ORG_ID: '',
      TENANT_ID: 'x',
      HTTP_PORT: '99999',
    });
    expect(await service.exit).toBe(78);
    const errors = await service.errors;
    for (const name of ['ORG_ID', 'TENANT_ID', 'HTTP_PORT']) expect(errors).toContain(`  ${name}: `);
    expect(errors).not.toContain('started');
    expect(service.lines).toEqual([
      expect.objectContaining({
        'log.level': 'fatal',
        'error.code': 'config.invalid',
        'service.name': 'exas',
      }),
    ]);
    expect(service.lines[0]?.message).toContain('3 faults');
  });

  it('with a fault and an unknown EX name: both are said', async () => {
    const service = run('', { TENANT_ID: 'x', EXCS_ADDRESS: 'http://excs:3640' });
    expect(await service.exit).toBe(78);
    const errors = await service.errors;
    expect(errors).toContain('  TENANT_ID: ');
    expect(errors).toContain('warning: EXCS_ADDRESS is set but is not a variable of this service');
    // The line that is on its way when the process ends may come after those that the end flushes.
    expect(messages(service).toSorted()).toEqual([
      expect.stringContaining('1 fault in the environment'),
      expect.stringContaining('EXCS_ADDRESS is set'),
    ]);
  });
});

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s stops in order and ends with 0', async (signal) => {
    const service = run("context.lifecycle.onStop('part', () => context.logger.info('part stopped'));");
    await service.logged('Listening');
    service.child.kill(signal);
    expect(await service.exit).toBe(0);
    // The last lines are written at once when the process ends and may overtake one that is on its way; the order of
    // the steps themselves is proven at the lifecycle.
    const steps = [`Stopping: signal ${signal}`, 'part stopped', 'Stopped'];
    expect(messages(service)).toEqual(expect.arrayContaining(steps));
  });

  it('ends a service that is still starting', async () => {
    const service = run("context.logger.info('starting'); await new Promise(() => {});");
    await service.logged('starting');
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(0);
  });

  it('is not held up by a step that takes too long', async () => {
    const service = run("context.lifecycle.onStop('stuck', () => new Promise(() => {}), { limitMs: 50 });");
    await service.logged('Listening');
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(messages(service)).toContain('Stopping stuck took too long; going on without it');
  });

  it('given twice ends the process at once', async () => {
    const service = run(`
      context.lifecycle.onStop('stuck', () => { context.logger.info('is stuck'); return new Promise(() => {}); });`);
    await service.logged('Listening');
    service.child.kill('SIGTERM');
    await service.logged('is stuck');
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(1);
    // It is written at once and may overtake a line that is on its way.
    expect(messages(service)).toContainEqual(expect.stringContaining('Second signal'));
  });
});

describe('a fault that nobody caught', () => {
  it.each([
    ['thrown', "setImmediate(() => { throw new Error('out of the blue'); });"],
    ['rejected', "void Promise.reject(new Error('out of the blue'));"],
  ])('%s: stops in order and ends with 1', async (_, body) => {
    const service = run(
      `context.lifecycle.onStop('part', () => context.logger.info('part stopped')); ${body}`,
    );
    expect(await service.exit).toBe(1);
    expect(messages(service)).toEqual(
      expect.arrayContaining(['Stopping: out of the blue', 'part stopped', 'Stopped']),
    );
    const fatal = service.lines.find((line) => line['log.level'] === 'fatal');
    expect(fatal?.error).toMatchObject({ message: 'out of the blue', stack_trace: expect.any(String) });
  });
});

describe('a service that cannot go on', () => {
  it.each<[string, string, number]>([
    ['because start failed', "throw new Error('no');", 1],
    [
      'because a file it is configured with is wrong',
      "throw new ConfigurationError([{ variable: 'SITES_FILE', problem: 'has no site' }]);",
      78,
    ],
    ['and stops itself', "setImmediate(() => void context.lifecycle.stop(new Error('no')));", 1],
    ['because its work is done', "setImmediate(() => void context.lifecycle.stop('done'));", 0],
  ])('%s', async (_, body, code) => {
    expect(await run(body).exit).toBe(code);
  });

  it('because its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const service = run('', { HTTP_PORT: String(port) });
    expect(await service.exit).toBe(1);
    const fatal = service.lines.find((line) => line['log.level'] === 'fatal');
    expect(fatal?.['error.code']).toBe('http.listen-failed');
    taken.close();
  });
});

describe('a closed output', () => {
  it('stops the service in order', async () => {
    const service = run(`
      context.lifecycle.onStop('part', () => process.stderr.write('part stopped'));
      const talk = () => { context.logger.info('talk'); setTimeout(talk, 5).unref(); };
      talk();`);
    await service.logged('Listening');
    service.child.stdout.destroy();
    await once(service.child, 'exit');
    expect(await service.errors).toContain('part stopped');
    expect(service.child.exitCode).toBe(1);
  });
});

describe('a full log disk', () => {
  it('does not stop the service: it goes on, counts the lines that were dropped, and obeys SIGTERM', async () => {
    // Every write to /dev/full fails as on a full disk; what the service has to say goes to descriptor 3.
    const full = openSync('/dev/full', 'w');
    const body = `
      context.lifecycle.onStop('part', () => writeSync(3, 'part stopped\\n'));
      const line = 'x'.repeat(100_000);
      for (let lines = 0; lines < 200; lines++) context.logger.info(line);
      process.stderr.write('no room either');
      const look = async () => {
        const text = await context.registry.metrics();
        if (/^exec_log_lines_dropped_total [1-9]/m.test(text)) writeSync(3, 'dropped lines are counted\\n');
        else setTimeout(look, 5);
      };
      setTimeout(look, 5);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', scriptOf(body)], {
      stdio: ['ignore', full, full, 'pipe'],
      env: environment({}),
    });
    closeSync(full);
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    const said = createInterface({ input: child.stdio[3] as Readable });
    expect(await once(said, 'line')).toEqual(['dropped lines are counted']);
    child.kill('SIGTERM');
    expect(await once(said, 'line')).toEqual(['part stopped']);
    expect(await exit).toEqual([0, null]);
  });
});
