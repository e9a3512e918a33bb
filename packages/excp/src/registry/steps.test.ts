/** Conversations on their way through their steps: begun, carried on, brought together, given up. */
import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/state.ts';
import { defaultSettings, type ModelSettings } from '../conversation/step-context.ts';
import type { CallCreated, Queued } from '../events/engage-events.ts';
import { agent, customer, here } from '../testing/parties.ts';
import { begins, callOf, conversationOf, draftOf, legOf, said, second } from '../testing/parts.ts';
import { ConversationIndex } from './conversation-index.ts';
import type { Effect, Effects } from './effects.ts';
import { Steps } from './steps.ts';

const at = second(10);
const uuid = (name: string) => asId<CallUuid>(name);
const created = (name: string): CallCreated => ({
  ...{ kind: 'call-created', site: 'site', call: uuid(name), at, type: 'Inbound' },
});
const queued = (name: string): Queued => ({
  ...{ kind: 'queued', site: 'site', call: uuid(name), at, type: 'Inbound', queue: '7000', stay: name },
});
/** A call with a customer and an agent, of that name. */
function talk(name: string, o: Partial<Conversation> = {}): Conversation {
  const key = `site/${name}`;
  const parties = here.map((party) => ({ ...party, id: `${name} ${party.id}` as never }));
  const legs = [customer, agent].map((leg) => ({ ...leg, home: key, dn: `${leg.dn} ${name}` }));
  return conversationOf({ key, calls: [callOf({ key, uuid: uuid(name), parties })], legs, ...o });
}
const ended = (name: string): Conversation => {
  const one = talk(name);
  return { ...one, legs: one.legs.map((leg) => ({ ...leg, endedAt: second(5) })), overAt: second(5) };
};
const unpublished = { published: false, reportable: false } as const;

function stand(conversations: readonly Conversation[] = [], o: Partial<ModelSettings> = {}) {
  const settings = { ...defaultSettings, ...o };
  const index = new ConversationIndex(settings);
  for (const one of conversations) index.keep(one);
  const { context } = draftOf({}, { settings, occupant: () => ({ kind: 'nobody' }), caughtUp: () => true });
  const names = new Set<string>();
  const early = {
    lookAgain: (of: () => Iterable<string>) => of !== undefined && [...of()].map((name) => names.add(name)),
  };
  return { index, names, steps: new Steps({ index, context: () => context, early }) };
}
/** In short: what became of which conversation or call. */
const all = <T>(effects: Effects<T>): string[] => [...effects].map(nameOf);
function nameOf(effect: Effect): string {
  switch (effect.type) {
    case 'conversation':
      return [
        effect.conversation.key,
        ...said(effect.changes),
        ...(effect.forgotten ? ['forgotten'] : []),
      ].join(', ');
    case 'anomaly':
      return effect.anomaly;
    case 'call-left-out':
      return `left out ${effect.call}`;
    case 'fault':
      return `fault of ${effect.calls.join(' ')} in ${effect.conversation}: ${effect.reason.split(':')[0]}`;
    default:
      return effect.type;
  }
}
/** What a generator gives back at its end. */
function answer<T>(effects: Effects<T>): T {
  for (;;) {
    const step = effects.next();
    if (step.done === true) return step.value;
  }
}
/** A conversation that no step can carry on, and that nothing can be brought together with. */
const broken = (name: string): Conversation => ({ ...talk(name), unpublished: undefined as never });

describe('a call that begins', () => {
  it('is known from then on, and may explain what waits', () => {
    const { index, names, steps } = stand();
    expect(all(steps.begin(created('M')))).toEqual(['site/M']);
    expect(index.ofCall('site/M')?.key).toBe('site/M');
    expect([...names]).toContain('call site/M');
  });

  it('with a stay in a queue is published', () => {
    expect(all(stand().steps.begin(queued('M')))).toEqual(['site/M, q:M established']);
  });

  it('is left out whole while the most conversations are open', () => {
    const { index, steps } = stand([talk('A'), ended('B')], { openMost: 2 });
    expect(all(steps.begin(created('M')))).toEqual(['site/M']);
    expect(all(steps.begin(created('N')))).toEqual(['left out site/N']);
    expect([index.ofCall('site/N'), index.isPast('site/N'), index.isPast('site/M')]).toEqual([
      undefined,
      true,
      false,
    ]);
  });
});

