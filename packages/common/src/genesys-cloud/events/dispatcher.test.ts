import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Permit } from '../call.ts';
import { Dispatcher } from './dispatcher.ts';

/** A dispatcher of numbers, against a budget whose places the test gives. */
function setUp(o: { readonly maxInFlight?: number } = {}) {
  const clock = new FakeClock();
  const state = {
    waiting: [] as number[],
    maySend: true,
    nextAt: undefined as number | undefined,
    given: 0,
    open: 0,
    looks: 0,
  };
  const asked: PromiseWithResolvers<Permit>[] = [];
  const sent: { readonly batch: number; readonly over: () => void }[] = [];
  const errors: unknown[] = [];
  const dispatcher = new Dispatcher<number>({
    clock,
    maxInFlight: o.maxInFlight ?? 2,
    budget: {
      acquire: (_, signal) => {
        const permit = Promise.withResolvers<Permit>();
        signal?.addEventListener('abort', () => permit.reject(signal.reason));
        asked.push(permit);
        return permit.promise;
      },
    },
    isReady: () => state.maySend && state.waiting.length > 0,
    take: () => (state.maySend ? state.waiting.shift() : undefined),
    send: async (batch) => {
      const over = Promise.withResolvers<void>();
      sent.push({ batch, over: over.resolve });
      await over.promise;
    },
    nextAt: () => {
      state.looks++;
      return state.nextAt;
    },
    onError: (error) => {
      errors.push(error);
      dispatcher.pause(1_000);
    },
  });
  /** Gives the place that was asked for last. */
  const give = async () => {
    let isOpen = true;
    state.given++;
    state.open++;
    asked.at(-1)?.resolve({
      tokenIndex: 0,
      release: () => {
        if (isOpen) state.open--;
        isOpen = false;
      },
    });
    await clock.advance(0);
  };
  const add = async (...batches: readonly number[]) => {
    state.waiting.push(...batches);
    dispatcher.wake();
    await clock.advance(0);
  };
  return { clock, state, asked, sent, errors, dispatcher, give, add };
}

describe('the dispatcher', () => {
  it('asks for one place at a time, and takes what goes into it only then', async () => {
    const { asked, sent, give, add, state } = setUp();
    await add(1, 2);
    expect([asked.length, sent.length]).toEqual([1, 0]);
    state.waiting[0] = 10;
    await give();
    expect(sent.map(({ batch }) => batch)).toEqual([10]);
    expect(asked).toHaveLength(2);
  });

  it('has only so many requests on the way, and goes on when one is over', async () => {
    const { clock, asked, sent, give, add } = setUp({ maxInFlight: 1 });
    await add(1, 2);
    await give();
    expect([asked.length, sent.length]).toEqual([1, 1]);
    sent[0]?.over();
    await clock.advance(0);
    await give();
    expect(sent.map(({ batch }) => batch)).toEqual([1, 2]);
  });

  it('gives the place back that it has no use for, and every other one when its request is over', async () => {
    const { clock, sent, give, add, state } = setUp();
    await add(1);
    state.maySend = false;
    await give();
    expect([sent.length, state.given, state.open]).toEqual([0, 1, 0]);
    state.maySend = true;
    await add();
    await give();
    expect(state.open).toBe(1);
    sent[0]?.over();
    await clock.advance(0);
    expect(state.open).toBe(0);
  });

  it('starts nothing during a pause, and goes on after it by itself', async () => {
    const { clock, asked, add, dispatcher, state } = setUp();
    state.nextAt = 0;
    await add(1);
    asked[0]?.reject(new Error('overloaded'));
    await clock.advance(0);
    expect(dispatcher.isPaused).toBe(true);
    await add(2);
    expect(asked).toHaveLength(1);
    await clock.advance(999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('looks again when something that waits may go', async () => {
    const { clock, asked, add, state } = setUp();
    state.nextAt = clock.monotonic() + 5_000;
    await add();
    state.waiting.push(1);
    await clock.advance(4_999);
    expect(asked).toHaveLength(0);
    await clock.advance(1);
    expect(asked).toHaveLength(1);
  });

  it('does not look when something may go while as many are on the way as may be, however often it is woken', async () => {
    const { dispatcher, state, sent, add, give, clock } = setUp({ maxInFlight: 1 });
    await add(1, 2, 3);
    await give();
    expect(sent.map(({ batch }) => batch)).toEqual([1]);
    for (let wakes = 0; wakes < 10; wakes++) {
      dispatcher.wake();
      await clock.advance(0);
    }
    expect(state.looks).toBe(0);
    sent[0]?.over();
    await clock.advance(0);
    await give();
    expect(sent.map(({ batch }) => batch)).toEqual([1, 2]);
  });

  it('stops with those on the way, asks for nothing more and calls that no error', async () => {
    const { clock, asked, sent, errors, give, add, dispatcher } = setUp();
    await add(1, 2);
    await give();
    let stopped = false;
    void dispatcher.stop().then(() => {
      stopped = true;
    });
    await clock.advance(0);
    expect(stopped).toBe(false);
    sent[0]?.over();
    await clock.advance(0);
    expect(stopped).toBe(true);
    await add(3);
    expect([asked.length, sent.length, errors]).toEqual([2, 1, []]);
  });
});
