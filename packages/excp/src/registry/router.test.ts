/** Which conversation an event goes to, what it brings together there, and when it has to wait. */
import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/state.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import type {
  CallCreated,
  CallData,
  CallDeleted,
  DispositionSet,
  EngageEvent,
  Muted,
  Queued,
} from '../events/engage-events.ts';
import { added, agent, customer, here, moved, party, partyId } from '../testing/parties.ts';
import { callOf, conversationOf, draftOf, second } from '../testing/parts.ts';
import { Agents } from './agents.ts';
import { ConversationIndex } from './conversation-index.ts';
import type { Effects } from './effects.ts';
import { PendingSnapshots } from './pending-snapshots.ts';
import { Router } from './router.ts';
import { Steps } from './steps.ts';

const at = second(10);
const uuid = (name: string) => asId<CallUuid>(name);
const of = (call: string) => ({ site: 'site', call: uuid(call), at });
const created = (call: string, o: Partial<CallCreated> = {}): CallCreated => ({
  ...{ kind: 'call-created', ...of(call), type: 'Inbound' },
  ...o,
});
const deleted = (call: string, into?: string): CallDeleted => ({
  ...{ kind: 'call-deleted', ...of(call) },
  ...(into !== undefined && { into: uuid(into) }),
});
const data = (call: string, o: Partial<CallData> = {}): CallData => ({
  kind: 'call-data',
  ...of(call),
  ...o,
});
const queued = (call: string, o: Partial<Queued> = {}): Queued => ({
  ...{ kind: 'queued', ...of(call), type: 'Inbound', queue: '7000', stay: 'one' },
  ...o,
});
const telephone = { site: 'site', at, dn: 'dn agent' };
const muted = (o: Partial<Muted> = {}): Muted => ({ kind: 'mute', ...telephone, muted: true, ...o });
const disposed = (o: Partial<DispositionSet> = {}): DispositionSet => ({
  ...{ kind: 'disposition', ...telephone, value: 'Sale' },
  ...o,
});

/** A call of that name with a customer and an agent. */
function talk(name: string, o: Partial<Conversation> = {}): Conversation {
  const key = `site/${name}`;
  const parties = here.map((one) => ({ ...one, id: partyId(`${name} ${one.id}`) }));
  const call = callOf({ key, uuid: uuid(name), parties, connIds: [`c ${name}`] });
  return conversationOf({
    key,
    calls: [call],
    legs: [customer, agent].map((leg) => ({ ...leg, home: key })),
    ...o,
  });
}

function stand(...conversations: readonly Conversation[]) {
  const index = new ConversationIndex(defaultSettings);
  for (const one of conversations) index.keep(one);
  const agents = new Agents();
  const { context } = draftOf({}, { occupant: () => ({ kind: 'nobody' }), caughtUp: () => true });
  const steps = new Steps({ index, context: () => context, early: { lookAgain: () => undefined } });
  const pending = new PendingSnapshots(2_000);
  const of = { settings: defaultSettings, index, agents, pending, steps };
  const router = new Router({ ...of, context: () => context });
  return { index, agents, router };
}
/** What it answers, and in short what became of which conversation. */
function run<T>(effects: Effects<T>): readonly [T, ...string[]] {
  const said: string[] = [];
  for (;;) {
    const step = effects.next();
    if (step.done === true) return [step.value, ...said];
    const { value } = step;
    if (value.type !== 'conversation') said.push(value.type === 'anomaly' ? value.anomaly : value.type);
    else said.push([value.conversation.key, ...value.changes.map(({ change }) => change)].join(' '));
  }
}
const routed = (input: EngageEvent, ...known: readonly Conversation[]) =>
  run(stand(...known).router.route(input, undefined));
const atLast = (input: EngageEvent, ...known: readonly Conversation[]) =>
  run(stand(...known).router.routeAtLast(input));

describe('an event', () => {
  const [a, b] = [talk('A'), talk('B')];

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['of a call goes to its conversation', routed(data('A', { ani: '+1' }), a, b), [true, 'site/A']],
    ['of a call that is not known waits', routed(data('X'), a), [false]],
    [
      'of a queue goes to the conversation of its call',
      routed(queued('A'), a, b),
      [true, 'site/A established'],
    ],
    ['of a queue whose call is not known waits', routed(queued('X'), a), [false]],
    [
      'of who works where is dealt with',
      routed({ kind: 'agent-login', ...telephone, agentId: '7' }),
      [true, 'agent'],
    ],
    ['of who works nowhere is dealt with', routed({ kind: 'agent-logout', ...telephone }), [true, 'agent']],
    ['of a mute button goes to who has the telephone', routed(muted(), a), [true, 'site/A audio']],
    ['of a mute button waits while nobody is known there', routed(muted({ dn: 'x' }), a), [false]],
    [
      'of a mute button of a known call waits for its leg',
      routed(muted({ dn: 'x', call: uuid('A') }), a),
      [false],
    ],
    [
      'of a disposition goes to who has the telephone',
      routed(disposed(), a),
      [true, 'unmapped-disposition', 'site/A disposition'],
    ],
    [
      'of a disposition goes to the call that it names',
      routed(disposed({ call: uuid('B') }), a, b),
      [true, 'unmapped-disposition', 'site/B disposition'],
    ],
    ['of a disposition waits while nobody is known there', routed(disposed({ dn: 'x' }), a), [false]],
    [
      'of a disposition of a known call waits for its leg',
      routed(disposed({ dn: 'x', call: uuid('A') }), a),
      [false],
    ],
    [
      'of a disposition is not that of another site',
      routed(disposed({ site: 'x', connId: 'c A' }), a),
      [false],
    ],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('of who works where is known from then on', () => {
    const { agents, router } = stand();
    run(router.route({ kind: 'agent-login', ...telephone, agentId: '7' }, undefined));
    expect(agents.occupant('site', 'dn agent', at)).toMatchObject({ kind: 'agent', agentId: '7' });
  });
});

