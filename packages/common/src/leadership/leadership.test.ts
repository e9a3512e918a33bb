/** The work of a service under the lease: what begins, what is kept, what is said. */
import { describe, expect, it } from 'vitest';
import { ExecError } from '../errors/errors.ts';
import { Health } from '../http/index.ts';
import { FakeClock, loggedLines } from '../testing/index.ts';
import { Leadership, type TermControl } from './leadership.ts';
import type { LeaseToken } from './lease.ts';

/** A lease that a test gives and takes. */
class GivenLease {
  token: LeaseToken | undefined;
  started = false;
  stopped = false;
  gaveWay = 0;
  #epoch = 0;
  readonly #changes = new Set<(token: LeaseToken | undefined) => void>();
  readonly #attempts = new Set<(error: ExecError | undefined) => void>();

  onChange(listener: (token: LeaseToken | undefined) => void) {
    this.#changes.add(listener);
    return () => void this.#changes.delete(listener);
  }

  onAttempt(listener: (error: ExecError | undefined) => void) {
    this.#attempts.add(listener);
    return () => void this.#attempts.delete(listener);
  }

  start() {
    this.started = true;
  }

  giveWay() {
    this.gaveWay += 1;
    this.#set(undefined);
  }

  renewToken() {
    if (this.token === undefined) return;
    this.lose();
    this.win();
  }

  stop() {
    this.stopped = true;
    return Promise.resolve();
  }

  win() {
    this.#epoch += 1;
    this.#set({ value: `x:${this.#epoch}`, epoch: this.#epoch });
  }

  lose() {
    this.#set(undefined);
  }

