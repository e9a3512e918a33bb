/** A conversation that is given up: what the cloud has of it ends, and nobody has to wait for more. */
import { discoveredAt, streamMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { agent, customer, here } from '../testing/parties.ts';
import { callOf, draftOf, home, legOf, said } from '../testing/parts.ts';
import type { Change } from './changes.ts';
import { closeAsLost, speaksOf } from './lost.ts';
import type { Conversation, Leg } from './state.ts';
import { defaultSettings } from './step-context.ts';

const talking: Partial<Conversation> = { calls: [callOf({ parties: [...here] })], legs: [customer, agent] };
const over: Leg = { ...agent, key: 'over', endedAt: discoveredAt(streamMs(9_000)) };
/** Of which no step can be made. */
const broken = (state: Partial<Conversation>): Partial<Conversation> => ({
  ...state,
  unpublished: undefined as never,
});

function lost(state: Partial<Conversation>, afterCallWorkRequired = false) {
  const draft = draftOf(state, { settings: { ...defaultSettings, afterCallWorkRequired } });
  return closeAsLost(draft.state, draft.context);
}

it.each<[string, Partial<Conversation>]>([
  ['can still be carried on', talking],
  ['cannot be carried on any more', broken(talking)],
])('ends all that the cloud has of it, as the system, when it was found that it %s', (_, state) => {
  const step = lost(state);
  const end = { change: 'ended', disconnect: 'System', at: discoveredAt(streamMs(60_000)) };
  expect(step.changes).toEqual([
    { ...end, leg: 'customer' },
    { ...end, leg: 'agent' },
  ]);
  expect([step.anomalies, step.done]).toEqual([['lost-conversation'], true]);
});

it.each<[string, Partial<Conversation>, readonly string[]]>([
  ['what had ended', { ...talking, legs: [customer, over] }, ['customer ended']],
  ['what was left out', { ...talking, legs: [customer, { ...agent, leftOut: true }] }, ['customer ended']],
  ['all, where the cloud has nothing of it', { ...talking, published: false, reportable: false }, []],
])('does not end %s', (_, state, wanted) => {
  expect(said(lost(state).changes)).toEqual(wanted);
  expect(said(lost(broken(state)).changes)).toEqual(wanted);
});

it.each<[string, Partial<Conversation>, readonly string[]]>([
  ['an agent without one', { legs: [agent] }, ['agent disposition']],
  ['an agent who had left without one', { legs: [over] }, ['over disposition']],
  ['nobody who has one', { legs: [{ ...agent, disposition: 'Sale' }] }, []],
  ['nobody who had chosen after the end', { legs: [{ ...over, disposed: true }] }, []],
  ['nobody who is no agent', { legs: [customer, legOf('phone', 'phone')] }, []],
  ['nobody whom the cloud does not know', { legs: [{ ...agent, leftOut: true }] }, []],
  ['nobody of a call that the cloud does not know', { legs: [agent], published: false }, []],
])('where a disposition is required lets go %s', (_, state, wanted) => {
  const skipped = (required: boolean) =>
    lost(broken({ ...talking, ...state }), required).changes.filter(({ change }) => change === 'disposition');
  expect(said(skipped(true))).toEqual(wanted);
  expect(skipped(true).map(({ at }) => at)).toEqual(wanted.map(() => discoveredAt(streamMs(60_000))));
  expect(skipped(false)).toEqual([]);
});

it('a change speaks of the legs that it names', () => {
  const at = discoveredAt(streamMs(1));
  const held = { change: 'held', leg: 'a', held: true, at } as const;
  const handed: Change = {
    ...{ change: 'transferred', initiating: 'i', object: 'o', target: 't', at },
    destination: { kind: 'phone', number: home },
  };
  expect([speaksOf(held, new Set(['a'])), speaksOf(held, new Set(['b']))]).toEqual([true, false]);
  expect(['i', 'o', 't', 'x'].map((leg) => speaksOf(handed, new Set([leg])))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
