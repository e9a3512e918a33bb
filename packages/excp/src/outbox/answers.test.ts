/** Every answer of the cloud, in every state of the event that it speaks of. */

import { CloudError, type Verdict } from '@exec/common/genesys-cloud';
import { monotonicMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { applyAnswer, mostTries, type Outcome } from './answers.ts';
import type { OutboxEntry } from './entry.ts';
import { SendQueue } from './queue.ts';

const limits = { events: 100, bytes: 480_000, ofConversation: 20 };
const established = entry({ id: '1-1', establishes: true, at: 1_001 });
const answered = entry({ id: '1-2', at: 1_002 });
const other = entry({ id: '1-3', conversation: 'site/other', at: 1_003 });
const idOf = ({ event }: OutboxEntry) => event.event.eventId;

type Kinds = readonly Verdict<OutboxEntry>[];
const accepted = (event: OutboxEntry) => ({ kind: 'accepted', event }) as const;
const later = (event: OutboxEntry) => ({ kind: 'later', event, reason: 'busy' }) as const;
const unknown = (event: OutboxEntry, lost: boolean) => ({ kind: 'unknown', event, lost }) as const;
const refused = (event: OutboxEntry, code?: 'cloud.refused' | 'cloud.server-error') => {
  const verdict = { kind: 'refused', event, reason: 'no' } as const;
  return code === undefined ? verdict : { ...verdict, whole: new CloudError(code, 'no') };
};

/** A queue of which everything is in flight, and what the answers of its request lead to. */
function answer(verdicts: Kinds, o: { readonly sent?: boolean } = {}) {
  const queue = new SendQueue();
  for (const one of [established, answered, other]) queue.add(one, o);
  const batch = queue.take(limits);
  const outcomes = applyAnswer(
    queue,
    { verdicts, correlationId: undefined },
    { now: monotonicMs(10_000), random: () => 0 },
  );
  queue.finish(batch);
  return { queue, outcomes };
}

/** In short: what became of which entries. */
function said(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(nameOf);
}

function nameOf(outcome: Outcome): string {
  switch (outcome.type) {
    case 'done':
      return `${outcome.result} ${outcome.entries.map(({ id }) => id).join(' ')}`;
    case 'later':
      return `later ${outcome.entry.id} (${outcome.tries})`;
    case 'dead':
      return `dead ${outcome.entries.map(({ id }) => id).join(' ')}${outcome.deadLeg === undefined ? '' : ', its leg too'}`;
    case 'overtaken':
      return `overtaken ${outcome.floors.map(([id, floor]) => `${id} by ${floor}`).join(' ')}`;
  }
}

const whole = 'cloud.refused';
const fault = 'cloud.server-error';
const rows: readonly (readonly [
  what: string,
  verdicts: Kinds,
  o: { sent?: boolean },
  said: readonly string[],
])[] = [
  ['accepted', [accepted(established), accepted(answered)], {}, ['accepted 1-1 1-2']],
  ['refused for now', [later(established)], {}, ['later 1-1 (1)']],
  ['refused for now, and what follows too', [later(established), later(answered)], {}, ['later 1-1 (1)']],
  [
    'refused for now, and what follows for good',
    [later(established), refused(answered)],
    {},
    ['later 1-1 (1)'],
  ],
  [
    'refused for now, and what follows accepted',
    [later(established), accepted(answered)],
    {},
    ['accepted 1-2', 'later 1-1 (1)', 'overtaken 1-1 by 1002'],
  ],
  ['refused for good', [accepted(established), refused(answered)], {}, ['accepted 1-1', 'dead 1-2']],
  ['a refused establishment takes its leg along', [refused(established)], {}, ['dead 1-1 1-2, its leg too']],
  [
    'but not what was accepted in the same answer',
    [refused(established), accepted(answered)],
    {},
    ['accepted 1-2', 'dead 1-1, its leg too'],
  ],
  [
    'nor what is of another conversation',
    [refused(established), refused(answered), accepted(other)],
    {},
    ['accepted 1-3', 'dead 1-1 1-2, its leg too'],
  ],
  ['a repeat that is refused by name', [refused(established)], { sent: true }, ['repeated 1-1']],
  [
    'a repeat that is refused with its request',
    [refused(established, whole)],
    { sent: true },
    ['later 1-1 (1)'],
  ],
  ['alone with a 400', [refused(established, whole)], {}, ['dead 1-1 1-2, its leg too']],
  ['alone with a 500', [refused(established, fault)], {}, ['dead 1-1 1-2, its leg too']],
  [
    'alone with a 500 that may have been accepted, for all that is known by that 500',
    [unknown(established, false), refused(established, fault)],
    {},
    ['dead 1-1 1-2, its leg too'],
  ],
  [
    'alone with a 500 after an answer was lost',
    [unknown(established, true), refused(established, fault)],
    {},
    ['later 1-1 (1)'],
  ],
  ['unknown', [unknown(established, true)], {}, []],
  ['unknown, then refused by name', [unknown(established, true), refused(established)], {}, ['repeated 1-1']],
  ['nothing', [], {}, []],
];

describe('an answer of the cloud', () => {
  it.each(rows)('%s', (_, verdicts, o, wanted) => {
    const { queue, outcomes } = answer(verdicts, o);
    expect(said(outcomes)).toEqual(wanted);
    const gone = outcomes.flatMap((outcome) =>
      outcome.type === 'done' || outcome.type === 'dead' ? outcome.entries : [],
    );
    expect(queue.size).toBe(3 - gone.length);
    for (const one of gone) expect(queue.has(one)).toBe(false);
  });

  it('names the dead letter by its event', () => {
    const { queue, outcomes } = answer([refused(established)]);
    expect(outcomes).toMatchObject([{ type: 'dead', letter: idOf(established), reason: 'no' }]);
    expect(queue.letterOf(answered)).toBe(idOf(established));
  });

  it('is waited for twice as long each time, a minute at most, and after about a day no more', () => {
    const queue = new SendQueue();
    queue.add(established);
    const waits: number[] = [];
    let outcomes: readonly Outcome[] = [];
    for (let tries = 0; tries <= mostTries; tries++) {
      queue.release(monotonicMs(Number.POSITIVE_INFINITY));
      const batch = queue.take(limits);
      const verdicts = [later(established)];
      outcomes = applyAnswer(
        queue,
        { verdicts, correlationId: undefined },
        { now: monotonicMs(0), random: () => 0 },
      );
      queue.finish(batch);
      waits.push(queue.nextRelease ?? 0);
    }
    expect(waits.slice(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(said(outcomes)).toEqual(['dead 1-1, its leg too']);
  });
});
