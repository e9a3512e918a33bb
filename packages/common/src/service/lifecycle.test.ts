/** The end of a service: order, limits, exit codes. */
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../config/index.ts';
import { ExecError } from '../errors/errors.ts';
import { createLogger } from '../logging/logging.ts';
import { FakeClock } from '../testing/index.ts';
import { exitCodeOf, Lifecycle } from './lifecycle.ts';

function setUp() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  return { clock, lines, lifecycle: new Lifecycle({ clock, logger }) };
}

describe('Lifecycle', () => {
  it('stops in reverse order, each step after the one before has ended', async () => {
    const { lifecycle } = setUp();
    const log: string[] = [];
    for (const name of ['redis', 'client', 'http'])
      lifecycle.onStop(name, async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
      });
    await lifecycle.stop('asked to');
    expect(log).toEqual([
      'http begins',
      'http ends',
      'client begins',
      'client ends',
      'redis begins',
      'redis ends',
    ]);
  });

  it('aborts what is waiting before the first step', async () => {
    const { lifecycle } = setUp();
    const seen: boolean[] = [];
    lifecycle.onStop('a', () => void seen.push(lifecycle.stopping.aborted));
    expect(lifecycle.stopping.aborted).toBe(false);
    await lifecycle.stop('asked to');
    expect(seen).toEqual([true]);
  });

  it('stops once, however often it is asked to', async () => {
    const { lifecycle } = setUp();
    let times = 0;
    lifecycle.onStop('a', () => void times++);
    const [first, second] = [lifecycle.stop('one'), lifecycle.stop(new Error('two'))];
    expect(first).toBe(second);
    await first;
    expect([times, lifecycle.exitCode]).toEqual([1, 0]);
  });

  it('stops once even when it is asked to by what the stop is told to', async () => {
    const { lifecycle, lines } = setUp();
    let times = 0;
    lifecycle.onStop('a', () => void times++);
    const again: Promise<void>[] = [];
    lifecycle.stopping.addEventListener('abort', () => again.push(lifecycle.stop('again')));
    const first = lifecycle.stop('asked to');
    await first;
    expect(again).toEqual([first]);
    expect(times).toBe(1);
    expect(lines.filter((line) => line.includes('Stopping'))).toHaveLength(1);
  });

  it('leaves a step behind that takes too long, and names it', async () => {
    const { lifecycle, clock, lines } = setUp();
    const log: string[] = [];
    lifecycle.onStop('last', () => void log.push('last'));
    lifecycle.onStop('stuck', () => new Promise(() => {}), { limitMs: 700 });
    const stopped = lifecycle.stop('asked to');
    await clock.advance(699);
    expect(log).toEqual([]);
    await clock.advance(1);
    await stopped;
    expect(log).toEqual(['last']);
    expect(lines.join('')).toContain('Stopping stuck took too long');
  });

  it('goes on after a step that fails', async () => {
    const { lifecycle, lines } = setUp();
    const log: string[] = [];
    lifecycle.onStop('last', () => void log.push('last'));
    lifecycle.onStop('rejects', () => Promise.reject(new Error('no')));
    lifecycle.onStop('throws', () => {
      throw new Error('no');
    });
    await lifecycle.stop('asked to');
    expect(log).toEqual(['last']);
    expect(lines.filter((line) => line.includes('failed; going on'))).toHaveLength(2);
  });

  it('takes ten seconds at most for all steps together, and still begins each', async () => {
    const { lifecycle, clock } = setUp();
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c', 'd'])
      lifecycle.onStop(name, () => {
        begun.push(name);
        return new Promise(() => {});
      });
    let done = false;
    const stopped = lifecycle.stop('asked to').then(() => {
      done = true;
    });
    await clock.advance(9_999);
    expect(done).toBe(false);
    await clock.advance(1);
    await stopped;
    expect(begun).toEqual(['d', 'c', 'b', 'a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('also runs steps that are added while it stops', async () => {
    const { lifecycle } = setUp();
    const log: string[] = [];
    lifecycle.onStop('a', () => lifecycle.onStop('late', () => void log.push('late')));
    await lifecycle.stop('asked to');
    expect(log).toEqual(['late']);
  });

  it('leaves no timer behind', async () => {
    const { lifecycle, clock } = setUp();
    lifecycle.onStop('a', () => {});
    await lifecycle.stop('asked to');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('exit codes', () => {
  it.each<[string, unknown, number]>([
    ['a foreign error', new Error('x'), 1],
    ['what is no error', 'x', 1],
    ['an error of ours', new ExecError('redis.unavailable', 'x'), 1],
    ['configuration', new ConfigurationError([{ variable: 'A', problem: 'is not set' }]), 78],
    ['a name used twice', new ExecError('instance.duplicate', 'x'), 78],
    ['another organisation', new ExecError('organization.mismatch', 'x'), 78],
  ])('%s', (_, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('follow the reason of the stop', async () => {
    const { lifecycle, lines } = setUp();
    await lifecycle.stop(new ExecError('instance.duplicate', 'Twice.'));
    expect(lifecycle.exitCode).toBe(78);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      'log.level': 'fatal',
      'error.code': 'instance.duplicate',
    });
  });
});