describe('a step', () => {
  const over = { kind: 'call-deleted', site: 'site', call: uuid('A'), at } as const;

  it('is that of the conversation of its call', () => {
    const { steps } = stand([talk('A'), talk('B')]);
    expect(all(steps.stepOf('site/A', over))).toEqual(['site/A, customer ended, agent ended']);
  });

  it('of a call that is not known is none', () => {
    const { steps } = stand([talk('A')]);
    expect([answer(steps.stepOf('site/X', over)), all(steps.stepOf('site/X', over))]).toEqual([false, []]);
    expect(answer(steps.stepOf('site/A', over))).toBe(true);
  });

  it('says what was not as expected before what came of it', () => {
    const { steps } = stand([talk('A')]);
    expect(all(steps.stepOf('site/A', created('A')))).toEqual(['repeated-call', 'site/A']);
  });

  it('after which nothing can happen forgets the conversation, and remembers its calls', () => {
    const { index, steps } = stand([{ ...ended('A'), ...unpublished, legs: [], touchedAt: streamMs(1) }]);
    expect(all(steps.stepOf('site/A', { kind: 'look-again' }))).toEqual(['site/A']);
    const old = { ...ended('B'), ...unpublished, legs: [], touchedAt: streamMs(1) };
    const calls = old.calls.map((call) => ({ ...call, endedAt: second(5), parties: [] }));
    const { index: other, steps: of } = stand([{ ...old, calls }]);
    expect(all(of.stepOf('site/B', { kind: 'look-again' }))).toEqual(['site/B, forgotten']);
    expect([index.size, other.size, other.isPast('site/B')]).toEqual([1, 0, true]);
  });

  it('that fails gives its conversation up', () => {
    const { index, steps } = stand([broken('A'), talk('B')]);
    const conversation = index.get('site/A') ?? expect.fail();
    expect(all(steps.step(conversation, over))).toEqual([
      'lost-conversation',
      'site/A, customer ended, agent ended, forgotten',
      'fault of site/A in site/A: TypeError',
    ]);
    expect([index.size, index.isPast('site/A')]).toEqual([1, true]);
  });
});

describe('what is given up', () => {
  it('is the conversation of the call', () => {
    const { steps } = stand([talk('A')]);
    expect(answer(steps.loseCall('site/A'))).toEqual({ calls: ['site/A'], conversation: 'site/A' });
  });

  it('is the call alone when nothing is known of it', () => {
    const { index, steps } = stand();
    expect(answer(steps.loseCall('site/X'))).toEqual({ calls: ['site/X'] });
    expect(index.isPast('site/X')).toBe(true);
  });

  it('is closed, and after with what made it fail and what that was about', () => {
    const about = { ids: ['1-1'], item: created('A') };
    const effects = [...stand([talk('A')]).steps.abandon('site/A', new RangeError('no time'), about)];
    expect(effects.map(nameOf)).toEqual([
      'lost-conversation',
      'site/A, customer ended, agent ended, forgotten',
      'fault of site/A in site/A: RangeError',
    ]);
    expect(effects.slice(1)).toMatchObject([{ about }, { about }]);
  });

  it('is after also when it is not known any more', () => {
    const effects = [...stand().steps.abandon('site/A', new RangeError('no time'), undefined)];
    expect(effects).toMatchObject([{ type: 'fault', calls: [], conversation: 'site/A' }]);
  });

  it('is what an earlier holder left and nobody can keep', () => {
    const { index, steps } = stand();
    expect(all(steps.load(talk('A')))).toEqual([]);
    expect(all(steps.load({ ...talk('B'), legs: undefined as never }))).toEqual([
      'site/B, forgotten',
      'fault of  in site/B: TypeError',
    ]);
    expect([...index.kept()].map(([key]) => key)).toEqual(['site/A']);
  });
});

