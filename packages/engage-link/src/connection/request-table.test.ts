import { ExecError } from '@exec/common/errors';
import { FakeClock } from '@exec/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestTable } from './request-table.ts';

function harness(
  options: { outstandingMax?: number; waitingMax?: number; refuses?: (id: number) => boolean } = {},
) {
  const clock = new FakeClock();
  const sent: number[] = [];
  const table = new RequestTable<string>({
    clock,
    timeoutMs: 10_000,
    outstandingMax: options.outstandingMax ?? 3,
    waitingMax: options.waitingMax ?? 5,
    send: (_message, attributes) => {
      const { ReferenceID } = attributes as { ReferenceID: number };
      if (options.refuses?.(ReferenceID) === true) throw new ExecError('link.frame-too-long', 'too long');
      sent.push(ReferenceID);
    },
  });
  const request = (id: number, signal?: AbortSignal) => {
    const attributes = { ReferenceID: id };
    return outcome(
      table.request({ message: 'RequestQueryServer', attributes, answer: 'EventServerInfo', signal }),
    );
  };
  return { clock, sent, table, request };
}

/** Holds how a promise was settled, so that a rejection is never unhandled. */
function outcome(promise: Promise<string>): { value: string | undefined } {
  const result: { value: string | undefined } = { value: undefined };
  promise.then(
    (answer) => (result.value = answer),
    (error: unknown) => (result.value = error instanceof ExecError ? error.code : String(error)),
  );
  return result;
}

describe('RequestTable', () => {
  it('settles a request by the answer with its ReferenceID', async () => {
    const { table, request, clock } = harness();
    const first = request(1);
    const second = request(2);
    table.take(2, 'EventServerInfo')?.resolve('two');
    table.take(1, 'EventError')?.reject(new ExecError('link.request-refused', 'no'));
    await clock.advance(0);
    expect([first.value, second.value]).toEqual(['link.request-refused', 'two']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes nothing else for an answer', () => {
    const { table, request } = harness();
    request(1);
    expect(table.take(1, 'EventInfo')).toBeUndefined();
    expect(table.take(2, 'EventServerInfo')).toBeUndefined();
    expect(table.outstanding).toBe(1);
  });

  it('fails a request after its time, counted from sending; a later answer finds nothing', async () => {
    const { table, request, clock } = harness({ outstandingMax: 1 });
    const first = request(1);
    await clock.advance(4_000);
    const second = request(2);
    await clock.advance(5_999);
    expect(first.value).toBeUndefined();
    await clock.advance(1);
    expect(first.value).toBe('link.request-timeout');
    expect(table.take(1, 'EventServerInfo')).toBeUndefined();
    await clock.advance(9_999);
    expect(second.value).toBeUndefined();
    table.take(2, 'EventServerInfo')?.resolve('two');
    await clock.advance(0);
    expect(second.value).toBe('two');
    expect(clock.pendingTimers).toBe(0);
  });

  it('uses one timer for any number of requests', async () => {
    const { request, clock } = harness({ outstandingMax: 1_000, waitingMax: 1_000 });
    for (let id = 1; id <= 500; id++) request(id);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(10_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps the window: what does not fit waits its turn, what does not fit there is refused', async () => {
    const { table, sent, request, clock } = harness({ outstandingMax: 2, waitingMax: 2 });
    const outcomes = [1, 2, 3, 4, 5].map((id) => request(id));
    expect(sent).toEqual([1, 2]);
    table.take(1, 'EventServerInfo')?.resolve('one');
    expect(sent).toEqual([1, 2, 3]);
    expect([table.outstanding, table.waiting]).toEqual([2, 1]);
    await clock.advance(0);
    expect(outcomes.map((result) => result.value)).toEqual([
      'one',
      undefined,
      undefined,
      undefined,
      'link.too-many-requests',
    ]);
  });

  it('gives up an aborted request, waiting or sent, and uses its place', async () => {
    const { table, sent, request, clock } = harness({ outstandingMax: 1 });
    const controller = new AbortController();
    const first = request(1, controller.signal);
    const second = request(2, controller.signal);
    const third = request(3);
    controller.abort('no longer needed');
    await clock.advance(0);
    expect([first.value, second.value, third.value]).toEqual([
      'no longer needed',
      'no longer needed',
      undefined,
    ]);
    expect(sent).toEqual([1, 3]);
    expect(table.take(1, 'EventServerInfo')).toBeUndefined();
    const late = request(4, controller.signal);
    await clock.advance(0);
    expect(late.value).toBe('no longer needed');
  });

  it('fails a request that cannot be sent and goes on with the next', async () => {
    const { sent, request, clock } = harness({ outstandingMax: 1, refuses: (id) => id === 1 });
    const first = request(1);
    request(2);
    await clock.advance(0);
    expect(first.value).toBe('link.frame-too-long');
    expect(sent).toEqual([2]);
  });

  it('fails everything when the connection ends', async () => {
    const { table, request, clock } = harness({ outstandingMax: 1 });
    const outcomes = [request(1), request(2)];
    table.failAll(new ExecError('link.lost', 'gone'));
    await clock.advance(0);
    expect(outcomes.map((result) => result.value)).toEqual(['link.lost', 'link.lost']);
    expect([table.outstanding, table.waiting, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('settles every request exactly once, in whatever order things happen', async () => {
    const action = fc.oneof(
      fc.record({ type: fc.constant('answer' as const), id: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ type: fc.constant('request' as const) }),
      fc.record({ type: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 12_000 }) }),
      fc.record({ type: fc.constant('abort' as const), id: fc.integer({ min: 1, max: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { table, request, clock } = harness();
        const made: {
          result: { value: string | undefined };
          controller: AbortController;
          answered: boolean;
        }[] = [];
        for (const step of actions) {
          const entry = step.type === 'answer' || step.type === 'abort' ? made[step.id - 1] : undefined;
          if (step.type === 'request') {
            const controller = new AbortController();
            made.push({ result: request(made.length + 1, controller.signal), controller, answered: false });
          } else if (step.type === 'advance') {
            await clock.advance(step.ms);
          } else if (step.type === 'abort') {
            entry?.controller.abort('aborted');
          } else {
            const pending = table.take(step.id, 'EventServerInfo');
            if (pending === undefined || entry === undefined) continue;
            expect(entry.answered).toBe(false);
            entry.answered = true;
            pending.resolve(`answer ${step.id}`);
          }
          expect(table.outstanding).toBeLessThanOrEqual(3);
          expect(table.waiting).toBeLessThanOrEqual(5);
          expect(clock.pendingTimers).toBeLessThanOrEqual(1);
        }
        await clock.advance(100_000);
        made.forEach(({ result, answered }, n) => {
          if (answered) expect(result.value).toBe(`answer ${n + 1}`);
          else expect(['link.request-timeout', 'link.too-many-requests', 'aborted']).toContain(result.value);
        });
        expect([table.outstanding, table.waiting, clock.pendingTimers]).toEqual([0, 0, 0]);
      }),
      { numRuns: 50 },
    );
  });
});