it.each(['queued', 'diverted', 'abandoned'] as const)(
  'an event of a queue (%s) waits, when it comes, while nobody is known in its call',
  (kind) => {
    const [empty, full] = [
      talk('A', { calls: [callOf({ key: 'site/A', uuid: uuid('A'), seen: streamMs(59_000) })] }),
      talk('A'),
    ];
    const event = { ...queued('A'), kind } as EngageEvent;
    const [waits] = run(stand(empty).router.route(event, 5));
    const [done] = run(stand(full).router.route(event, 5));
    expect([waits, done]).toEqual([false, true]);
  },
);

describe('an event whose wait is over', () => {
  const a = talk('A');

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['does what it could have done before', atLast(data('A'), a), [true, 'site/A']],
    ['of a call is nothing without it', atLast(data('X'), a), [false]],
    [
      'of a consultation begins a conversation of its own',
      atLast(created('N', { origCall: uuid('X') }), a),
      [true, 'site/N'],
    ],
    ['of a queue begins a conversation', atLast(queued('X'), a), [true, 'site/X established']],
    ['of a queue that is not mapped begins nothing', atLast(queued('X', { queue: 'unmapped' }), a), [false]],
    ['of a stay that ends is nothing', atLast({ kind: 'abandoned', ...of('X'), queue: '7000' }, a), [false]],
    [
      'of a disposition goes to the call that it names, whoever was there',
      atLast(disposed({ dn: 'x', call: uuid('A') }), a),
      [true, 'no-leg', 'site/A'],
    ],
    [
      'of a mute button goes to the call that it names, whoever was there',
      atLast(muted({ dn: 'x', call: uuid('A') }), a),
      [true, 'no-leg', 'site/A'],
    ],
    ['of a disposition is nothing where no call is known', atLast(disposed({ dn: 'x' }), a), [false]],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });
});

describe('a call that is created', () => {
  const a = talk('A');
  const named = conversationOf({
    ...{ key: 'site/N', published: false, reportable: false },
    calls: [callOf({ key: 'site/N', uuid: uuid('N'), queuedOnly: true })],
  });
  const after = (input: CallCreated, ...known: readonly Conversation[]) => {
    const { index, router } = stand(...known);
    const [done] = run(router.route(input, undefined));
    return [done, index.ofCall(`site/${input.call}`)?.key, index.size];
  };

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['begins a conversation', after(created('N'), a), [true, 'site/N', 2]],
    [
      'belongs to that of its main call',
      after(created('N', { origCall: uuid('A') }), a),
      [true, 'site/A', 1],
    ],
    [
      'belongs to that of its main connection',
      after(created('N', { origConnId: 'c A' }), a),
      [true, 'site/A', 1],
    ],
    [
      'waits for a main call that is not known',
      after(created('N', { origCall: uuid('X') }), a),
      [false, undefined, 1],
    ],
    ['is a copy where it is known', after(created('A'), a), [true, 'site/A', 1]],
    [
      'takes what a queue has named before to its main call',
      after(created('N', { origCall: uuid('A') }), a, named),
      [true, 'site/A', 1],
    ],
    ['is itself where a queue has named it before', after(created('N'), a, named), [true, 'site/N', 2]],
    [
      'goes to its half on another site',
      after(created('N', { links: ['L1'] }), {
        ...a,
        calls: a.calls.map((call) => ({ ...call, links: ['L1'] })),
      }),
      [true, 'site/A', 1],
    ],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });
});

describe('what brings two conversations together', () => {
  const [a, b] = [talk('A'), talk('B')];
  const linked = { ...b, calls: b.calls.map((call) => ({ ...call, links: ['L1'] })) };
  const together = (input: EngageEvent, ...known: readonly Conversation[]) => {
    const { index, router } = stand(...known);
    run(router.route(input, undefined));
    return [index.ofCall('site/A')?.key, index.ofCall('site/B')?.key];
  };
  const joins = (o: object) => added('N', { call: uuid('A'), dn: 'dn N', ...o });

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    [
      'a party that moves',
      together(moved('A C', { call: uuid('A'), newCall: uuid('B') }), a, b),
      ['site/B', 'site/B'],
    ],
    ['a call that ends into another one', together(deleted('A', 'B'), a, b), ['site/B', 'site/B']],
    ['a link of both', together(data('A', { links: ['L1'] }), a, linked), ['site/A', 'site/A']],
    [
      'a party that continues one of the other',
      together(joins({ ref: partyId('B A') }), a, b),
      ['site/A', 'site/A'],
    ],
    ['not a call that ends', together(deleted('A'), a, b), ['site/A', 'site/B']],
    ['not data without a link', together(data('A', { ani: '+1' }), a, linked), ['site/A', 'site/B']],
    [
      'not a party that continues one of its own',
      together(joins({ ref: partyId('A A') }), a, b),
      ['site/A', 'site/B'],
    ],
    ['not a party that continues nobody', together(joins({}), a, b), ['site/A', 'site/B']],
    [
      'not a party that continues one nobody knows',
      together(joins({ ref: partyId('X') }), a, b),
      ['site/A', 'site/B'],
    ],
    [
      'not a party that continues one of both',
      together(
        joins({ ref: partyId('both') }),
        ...[a, b].map((one) => ({
          ...one,
          calls: one.calls.map((call) => ({ ...call, parties: [...call.parties, party('both')] })),
        })),
      ),
      ['site/A', 'site/B'],
    ],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });
});
