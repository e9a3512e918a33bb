import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { type BudgetOptions, RequestBudget } from './budget.ts';
import type { Permit, Priority } from './call.ts';
import { CloudError } from './errors.ts';

function open(options: Partial<BudgetOptions> = {}): { budget: RequestBudget; clock: FakeClock } {
  const clock = new FakeClock();
  const budget = new RequestBudget({ requestsPerMinute: 285, tokens: 1, clock, ...options });
  return { budget, clock };
}

/** Asks for permits in this order, each given back at once, and notes who was served when. */
function ask(budget: RequestBudget, clock: FakeClock, wishes: readonly Priority[]): [Priority, number][] {
  const served: [Priority, number][] = [];
  for (const priority of wishes) {
    void budget.acquire(priority).then((permit) => {
      served.push([priority, clock.monotonic()]);
      permit.release();
    });
  }
  return served;
}

describe('RequestBudget', () => {
  it('serves events before configuration before drift, each in the order of asking', async () => {
    const { budget, clock } = open({ requestsPerMinute: 60 });
    const served = ask(budget, clock, [
      'drift',
      'configuration',
      'events',
      'drift',
      'configuration',
      'events',
    ]);
    await clock.advance(60_000);
    // The first was served before the others had come.
    expect(served.map(([priority]) => priority)).toEqual([
      'drift',
      'events',
      'events',
      'configuration',
      'configuration',
      'drift',
    ]);
  });

  it('never grants more than the limit in any 60 seconds and uses the rate, whatever is asked', async () => {
    const wish = fc.record({
      gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
      count: fc.integer({ min: 1, max: 30 }),
      priority: fc.constantFrom<Priority>('events', 'configuration', 'drift'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(wish, { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 3 }),
        async (wishes, tokens) => {
          const { budget, clock } = open({ requestsPerMinute: 10, tokens });
          const byToken = new Map<number, number[]>();
          let served = 0;
          let asked = 0;
          for (const { gap, count, priority } of wishes) {
            await clock.advance(gap);
            for (let index = 0; index < count; index++) {
              asked++;
              void budget.acquire(priority).then((permit) => {
                served++;
                byToken.set(permit.tokenIndex, [
                  ...(byToken.get(permit.tokenIndex) ?? []),
                  clock.monotonic(),
                ]);
                permit.release();
              });
            }
          }
          // One request in 6.1 s for each token is the slowest pace; the queue must be empty by then.
          await clock.advance(Math.ceil(asked / tokens) * 6_100);
          expect(served).toBe(asked);
          for (const times of byToken.values()) {
            for (const [index, time] of times.entries()) {
              const inWindow = times.slice(index).filter((other) => other - time <= 60_000);
              expect(inWindow.length).toBeLessThanOrEqual(10);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('gives each token its own budget', async () => {
    const { budget, clock } = open({ requestsPerMinute: 60, tokens: 3 });
    const served = ask(budget, clock, Array<Priority>(12).fill('configuration'));
    await clock.advance(0);
    expect(served).toHaveLength(3);
    await clock.advance(3_100);
    expect(served).toHaveLength(12);
    expect(budget.usage()).toMatchObject({ limit: 180, used: 12 });
    expect(budget.ratePerSecond).toBeCloseTo(3, 1);
  });

  it('keeps the number of requests on the way bounded', async () => {
    const { budget, clock } = open({ maxInFlight: 2 });
    const permits: Permit[] = [];
    for (let index = 0; index < 4; index++)
      void budget.acquire('events').then((permit) => permits.push(permit));
    await clock.advance(60_000);
    expect(permits).toHaveLength(2);
    expect(budget.usage()).toMatchObject({ inFlight: 2, waiting: { events: 2, configuration: 0, drift: 0 } });
    permits[0]?.release();
    permits[0]?.release();
    await clock.advance(0);
    expect(permits).toHaveLength(3);
    expect(budget.usage().inFlight).toBe(2);
  });

  it('holds back everybody while the cloud asks for a pause', async () => {
    const { budget, clock } = open();
    budget.pause(0, 30_000);
    const served = ask(budget, clock, ['events', 'drift']);
    await clock.advance(29_999);
    expect(served).toHaveLength(0);
    expect(budget.usage().pausedForMs).toBe(1);
    await clock.advance(1_000);
    expect(served).toHaveLength(2);
  });

  it('uses the other tokens while one pauses', async () => {
    const { budget, clock } = open({ tokens: 2 });
    budget.pause(0, 600_000);
    const tokens: number[] = [];
    for (let index = 0; index < 10; index++)
      void budget.acquire('events').then((permit) => {
        tokens.push(permit.tokenIndex);
        permit.release();
      });
    await clock.advance(10_000);
    expect(tokens).toEqual(Array(10).fill(1));
    expect(budget.usage().pausedForMs).toBe(0);
  });

  it('lets nobody wait for a pause of more than three minutes, and resumes in time', async () => {
    const { budget, clock } = open();
    const waiting = Array.from({ length: 6 }, () => budget.acquire('events'));
    const outcomes = Promise.allSettled(waiting);
    budget.pause(0, 3_600_000);
    for (const result of await outcomes) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'cloud.lane-stopped' });
    }
    const error = await budget.acquire('events').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CloudError);
    expect(error).toMatchObject({
      code: 'cloud.lane-stopped',
      retryable: true,
      retryAfterMs: 3_600_000,
      details: { until: new Date(clock.now() + 3_600_000).toISOString() },
    });
    await clock.advance(3_600_000);
    const served = ask(budget, clock, ['events']);
    await clock.advance(0);
    expect(served).toHaveLength(1);
  });

  it('refuses more waiters than it may hold', async () => {
    const { budget, clock } = open({ requestsPerMinute: 1, maxWaiting: 2 });
    const served = ask(budget, clock, ['events', 'events', 'events']);
    await expect(budget.acquire('events')).rejects.toMatchObject({
      code: 'cloud.overloaded',
      retryable: true,
    });
    await clock.advance(130_000);
    expect(served).toHaveLength(3);
  });

  it('forgets a waiter whose signal is aborted', async () => {
    const { budget, clock } = open({ requestsPerMinute: 1 });
    const served = ask(budget, clock, ['events']);
    const abort = new AbortController();
    const waiting = budget.acquire('events', abort.signal);
    abort.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(budget.acquire('events', AbortSignal.abort('early'))).rejects.toBe('early');
    expect(budget.usage().waiting.events).toBe(0);
    await clock.advance(61_000);
    expect(served).toHaveLength(1);
  });

  it('shows the use by priority and how long requests waited', async () => {
    const waits: number[] = [];
    const { budget, clock } = open({ requestsPerMinute: 60, onWaited: (ms) => void waits.push(ms) });
    ask(budget, clock, ['events', 'drift', 'drift', 'configuration']);
    await clock.advance(4_000);
    expect(budget.usage().usedBy).toEqual({ events: 1, configuration: 1, drift: 2 });
    expect(waits[0]).toBe(0);
    expect(waits[3]).toBeGreaterThan(3_000);
    await clock.advance(61_000);
    expect(budget.usage().used).toBe(0);
  });

  it('refuses all when it is closed and leaves no timer', async () => {
    const { budget, clock } = open({ requestsPerMinute: 1 });
    ask(budget, clock, ['events']);
    const waiting = budget.acquire('events');
    budget.close();
    await expect(waiting).rejects.toMatchObject({ code: 'cloud.closed' });
    await expect(budget.acquire('events')).rejects.toMatchObject({ code: 'cloud.closed' });
    expect(clock.pendingTimers).toBe(0);
  });
});
