import { describe, expect, it } from 'vitest';
import { workLoop } from './work-loop.ts';

const eventLoopRound = () => new Promise((resolve) => setImmediate(resolve));

describe('a work loop', () => {
  it('runs once for several calls, and once more for those that come during a run', async () => {
    const gates: (() => void)[] = [];
    const wake = workLoop(
      () => new Promise((resolve) => gates.push(resolve)),
      () => undefined,
    );
    wake();
    wake();
    wake();
    await eventLoopRound();
    gates.shift()?.();
    await eventLoopRound();
    expect(gates).toHaveLength(1);
    gates.shift()?.();
    await eventLoopRound();
    expect(gates).toHaveLength(0);
  });

  it('loses no call that comes between the last look of a run and its end', async () => {
    const queue: number[] = [];
    const seen: number[] = [];
    let interrupt = () => undefined as unknown;
    const wake = workLoop(
      async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) seen.push(next);
        // Runs in the microtask after the last look, as the end of a request does.
        queueMicrotask(() => void interrupt());
      },
      () => undefined,
    );
    interrupt = () => {
      interrupt = () => undefined;
      queue.push(2);
      wake();
    };
    queue.push(1);
    wake();
    await eventLoopRound();
    expect(seen).toEqual([1, 2]);
  });

  it('runs again after it has thrown, and says what was thrown', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const wake = workLoop(
      async () => {
        if (++runs === 1) throw new Error('broken');
      },
      (error) => errors.push(error),
    );
    wake();
    await eventLoopRound();
    wake();
    await eventLoopRound();
    expect([runs, errors.length]).toEqual([2, 1]);
  });
});