  attempt(error?: ExecError) {
    for (const listener of this.#attempts) listener(error);
  }

  #set(token: LeaseToken | undefined) {
    this.token = token;
    for (const listener of this.#changes) listener(token);
  }
}

interface Load {
  readonly token: string;
  resolve(value: string): void;
  reject(error: Error): void;
}

function setUp(lingerMs = 0) {
  const clock = new FakeClock();
  const lease = new GivenLease();
  const health = new Health({ clock });
  const { logger, lines } = loggedLines();
  const loads: Load[] = [];
  const did: string[] = [];
  let term: TermControl | undefined;
  let ends: (() => void)[] | undefined;
  const leadership = new Leadership<string>({
    lease,
    health,
    clock,
    logger,
    rules: { lingerMs },
    work: {
      load: (token) => {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        loads.push({ token: token.value, resolve, reject });
        return promise;
      },
      begin: (token, loaded, control) => {
        term = control;
        did.push(`begin ${token.value} with ${loaded}`);
      },
      suspend: () => void did.push('suspend'),
      end: async () => {
        did.push('end');
        if (ends !== undefined) await new Promise<void>((resolve) => ends?.push(resolve));
      },
    },
  });
  const promisesRun = () => clock.advance(0);
  return {
    clock,
    lease,
    leadership,
    loads,
    did,
    lines,
    promisesRun,
    fail: (error: unknown) => term?.fail(error),
    handOver: (o?: { again: boolean }) => term?.handOver('the other can do more', o),
    holdEnds: () => {
      ends = [];
      return () => {
        for (const end of ends?.splice(0) ?? []) end();
      };
    },
    ready: () => health.ready(),
    /** Loads the newest that was asked for. */
    load: async (value: string) => {
      loads.at(-1)?.resolve(value);
      await promisesRun();
    },
  };
}

const away = new ExecError('redis.unavailable', 'Could not load: Command timed out', { retryable: true });

describe('leadership', () => {
  it('begins the work when the lease is held and the state is loaded, and ends it with the lease', async () => {
    const { leadership, lease, load, did, ready, promisesRun } = setUp();
    leadership.start();
    expect([lease.started, ready().active, ready().ready]).toEqual([true, false, true]);
    lease.win();
    expect([ready().active, leadership.token]).toEqual([false, undefined]);
    await load('one');
    expect([ready().active, leadership.token?.value]).toEqual([true, 'x:1']);
    lease.lose();
    expect([ready().active, leadership.token]).toEqual([false, undefined]);
    await promisesRun();
    expect([did, ready().ready]).toEqual([['begin x:1 with one', 'end'], true]);
  });

  it('begins the term when the lease was won anew while the first load still ran', async () => {
    const { leadership, lease, loads, load, did, promisesRun } = setUp();
    leadership.start();
    lease.win();
    lease.win();
    expect(loads.map(({ token }) => token)).toEqual(['x:1', 'x:2']);
    loads[0]?.resolve('old');
    await promisesRun();
    expect(did).toEqual([]);
    await load('new');
    expect([did, leadership.token?.value]).toEqual([['begin x:2 with new'], 'x:2']);
  });

  it('tries again when the load fails or is never answered, and says why meanwhile', async () => {
    const { leadership, lease, loads, load, did, ready, clock, lines } = setUp();
    leadership.start();
    lease.win();
    for (let n = 0; n < 3; n++) {
      loads.at(-1)?.reject(away);
      await clock.advance(0);
      expect(ready()).toMatchObject({
        ready: false,
        active: false,
        dependencies: [{ detail: away.message }],
      });
      await clock.advance(10_000);
    }
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(loads).toHaveLength(4);
    await clock.advance(60_000);
    expect(ready().dependencies[0]?.detail).toMatch(/took too long/);
    await clock.advance(10_000);
    await load('at last');
    expect([did, ready().ready]).toEqual([['begin x:1 with at last'], true]);
  });

  it('keeps the work for a while without the lease, where it is told to, and goes on with it', async () => {
    const { leadership, lease, load, did, ready, clock } = setUp(15_000);
    leadership.start();
    lease.win();
    await load('one');
    lease.lose();
    expect([ready().ready, ready().active]).toEqual([true, false]);
    await clock.advance(14_000);
    lease.win();
    await load('two');
    lease.lose();
    await clock.advance(15_000);
    expect(did).toEqual(['begin x:1 with one', 'suspend', 'begin x:2 with two', 'suspend', 'end']);
  });

  it('is ready as a standby after it lost the lease, and becomes active again', async () => {
    const { leadership, lease, load, did, ready, promisesRun } = setUp();
    leadership.start();
    for (const round of ['one', 'two', 'three']) {
      lease.win();
      await load(round);
      expect(ready()).toMatchObject({ ready: true, active: true });
      lease.lose();
      await promisesRun();
      expect(ready()).toMatchObject({ ready: true, active: false });
    }
    expect(did).toHaveLength(6);
  });

  it('begins again from what is stored when the work fails, and says the same failure once', async () => {
    const { leadership, lease, load, fail, did, ready, clock, lines } = setUp();
    leadership.start();
    lease.win();
    await load('one');
    for (let n = 0; n < 3; n++) {
      fail(new TypeError('not a function'));
      await clock.advance(0);
      expect(ready()).toMatchObject({ ready: false, dependencies: [{ detail: 'not a function' }] });
      await clock.advance(10_000);
      await load('again');
      expect(leadership.token?.value).toBe('x:1');
    }
    expect(did.filter((what) => what.startsWith('begin'))).toHaveLength(4);
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
    await clock.advance(60_000);
    expect(lines().at(-1)?.message).toMatch(/^Over: /);
  });

  it('ends the work, then leaves the lease to another; one that comes back at once is kept', async () => {
    const { leadership, lease, load, handOver, holdEnds, did, ready, clock, lines } = setUp(15_000);
    leadership.start();
    lease.win();
    await load('one');
    const release = holdEnds();
    handOver();
    await clock.advance(0);
    expect([did, lease.gaveWay, leadership.token]).toEqual([['begin x:1 with one', 'end'], 0, undefined]);
    release();
    await clock.advance(0);
    expect([lease.gaveWay, ready().active, ready().ready]).toEqual([1, false, true]);
    lease.win();
    await load('two');
    handOver();
    await clock.advance(59_000);
    expect([lease.gaveWay, leadership.token?.value]).toEqual([1, 'x:2']);
    await clock.advance(1_000);
    handOver();
    await clock.advance(0);
    release();
    await clock.advance(0);
    expect(lease.gaveWay).toBe(2);
    expect(lines().filter(({ message }) => message.includes('is handed over'))).toHaveLength(2);
    handOver();
    await clock.advance(0);
    expect(lease.gaveWay).toBe(2);
    lease.win();
    await load('three');
    expect([handOver(), handOver({ again: true })]).toEqual([false, true]);
  });

  it('waits for the end of a term before it loads the next, but not for ever', async () => {
    const { leadership, lease, loads, load, holdEnds, clock, lines } = setUp();
    leadership.start();
    lease.win();
    await load('one');
    const release = holdEnds();
    leadership.reload();
    await clock.advance(29_000);
    expect(loads).toHaveLength(1);
    release();
    await load('two');
    expect(loads).toHaveLength(2);
    await clock.advance(0);
    await load('two');
    leadership.reload();
    await clock.advance(30_000);
    expect(loads).toHaveLength(3);
    expect(lines().filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('says why the lease cannot be had: a standby that cannot take over is not ready', async () => {
    const { leadership, lease, ready, lines } = setUp();
    leadership.start();
    const full = new ExecError('redis.unavailable', 'Could not ask for the lease: OOM command not allowed');
    for (let n = 0; n < 3; n++) lease.attempt(full);
    expect(ready()).toMatchObject({
      ready: false,
      dependencies: [{ name: 'leadership', detail: full.message }],
    });
    lease.attempt();
    expect(ready().ready).toBe(true);
    expect(lines().map(({ level }) => level)).toEqual(expect.arrayContaining(['warn', 'info']));
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it.each(['idle', 'standby', 'loading', 'active', 'lingering'] as const)(
    'stops while %s: ends the work first, then gives the lease up',
    async (phase) => {
      const { leadership, lease, load, did, clock } = setUp(15_000);
      if (phase !== 'idle') leadership.start();
      if (phase !== 'idle' && phase !== 'standby') lease.win();
      if (phase === 'active' || phase === 'lingering') await load('one');
      if (phase === 'lingering') lease.lose();
      await Promise.all([leadership.stop(), leadership.stop()]);
      expect(lease.stopped).toBe(true);
      expect(did.includes('end')).toBe(phase === 'active' || phase === 'lingering');
      expect(clock.pendingTimers).toBe(0);
    },
  );
});
