/** The status as a machine: what each event makes of it, above all when a cycle counts as a success. */
import { describe, expect, it } from 'vitest';
import type { Operation } from '../plan/operation.ts';
import { planOf, planStoppedBy, planWaitingFor } from '../testing/plan.ts';
import { type CycleReport, initialStatus, nextStatus, type StatusEvent } from './status.ts';

function report(endedAt: number): CycleReport {
  return { startedAt: 0, endedAt, planId: undefined, operations: 0, done: 0, failed: 0, outcome: 'complete' };
}
type Outcome = (StatusEvent & { type: 'cycle-ended' })['outcome'];

const began: StatusEvent = { type: 'cycle-began', at: 1 };
const active: StatusEvent = { type: 'pause-read', paused: false };
const paused: StatusEvent = { type: 'pause-read', paused: true };
const ended = (outcome: Outcome, at = 5): StatusEvent => ({
  type: 'cycle-ended',
  outcome,
  report: report(at),
});
const compared = (plan = planOf()): StatusEvent => ({
  type: 'compared',
  plan,
  orphans: [],
  refused: [],
  quarantined: new Map(),
});
const failed = (lasting = false): StatusEvent => ({
  type: 'cycle-failed',
  stop: { reason: 'engage', detail: 'away' },
  lasting,
});
const tooMuch = planStoppedBy('too much');
const unseen = planWaitingFor('nobody has seen it');
const after = (...events: StatusEvent[]) => events.reduce(nextStatus, initialStatus);

describe('the state', () => {
  it.each<[string, StatusEvent[], object]>([
    ['stands by at first', [], { state: 'standby', stop: undefined }],
    ['is idle when active', [active], { state: 'idle' }],
    [
      'shows what is being done',
      [active, began, { type: 'reading' }],
      { state: 'reading', running: { startedAt: 1 } },
    ],
    [
      'of a cycle that ended is idle',
      [active, began, { type: 'comparing' }, ended('complete')],
      { state: 'idle' },
    ],
    [
      'of a paused one is paused',
      [paused],
      { state: 'paused', stop: { reason: 'paused', detail: expect.stringContaining('resume') } },
    ],
    [
      'of a plan that is only made while paused shows that',
      [paused, { type: 'reading' }],
      { state: 'reading' },
    ],
    [
      'after a fault is failing',
      [active, failed()],
      { state: 'failing', stop: { reason: 'engage', detail: 'away' } },
    ],
    ['after a lasting fault is stopped', [active, failed(true)], { state: 'stopped' }],
    [
      'after a fault and a good cycle is idle',
      [active, failed(), ended('unchanged')],
      { state: 'idle', stop: undefined },
    ],
    [
      'beyond a limit is stopped',
      [active, compared(tooMuch), ended('stopped')],
      { state: 'stopped', stop: { reason: 'limit', detail: 'too much' } },
    ],
    [
      'beyond a limit stays stopped through quiet cycles and faults',
      [active, compared(tooMuch), ended('stopped'), failed(), ended('unchanged')],
      { state: 'stopped', stop: { reason: 'limit', detail: 'too much' } },
    ],
    [
      'of a plan that a person has to approve says so, and that is no stop',
      [active, compared(unseen), ended('waiting')],
      { state: 'waiting-for-approval', stop: undefined, review: { detail: 'nobody has seen it' } },
    ],
    [
      'of a plan that waits stays so through quiet cycles and faults',
      [active, compared(unseen), ended('waiting'), failed(), ended('unchanged')],
      { state: 'waiting-for-approval' },
    ],
    [
      'of a plan that waits and is beyond a limit is stopped',
      [active, compared({ ...unseen, stop: tooMuch.stop }), ended('stopped')],
      { state: 'stopped', stop: { reason: 'limit' } },
    ],
    [
      'of a plan that was approved is idle',
      [active, compared(unseen), ended('waiting'), compared(), ended('complete')],
      { state: 'idle', review: undefined },
    ],
    [
      'of who stands by waits for nobody',
      [active, compared(unseen), ended('waiting'), { type: 'standing-by' }],
      { state: 'standby', review: undefined },
    ],
    [
      'is free again when a plan is within the limits',
      [active, compared(tooMuch), ended('stopped'), compared(), ended('complete')],
      { state: 'idle', stop: undefined },
    ],
    [
      'of who stands by shows no stop of before',
      [active, compared(tooMuch), ended('stopped'), { type: 'standing-by' }],
      { state: 'standby', stop: undefined },
    ],
    [
      'is not stopped while a plan is applied',
      [active, failed(), { type: 'applying' }],
      { state: 'applying', stop: undefined },
    ],
  ])('%s', (_what, events, expected) => {
    expect(after(...events)).toMatchObject(expected);
  });
});

describe('the last success', () => {
  const oneLeft = planOf([{} as Operation]);
  it.each<[string, StatusEvent[], number | undefined]>([
    ['is a plan that was carried out', [active, compared(), ended('complete')], 5],
    ['is renewed by a quiet cycle', [active, compared(), ended('complete'), ended('unchanged', 9)], 9],
    [
      'is renewed by a quiet cycle after a fault',
      [active, ended('complete'), failed(), ended('unchanged', 9)],
      9,
    ],
    ['is not a plan beyond a limit', [active, compared(tooMuch), ended('stopped')], undefined],
    [
      'is not renewed by a quiet cycle after a plan beyond a limit',
      [active, ended('complete'), compared(tooMuch), ended('stopped', 7), ended('unchanged', 9)],
      5,
    ],
    [
      'is not renewed by a quiet cycle when a fault came after a plan beyond a limit',
      [active, compared(tooMuch), ended('stopped'), failed(), ended('unchanged', 9)],
      undefined,
    ],
    [
      'is not a plan that waits',
      [active, compared(unseen), ended('waiting'), ended('unchanged', 9)],
      undefined,
    ],
    ['is not an interrupted plan', [active, compared(), ended('interrupted')], undefined],
    ['is not a plan that was only made', [active, compared(oneLeft), ended('planned')], undefined],
    ['is an empty plan that was only made', [active, compared(), ended('planned')], 5],
    ['is not a failure', [active, failed()], undefined],
  ])('%s', (_what, events, expected) => {
    expect(after(...events).lastSuccessAt).toBe(expected);
  });
});
