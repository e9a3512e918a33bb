/** What is kept of a conversation that is over: short, and enough for everything that may still come for it. */
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import {
  type EngageMicros,
  engageLaterBy,
  engageMicros,
  laterBy,
  type StreamMs,
} from '@exec/common/instants';
import { arrivals, produce, record, scenarios } from '@exec/simulators/scenarios';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { lookupsOf } from '../mapping/lookups.ts';
import { ConversationIndex } from '../registry/conversation-index.ts';
import { mappingOf } from '../testing/mapping.ts';
import { callOf, conversationOf as conversationWith, legOf, second } from '../testing/parts.ts';
import { itemsOf, Player } from '../testing/replay.ts';
import { conversationOf, endedText, startOfText } from './ended.ts';
import { isClosed } from './merge.ts';
import { type ConversationInput, next } from './next.ts';
import type { Conversation } from './state.ts';
import { defaultSettings, type StepContext } from './step-context.ts';

const production = produce(scenarios);
const lookups = lookupsOf(mappingOf(production));

/** All of every conversation when it was over, in all scenarios, with events as late as they may be. */
function endedStates(seed: number, skewMs: number): Conversation[] {
  const states: Conversation[] = [];
  const settings = { sites: production.sites, afterCallWorkRequired: seed % 2 === 0 };
  const player = new Player({ map: mappingOf(production), settings });
  const arrived = arrivals(record(production, { transferStyle: seed % 3 === 0 ? 'add' : 'move' }).recorded, {
    seed,
    skewMs,
  });
  // The registry forgets what is not kept at the end of the step that is seen here.
  const keep = vi.spyOn(ConversationIndex.prototype, 'keep').mockImplementation(function keepAndSee(
    this: ConversationIndex,
    ...[conversation, text]
  ) {
    if (conversation.overAt !== undefined) states.push(conversation);
    kept.call(this, conversation, text);
  });
  player.playAll(
    arrived.flatMap(({ at, recorded }) =>
      itemsOf(recorded, Math.floor(at)).map((item) => ({ item, at: Math.floor(at) })),
    ),
  );
  player.rest((arrived.at(-1)?.at ?? 0) + 10_000_000);
  keep.mockRestore();
  return states;
}

const kept = ConversationIndex.prototype.keep;
const states = [1, 2, 3, 4].flatMap((seed) => endedStates(seed, seed % 2 === 0 ? 2_000 : 0));

function context(now: StreamMs, caughtUp: boolean): StepContext {
  const settings = { ...defaultSettings, sites: production.sites, afterCallWorkRequired: true };
  return {
    now,
    place: 0,
    lookups,
    settings,
    occupant: () => ({ kind: 'unknown' }),
    caughtUp: () => caughtUp,
  };
}

/** What may still be said of a conversation: by its own names, and by others. */
function inputOf(state: Conversation, at: EngageMicros): fc.Arbitrary<ConversationInput> {
  const [leg] = state.legs;
  const calls = state.calls.map(({ uuid }) => uuid);
  const sites = state.calls.map(({ site }) => site);
  const of = fc.record({
    site: fc.constantFrom(...(sites.length === 0 ? ['nowhere'] : sites)),
    call: fc.constantFrom(...(calls.length === 0 ? [asId<CallUuid>('no call')] : calls)),
    at: fc.integer({ min: -10_000_000, max: 10_000_000 }).map((after) => engageMicros(at + after)),
  });
  const party = asId<PartyUuid>('late');
  const dn = leg?.dn ?? '5001';
  const value = fc.constantFrom('Sale', 'Complaint', leg?.disposition ?? 'unheard of');
  const created = { kind: 'call-created', type: 'Inbound', ani: '+49301', connId: 'late' } as const;
  const added = { kind: 'party-added', party, dn, type: 'Extension', state: 'Connected' } as const;
  return fc.tuple(of, value, fc.nat(17)).map(([named, chosen, kind]): ConversationInput => {
    const since = { since: laterBy(state.touchedAt, 1_000) };
    const inputs: ConversationInput[] = [
      { kind: 'disposition', ...named, dn, value: chosen },
      { kind: 'call-data', ...named, disposition: chosen },
      { kind: 'disposition', ...named, dn: 'elsewhere', value: chosen },
      { kind: 'call-data', ...named, connId: 'another', links: ['L'] },
      { kind: 'mute', ...named, dn, muted: true },
      { ...created, ...named },
      { ...created, ...named, call: asId<CallUuid>('second'), type: 'Consult', origCall: named.call },
      { ...added, ...named },
      { kind: 'party-state', ...named, party, dn, state: 'Held' },
      { kind: 'party-deleted', ...named, party, dn },
      { kind: 'party-moved', ...named, party, dn, newCall: named.call },
      { kind: 'call-deleted', ...named },
      { kind: 'queued', ...named, queue: 'VQ_Sales', type: 'Inbound', stay: 'late' },
      { kind: 'diverted', ...named, queue: 'VQ_Sales', stay: 'late' },
      { kind: 'call-missing', ...named, ...since },
      { kind: 'queue-found', ...named, ...since, queue: 'VQ_Sales', present: true },
      { kind: 'call-found', ...named, ...since, created: { ...created, ...named }, parties: [] },
      { kind: 'gone', at: named.at },
    ];
    return inputs[kind] ?? { kind: 'look-again' };
  });
}

