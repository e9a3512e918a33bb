/** What snapshots lead to: which calls are taken over when, what has ended, and when nothing waits for their entries. */
import { asId, type CallUuid } from '@exec/common/ids';
import { discoveredAt, engageMicros, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/state.ts';
import { defaultSettings } from '../conversation/step-context.ts';
import type { CallCreated } from '../events/engage-events.ts';
import type { CallsFound, QueuesFound } from '../events/snapshots.ts';
import { added, agent, customer, here } from '../testing/parties.ts';
import { callOf, conversationOf, draftOf, legOf, said } from '../testing/parts.ts';
import { Agents } from './agents.ts';
import { Snapshots } from './apply-snapshots.ts';
import { ConversationIndex } from './conversation-index.ts';
import type { Effects } from './effects.ts';
import { type PendingSnapshot, PendingSnapshots } from './pending-snapshots.ts';
import { Router } from './router.ts';
import { Steps } from './steps.ts';

const waitMs = 2_000;
const since = streamMs(50_000);
const now = streamMs(60_000);
const at = discoveredAt(now);
const uuid = (name: string) => asId<CallUuid>(name);
/** Event time, milliseconds before the snapshot was asked for. */
const before = (ms: number) => engageMicros(discoveredAt(since) - ms * 1_000);

type Found = CallsFound['calls'][number];
const found = (name: string, age: number, o: Partial<CallCreated> = {}): Found => ({
  created: {
    ...{ kind: 'call-created', site: 'site', call: uuid(name), at: before(age), type: 'Inbound' },
    ...o,
  },
  parties: [added(`${name} P`, { call: uuid(name), type: 'External', at: before(age) })],
});
const calls = (list: readonly Found[], o: Partial<CallsFound> = {}): CallsFound => ({
  ...{ kind: 'calls-found', site: 'site', session: 'one:1', since, complete: true, calls: list },
  ...o,
});
const queues = (o: Readonly<Record<string, readonly string[]>>): QueuesFound => ({
  ...{ kind: 'queues-found', site: 'site', since },
  queues: Object.entries(o).map(([queue, names]) => ({ queue, calls: names.map(uuid) })),
});
function talk(name: string, o: Partial<Conversation> = {}): Conversation {
  const key = `site/${name}`;
  const legs = [customer, agent].map((leg) => ({ ...leg, home: key }));
  return conversationOf({ key, calls: [callOf({ key, uuid: uuid(name), parties: here })], legs, ...o });
}

function stand(...known: readonly Conversation[]) {
  const index = new ConversationIndex(defaultSettings);
  for (const one of known) index.keep(one);
  const { context } = draftOf({}, { now, occupant: () => ({ kind: 'nobody' }), caughtUp: () => true });
  const steps = new Steps({ index, context: () => context, early: { lookAgain: () => undefined } });
  const of = { settings: defaultSettings, index, steps, context: () => context };
  const pending = new PendingSnapshots(waitMs);
  const router = new Router({ ...of, agents: new Agents(), pending });
  return { index, pending, snapshots: new Snapshots({ index, pending, steps, router, waitMs }) };
}
/** In short: what became of which conversation, and which entries nothing waits for. */
function run(effects: Effects): string[] {
  return [...effects].map((effect) => {
    if (effect.type === 'conversation') return [effect.conversation.key, ...said(effect.changes)].join(' ');
    return effect.type === 'entry-done' ? `done ${effect.id}` : effect.type;
  });
}
const due = (item: PendingSnapshot['item']): PendingSnapshot => ({
  ...{ item, at, due: now, ids: ['1-1', '1-2'], putOff: 0 },
});

describe('a call that a snapshot names and nobody knows', () => {
  const keys = (item: CallsFound, ...known: readonly Conversation[]) => {
    const { index, snapshots } = stand(...known);
    run(snapshots.adoptOld(item, at));
    return index.lasting().map(({ calls: of }) => of.map(({ key }) => key).join(' '));
  };

  it.each<[string, readonly Found[], readonly string[]]>([
    ['is taken over at once when it is old', [found('M', 3_000)], ['site/M']],
    ['is taken over at once when it is just old enough', [found('M', 2_000)], ['site/M']],
    ['may be on its way when it is younger', [found('M', 1_999)], []],
    ['waits for its main call', [found('M', 3_000, { origCall: uuid('X') })], []],
    [
      'comes behind its main call',
      [found('N', 3_000, { origCall: uuid('M') }), found('M', 3_000)],
      ['site/M site/N'],
    ],
  ])('%s', (_, list, wanted) => {
    expect(keys(calls(list))).toEqual(wanted);
  });

  it('is taken over with who takes part in it', () => {
    const { index, snapshots } = stand();
    run(snapshots.adoptOld(calls([found('M', 3_000)]), at));
    expect(index.get('site/M')?.calls).toMatchObject([{ parties: [{ id: 'M P', foundAt: at }] }]);
  });

  it('is left alone when it is known to be over', () => {
    const { index, snapshots } = stand();
    index.addPast('site/M');
    expect(run(snapshots.adoptOld(calls([found('M', 3_000)]), at))).toEqual([]);
    expect(run(snapshots.compare(due(calls([found('M', 1_000)]))))).toEqual(['done 1-1', 'done 1-2']);
  });

  it('is set aside when it makes the model fail, and the others are taken over', () => {
    const bad = { ...found('M', 3_000), parties: undefined as never };
    const { index, snapshots } = stand();
    expect(run(snapshots.adoptOld(calls([bad, found('N', 3_000)]), at))).toContain('fault');
    expect([index.isPast('site/M'), index.ofCall('site/N')?.key]).toEqual([true, 'site/N']);
  });
});

describe('a call that a snapshot names and that is known', () => {
  const linked = talk('M', { calls: [callOf({ key: 'site/M', uuid: uuid('M'), links: ['L1'] })] });

  it('is the other half of a call where the snapshot says so', () => {
    const { index, snapshots } = stand(linked, talk('N'));
    run(snapshots.adoptOld(calls([found('N', 3_000, { links: ['L1'] })]), at));
    expect(['M', 'N'].map((name) => index.ofCall(`site/${name}`)?.key)).toEqual(['site/N', 'site/N']);
  });

  it('is left as it is until the snapshot is compared', () => {
    const { snapshots } = stand(talk('N'));
    expect(run(snapshots.adoptOld(calls([found('N', 3_000)]), at))).toEqual([]);
    expect(run(snapshots.compare(due(calls([found('N', 3_000)]))))).toEqual([
      'site/N p:N P established customer ended agent ended',
      ...['done 1-1', 'done 1-2'],
    ]);
  });
});

describe('a snapshot that is compared', () => {
  it('takes over the calls that nobody has named since, the main calls first', () => {
    const { index, snapshots } = stand();
    const list = [
      found('N', 0, { origCall: uuid('M') }),
      found('M', 0),
      found('O', 0, { origCall: uuid('X') }),
    ];
    expect(run(snapshots.compare(due(calls(list)))).slice(-2)).toEqual(['done 1-1', 'done 1-2']);
    expect(index.lasting().map(({ calls: of }) => of.map(({ key }) => key).join(' '))).toEqual([
      ...['site/M site/N', 'site/O'],
    ]);
  });

  it.each<[string, CallsFound, readonly string[]]>([
    ['ends the calls that it does not name', calls([]), ['site/M customer ended agent ended']],
    ['ends no call where its server does not name all', calls([], { reliable: false }), []],
    ['ends no call of another site', calls([], { site: 'x' }), []],
  ])('%s', (_, item, wanted) => {
    expect(run(stand(talk('M')).snapshots.compare(due(item)))).toEqual([...wanted, 'done 1-1', 'done 1-2']);
  });

  it('begins and ends the stays that it names, and those that it does not name', () => {
    const stay = { ...legOf('queue', 'q', { dn: '7001' }), home: 'site/M' };
    const known = talk('M');
    const { snapshots } = stand({ ...known, legs: [...known.legs, stay] });
    expect(run(snapshots.compare(due(queues({ 7000: ['M'], 7001: [] }))))).toEqual([
      ...['site/M q:M/7000 established', 'site/M q ended', 'done 1-1', 'done 1-2'],
    ]);
  });

  it('waits for the calls of queues that nobody knows, and not for ever', () => {
    const { pending, snapshots } = stand(talk('M'));
    const item = queues({ 7000: ['M', 'X'] });
    expect(run(snapshots.compare(due(item)))).toEqual(['site/M q:M/7000 established']);
    const again = pending.takeDue(streamMs(now + waitMs));
    expect(again).toMatchObject({
      ids: ['1-1', '1-2'],
      item: { queues: [{ queue: '7000', calls: ['X'] }] },
      putOff: 1,
    });
    expect(run(snapshots.compare({ ...due(item), putOff: 8 })).slice(-2)).toEqual(['done 1-1', 'done 1-2']);
  });
});
