/** What a conversation that has ended is counted as, and that it is counted once. */
import { engageMicros } from '@exec/common/instants';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Call, type Conversation, newConversation } from '../conversation/state.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { type Outcome, Outcomes } from './outcomes.ts';
import type { ConversationRecord } from './record.ts';

const key = 'site/A';
const waiting = new Set<string>();
let counted: Outcome[];

beforeEach(() => {
  waiting.clear();
  counted = [];
});

function recordOf(more: Partial<Conversation> = {}): ConversationRecord {
  const conversation = newConversation({ key, uuid: 'A' } as unknown as Call, 0 as never);
  return { conversation: { ...conversation, published: true, ...more }, published: { last: 0 as never } };
}

const over = (more: Partial<Conversation> = {}) => recordOf({ overAt: engageMicros(1), ...more });

function outcomesWith(
  state: { records?: ConversationRecord[]; entries?: string[]; deadLegs?: Record<string, string> } = {},
): Outcomes {
  const { records = [], entries = [], deadLegs = {} } = state;
  return new Outcomes(
    { count: (outcome) => counted.push(outcome), waits: (conversation) => waiting.has(conversation) },
    { records, entries: entries.map((conversation) => ({ conversation }) as OutboxEntry), deadLegs },
  );
}

const stored = (outcomes: Outcomes, record: ConversationRecord | undefined) =>
  outcomes.written([{ type: 'record', key, record }]);

describe('a conversation that has ended', () => {
  it.each<[Outcome, Partial<Conversation>]>([
    ['complete', {}],
    ['not-mapped', { published: false }],
    ['gap', { incomplete: 'gap' }],
    ['too-long', { incomplete: 'too-long' }],
    ['shed', { incomplete: 'shed' }],
    ['shed', { incomplete: 'shed', published: false }],
    // Nothing of it was to be sent: whatever was lost of it is missed by nobody.
    ['not-mapped', { incomplete: 'gap', published: false }],
  ])('is %s: %j', (outcome, more) => {
    const outcomes = outcomesWith();
    stored(outcomes, over(more));
    outcomes.look();
    expect(counted).toEqual([outcome]);
  });

  it('is not counted while an event of it waits, nor twice', () => {
    const outcomes = outcomesWith();
    waiting.add(key);
    stored(outcomes, over());
    outcomes.look();
    expect(counted).toEqual([]);
    waiting.clear();
    outcomes.look();
    stored(outcomes, over());
    outcomes.look();
    expect(counted).toEqual(['complete']);
  });

  it('goes on when a call of it comes late, and is counted at its end', () => {
    const outcomes = outcomesWith();
    waiting.add(key);
    stored(outcomes, over());
    stored(outcomes, recordOf());
    waiting.clear();
    outcomes.look();
    expect(counted).toEqual([]);
    stored(outcomes, over({ incomplete: 'gap' }));
    outcomes.look();
    expect(counted).toEqual(['gap']);
  });

  it('is refused when the cloud refused an event of it before its end', () => {
    const outcomes = outcomesWith();
    outcomes.refused(key);
    stored(outcomes, over());
    outcomes.look();
    outcomes.refused(key);
    expect(counted).toEqual(['refused']);
  });

  it('is counted although it is forgotten while the cloud is away', () => {
    const outcomes = outcomesWith();
    waiting.add(key);
    stored(outcomes, over());
    stored(outcomes, undefined);
    outcomes.refused(key);
    waiting.clear();
    outcomes.look();
    outcomes.look();
    expect(counted).toEqual(['refused']);
  });

  it('is a fault when it made the model fail, once', () => {
    const outcomes = outcomesWith();
    outcomes.written([
      { type: 'record', key, record: undefined },
      { type: 'fault', calls: [key], conversation: key, reason: 'x' },
    ]);
    outcomes.look();
    expect(counted).toEqual(['fault']);
  });

  it('is shed when it was left out whole', () => {
    outcomesWith().written([{ type: 'call-left-out', call: key }]);
    expect(counted).toEqual(['shed']);
  });

  it('goes on in another one and is not counted', () => {
    const outcomes = outcomesWith();
    stored(outcomes, recordOf());
    stored(outcomes, undefined);
    outcomes.look();
    expect(counted).toEqual([]);
  });
});

describe('a term that begins', () => {
  it('counts only what its predecessor could not', () => {
    const outcomes = outcomesWith({ records: [over()] });
    outcomes.look();
    stored(outcomes, over());
    outcomes.look();
    expect(counted).toEqual([]);
  });

  it('counts what is over and still waits, and knows the legs that were refused', () => {
    const deadLegs = { [JSON.stringify([key, 'leg'])]: '1-0' };
    const outcomes = outcomesWith({ records: [over()], entries: [key], deadLegs });
    outcomes.look();
    expect(counted).toEqual(['refused']);
  });
});