describe('two conversations come together', () => {
  const [a, b] = [talk('A'), talk('B')];
  const why = { at };
  const joined = (into: Conversation, from: Conversation, o: object = {}) => {
    const { index, steps } = stand([into, from]);
    const effects = [...steps.join(into, from, { ...why, ...o })];
    return { said: effects.map(nameOf), effects, keys: [...index.kept()].map(([key]) => key), index };
  };

  it('of which both were published: the one ends, and goes on in the other', () => {
    const { said: got, keys, index } = joined(a, b);
    expect(got).toEqual([
      'site/B, customer ended, agent ended',
      'site/A, customer#2 established, agent#2 established',
    ]);
    expect(keys).toEqual(['site/A', 'site/B']);
    expect(index.ofCall('site/B')?.key).toBe('site/A');
  });

  it('of which one was not published: it goes on in the other, and is forgotten', () => {
    const unknown = { ...b, ...unpublished, unpublished: [begins('customer', 1)] };
    const { said: got, keys } = joined(a, unknown);
    expect(got).toEqual(['site/B, forgotten', 'site/A, customer#2 established']);
    expect(keys).toEqual(['site/A']);
  });

  it.each<[string, Conversation, Conversation, string]>([
    ['into the one that was published', { ...a, ...unpublished }, b, 'site/B'],
    ['into the one that is named where both were', a, b, 'site/A'],
    [
      'into the one that is named where neither was',
      { ...a, ...unpublished },
      { ...b, ...unpublished },
      'site/A',
    ],
    ['into the one that the cloud has not closed', ended('A'), b, 'site/B'],
    ['into the one that is named where the other is closed', { ...a, ...unpublished }, ended('B'), 'site/A'],
  ])('%s', (_, into, from, wanted) => {
    const { index } = joined(into, from);
    expect(index.ofCall('site/A')?.key).toBe(wanted);
    expect(index.ofCall('site/B')?.key).toBe(wanted);
  });

  it('not when the cloud has closed both', () => {
    expect(joined(ended('A'), ended('B')).said).toEqual([]);
  });

  const both = (one: Conversation) => ({
    ...one,
    legs: [...one.legs, legOf('phone', 'shared', { dn: '5555', home: one.key })],
  });
  it.each<[string, Conversation, Conversation, object, string]>([
    ['a transfer where nobody takes part in both', a, b, {}, 'Transfer'],
    ['a conference where the event says so', a, b, { cause: 'Conference' }, 'TransferConference'],
    ['a transfer where the event says so', both(a), both(b), { cause: 'Transfer' }, 'Transfer'],
    ['a conference where somebody takes part in both', both(a), both(b), {}, 'TransferConference'],
    [
      'a conference where somebody does, and the event says nothing',
      both(a),
      both(b),
      { cause: 'Empty' },
      'TransferConference',
    ],
  ])('as %s', (_, into, from, o, wanted) => {
    const [source] = joined(into, from, o).effects;
    expect(source).toMatchObject({
      changes: [{ disconnect: wanted }, { disconnect: wanted }, ...(into === a ? [] : [{}])],
    });
  });

  it('and both are given up where that fails', () => {
    const { index, steps } = stand([talk('A'), broken('B')]);
    const [into, from] = [index.get('site/A') ?? expect.fail(), index.get('site/B') ?? expect.fail()];
    expect(all(steps.join(into, { ...from, published: false }, why))).toEqual([
      ...['lost-conversation', 'site/B, forgotten'],
      ...['lost-conversation', 'site/A, customer ended, agent ended, forgotten'],
      'fault of site/B site/A in site/A: TypeError',
    ]);
    expect(index.size).toBe(0);
  });

  describe('by what names both', () => {
    const after = (o: readonly Conversation[], what: (steps: Steps) => Effects) => {
      const { index, steps } = stand(o);
      const effects = all(what(steps));
      return [effects.length > 0, index.ofCall('site/A')?.key, index.ofCall('site/B')?.key];
    };

    it.each<[string, readonly unknown[], readonly unknown[]]>([
      [
        'a call of each',
        after([a, b], (steps) => steps.bringTogether('site/A', 'site/B', why)),
        [true, 'site/A', 'site/A'],
      ],
      [
        'a call that is not known',
        after([a], (steps) => steps.bringTogether('site/A', 'site/B', why)),
        [false, 'site/A', undefined],
      ],
      [
        'only one that is known',
        after([b], (steps) => steps.bringTogether('site/A', 'site/B', why)),
        [false, undefined, 'site/B'],
      ],
      [
        'the same one',
        after([a], (steps) => steps.bringTogether('site/A', 'site/A', why)),
        [false, 'site/A', undefined],
      ],
    ])('%s', (_, got, wanted) => {
      expect(got).toEqual(wanted);
    });

    const linked = (one: Conversation, from: number, links = ['L1']) => ({
      ...one,
      calls: one.calls.map((call) => ({ ...call, links, at: second(from) })),
    });
    it.each([
      [1, 2],
      [2, 1],
    ])('a link, at the time at which that became known: begun at %s and %s', (one, two) => {
      const { steps } = stand([linked(a, one), linked(b, two)]);
      const ends = [...steps.link('site/A', ['L1'], at)].flatMap((effect) =>
        effect.type === 'conversation' ? effect.changes.filter(({ change }) => change === 'ended') : [],
      );
      expect(ends.map((change) => change.at)).toEqual([at, at]);
    });

    it.each<[string, readonly Conversation[], readonly string[] | undefined, readonly unknown[]]>([
      ['a link: the earlier goes on', [linked(a, 2), linked(b, 1)], ['L1'], [true, 'site/B', 'site/B']],
      [
        'a link: the one that names it, where neither is earlier',
        [linked(a, 1), linked(b, 1)],
        ['L1'],
        [true, 'site/A', 'site/A'],
      ],
      [
        'a link: that one where it is earlier',
        [linked(a, 1), linked(b, 2)],
        ['L1'],
        [true, 'site/A', 'site/A'],
      ],
      ['another link', [linked(a, 1), linked(b, 2, ['L2'])], ['L1'], [false, 'site/A', 'site/B']],
      ['no link', [linked(a, 1), linked(b, 2)], undefined, [false, 'site/A', 'site/B']],
      ['a link that only this one has', [linked(a, 1), b], ['L1'], [false, 'site/A', 'site/B']],
    ])('%s', (_, conversations, links, wanted) => {
      expect(after(conversations, (steps) => steps.link('site/A', links, at))).toEqual(wanted);
    });
  });
});