describe('a conversation that is over', () => {
  it('of any scenario is text', () => {
    expect(states.length).toBeGreaterThan(400);
    for (const state of states) if (isClosed(state)) expect(endedText(state)).toBeDefined();
  });

  it('answers whatever comes late as it would if all of it had been kept', () => {
    const kinds = new Set<string>();
    const late = fc.constantFrom(...states.filter(isClosed)).chain((state) =>
      fc.tuple(
        fc.constant(state),
        fc.array(fc.tuple(inputOf(state, state.overAt ?? second(0)), fc.nat(1_200_000)), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.boolean(),
      ),
    );
    fc.assert(
      fc.property(late, ([state, inputs, caughtUp]) => {
        let whole = state;
        let now = state.touchedAt;
        let short = again(state);
        for (const [input, passed] of inputs) {
          now = laterBy(now, passed);
          const [one, other] = [
            next(whole, input, context(now, caughtUp)),
            next(short, input, context(now, caughtUp)),
          ];
          expect({ ...other, state: undefined }).toEqual({ ...one, state: undefined });
          expect(endedText(other.state)).toBe(endedText(one.state));
          [whole, short] = [one.state, again(other.state)];
          for (const { change } of one.changes) kinds.add(change);
          for (const anomaly of one.anomalies) kinds.add(anomaly);
        }
      }),
      { seed: 12, numRuns: 1_000, endOnFailure: true },
    );
    // All of these come out of it, or the input would prove nothing.
    const wanted = [
      ...['disposition', 'late-disposition', 'unmapped-disposition', 'no-leg', 'repeated-call'],
      ...['call-ended', 'unknown-call', 'lost-conversation', 'unknown-stay'],
    ];
    expect(wanted.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('is found again under all its names, and begins when its first call began', () => {
    for (const state of states.filter(isClosed)) {
      const read = again(state);
      const namesOf = ({ key, interactionId, calls, legs, incomplete }: Conversation) => ({
        ...{ key, interactionId, incomplete },
        calls: calls.map(({ key: name, site, uuid, connIds, type }) => ({ name, site, uuid, connIds, type })),
        legs: legs.map(({ key: name, site, dn, userId, queueId }) => ({ name, site, dn, userId, queueId })),
      });
      expect(namesOf(read)).toEqual(namesOf(state));
      const text = endedText(state);
      const starts = state.calls.map(({ at }) => at);
      if (text !== undefined && starts.length > 0) expect(startOfText(text)).toBe(Math.min(...starts));
    }
  });

  it('says nothing of numbers', () => {
    for (const state of states) {
      const numbers = state.calls.flatMap(({ ani, dnis, dialed }) => [ani, dnis, dialed]);
      const text = endedText(state) ?? '';
      for (const number of numbers)
        if (number !== undefined && number.length > 6) expect(text).not.toContain(number);
    }
  });
});

/** As it is read from its text, where it is text. */
function again(state: Conversation): Conversation {
  const text = endedText(state);
  return text === undefined ? state : conversationOf({ key: state.key, text });
}

describe('a conversation stays whole', () => {
  const over: Conversation = {
    ...conversationWith({
      calls: [callOf({ endedAt: second(9) })],
      legs: [legOf('user', 'a', { dn: '5001', at: second(1), endedAt: second(9) })],
    }),
    reportable: true,
    published: true,
    overAt: second(9),
    keepUntil: laterBy(conversationWith({}).touchedAt, 1_800_000),
  };
  const [leg] = over.legs;
  const [call] = over.calls;

  it('otherwise it is text', () => {
    expect(endedText(over)).toBeDefined();
  });

  it.each<[string, Partial<Conversation>]>([
    ['while it lasts', { overAt: undefined as never }],
    ['when nothing of it was published', { published: false }],
    ['while a leg lasts', { legs: leg === undefined ? [] : [{ ...leg, endedAt: undefined as never }] }],
    ['while a queue is part of it', { legs: leg === undefined ? [] : [{ ...leg, kind: 'queue' }] }],
    ['while a call lasts', { calls: call === undefined ? [] : [{ ...call, endedAt: undefined as never }] }],
    ['when a time is none', { overAt: engageLaterBy(second(9), 1e15) }],
  ])('%s', (_, more) => {
    expect(endedText({ ...over, ...more })).toBeUndefined();
  });

  it('and with a slash in its name it is still found', () => {
    const name = { site: 'a/b', uuid: asId<CallUuid>('c/d'), key: 'a/b/c/d' };
    const slashed: Conversation = {
      ...over,
      key: name.key,
      calls: call === undefined ? [] : [{ ...call, ...name }],
    };
    expect(again({ ...slashed, interactionId: name.uuid })).toMatchObject({
      interactionId: name.uuid,
      calls: [name],
    });
  });
});
