import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Call, Conversation, Leg } from '../conversation/state.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import type { CallsFound, QueuesFound } from '../events/snapshots.ts';
import { callOf, conversationOf, legOf, second } from '../testing/parts.ts';
import { ConversationIndex } from './conversation-index.ts';
import { type Difference, missingCalls, ofUnknownCalls, queueDifferences } from './snapshot-diff.ts';

const since = streamMs(5_000);
const older = streamMs(4_999);
const at = second(9);
const uuid = (name: string) => asId<CallUuid>(name);

function indexOf(...conversations: Partial<Conversation>[]): ConversationIndex {
  const index = new ConversationIndex(defaultSettings);
  for (const one of conversations) index.keep(conversationOf(one));
  return index;
}

const call = (name: string, o: Partial<Call> = {}) =>
  callOf({ key: `site/${name}`, uuid: uuid(name), seen: older, ...o });
const named = (...calls: Call[]): Partial<Conversation> => ({ key: calls[0]?.key ?? '', calls });
const said = (differences: readonly Difference[]) =>
  differences.map(({ call: of, input }) =>
    input.kind === 'call-missing'
      ? `${of} missing`
      : `${of} ${input.present ? 'in' : 'not in'} ${input.queue}`,
  );

describe('a snapshot of calls', () => {
  const found = (o: Partial<CallsFound> = {}): CallsFound => ({
    ...{ kind: 'calls-found', site: 'site', session: 'one:1', since, complete: true, calls: [] },
    ...o,
  });
  const missing = (known: Call, o?: Partial<CallsFound>, names: readonly string[] = []) =>
    said(missingCalls(indexOf(named(known)), found(o), new Set(names), at));

  it.each<[string, readonly string[], readonly string[]]>([
    ['a call that it does not name is missing', missing(call('M')), ['site/M missing']],
    ['a call that it names is not', missing(call('M'), {}, ['site/M']), []],
    ['nothing is missing when it is not reliable', missing(call('M'), { reliable: false }), []],
    [
      'it is missing when the server says it is reliable',
      missing(call('M'), { reliable: true }),
      ['site/M missing'],
    ],
    ['a call that became known since is not', missing(call('M', { seen: since })), []],
    ['a call that has ended is not', missing(call('M', { endedAt: second(2) })), []],
    ['a call of another site is not', missing(call('M', { site: 'other' })), []],
  ])('%s', (_what, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('says of each call of a conversation whether it is missing', () => {
    const index = indexOf(named(call('M'), call('N'), call('O')));
    const [first] = missingCalls(index, found(), new Set(['site/N', 'site/O']), at);
    expect(first).toEqual({
      call: 'site/M',
      input: { kind: 'call-missing', site: 'site', since, call: 'M', at },
    });
    expect(said(missingCalls(index, found(), new Set(['site/M']), at))).toEqual([
      'site/N missing',
      'site/O missing',
    ]);
  });
});

describe('a snapshot of queues', () => {
  const found = (queues: Readonly<Record<string, readonly string[]>>, o: Partial<QueuesFound> = {}) =>
    ({
      ...{ kind: 'queues-found', site: 'site', since },
      queues: Object.entries(queues).map(([queue, calls]) => ({ queue, calls: calls.map(uuid) })),
      ...o,
    }) satisfies QueuesFound;
  const stay = (o: Partial<Leg> = {}) =>
    legOf('queue', 'q:one', { dn: '7000', home: 'site/M', seen: older, ...o });
  const differences = (leg: Leg, item: QueuesFound) =>
    said(queueDifferences(indexOf({ ...named(call('M')), legs: [leg] }), item, at));
  const absent = found({ 7000: [] });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a call that waits is named', differences(stay(), found({ 7000: ['M'] })), ['site/M in 7000']],
    ['a call that nobody knows is named', differences(stay(), found({ 7001: ['X'] })), ['site/X in 7001']],
    ['a stay of a call that does not wait is over', differences(stay(), absent), ['site/M not in 7000']],
    [
      'nothing is over when it says nothing of absences',
      differences(stay(), { ...absent, absent: false }),
      [],
    ],
    ['a stay in a queue that it does not name lasts', differences(stay(), found({ 7001: [] })), []],
    ['a stay that is newer lasts', differences(stay({ seen: since }), absent), []],
    ['a stay that has ended is not over again', differences(stay({ endedAt: second(3) }), absent), []],
    ['a stay on another site lasts', differences(stay({ site: 'other' }), absent), []],
    ['a stay of a call that is not there lasts', differences(stay({ home: 'site/X' }), absent), []],
    ['a party at a number like it stays', differences({ ...stay(), kind: 'phone' }, absent), []],
  ])('%s', (_what, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('a stay lasts that is named with a consultation which has ended into its call, not with one that lasts', () => {
    const beside = (consultation: Call) =>
      said(
        queueDifferences(
          indexOf({ ...named(call('M'), consultation), legs: [stay()] }),
          found({ 7000: ['C'] }),
          at,
        ),
      );
    expect(beside(call('C', { endedAt: second(3) }))).toEqual(['site/C in 7000']);
    expect(beside(call('C'))).toEqual(['site/C in 7000', 'site/M not in 7000']);
  });

  it('names what it is about, as of the discovery', () => {
    const index = indexOf({ ...named(call('M')), legs: [stay()] });
    const of = { kind: 'queue-found', site: 'site', since, at, queue: '7000', call: 'M' };
    expect(queueDifferences(index, found({ 7000: ['M'] }), at)).toEqual([
      { call: 'site/M', input: { ...of, present: true } },
    ]);
    expect(queueDifferences(index, absent, at)).toEqual([
      { call: 'site/M', input: { ...of, present: false } },
    ]);
  });

  it('is put off with the calls that nobody knows, and without absences', () => {
    const index = indexOf(named(call('M')));
    index.addPast('site/P');
    const item = found({ 7000: ['M', 'X', 'P'], 7001: ['M'], 7002: [] });
    expect(ofUnknownCalls(index, item)).toEqual({ ...found({ 7000: ['X'] }), absent: false });
    expect(ofUnknownCalls(index, found({ 7000: ['M', 'P'] }))).toBeUndefined();
  });
});
