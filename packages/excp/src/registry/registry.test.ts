/** What each input answers; what it means for a conversation is told by the tests of the conversation. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, laterBy, streamMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import type { EngageEvent } from '../events/engage-events.ts';
import type { ModelInput } from '../events/snapshots.ts';
import { lookupsOf } from '../mapping/lookups.ts';
import { mappingOf } from '../testing/mapping.ts';
import type { Effect } from './effects.ts';
import { ConversationRegistry } from './registry.ts';

const production = produce([scenarioNamed('hold')]);
const lookups = lookupsOf(mappingOf(production));
const [agent] = production.agents;
const [site] = production.sites;
const begin = streamMs(Date.UTC(2026, 0, 5, 8));

function registryOf(settings: Partial<typeof defaultSettings> = {}) {
  const registry = new ConversationRegistry({
    settings: { ...defaultSettings, severalSites: false, ...settings },
    lookups: () => lookups,
  });
  let count = 0;
  return {
    registry,
    accept: (item: ModelInput, at: number = begin, waited = 0) =>
      registry.accept(item, streamMs(at), `${at}-${++count}`, waited),
  };
}

const of = (call: string) => ({ site, at: engageMicros(begin * 1000), call: asId<CallUuid>(call) });
const created = (call: string): EngageEvent => ({ kind: 'call-created', ...of(call), type: 'Inbound' });
const joins = (call: string): EngageEvent => ({
  ...{ kind: 'party-added', ...of(call), party: asId<PartyUuid>(`${call}-P`) },
  ...{ dn: agent?.dn ?? '', type: 'Extension', state: 'Connected', agentId: agent?.loginCode },
});
const leaves = (call: string): EngageEvent => ({
  ...{ kind: 'party-deleted', ...of(call), party: asId<PartyUuid>(`${call}-P`) },
  ...{ dn: agent?.dn ?? '', cause: 'Normal', ctrl: asId<PartyUuid>(`${call}-P`) },
});
const ends = (call: string): EngageEvent => ({ kind: 'call-deleted', ...of(call) });

/** In short: what became of which entry, conversation or DN. */
function said(effects: readonly Effect[]): string[] {
  return effects.map(nameOf);
}

function nameOf(effect: Effect): string {
  switch (effect.type) {
    case 'conversation':
      return `${effect.conversation.key}: ${effect.changes.map(({ change }) => change).join(' ') || '-'}${effect.forgotten ? ', forgotten' : ''}`;
    case 'entry-done':
      return `done ${effect.id.slice(effect.id.indexOf('-') + 1)}`;
    case 'agent':
      return `agent ${effect.key}`;
    case 'anomaly':
      return effect.anomaly;
    case 'call-left-out':
      return `left out ${effect.call}`;
    case 'fault':
      return `fault ${effect.calls.join(' ')}`;
  }
}

describe('an input of the registry answers', () => {
  it('what its conversation did, and that it is dealt with', () => {
    const { accept } = registryOf();
    expect(said(accept(created('A')))).toEqual([`${site}/A: -`, 'done 1']);
    expect(said(accept(joins('A')))).toEqual([`${site}/A: established`, 'done 2']);
  });

  it('nothing while an event waits for its call; both when the call comes', () => {
    const { accept } = registryOf();
    expect(said(accept(joins('A')))).toEqual([]);
    expect(said(accept(created('A')))).toEqual([
      `${site}/A: -`,
      `${site}/A: established`,
      'done 1',
      'done 2',
    ]);
  });

  it('that an event waited in vain, when its time is over and its connection has told everything', () => {
    const { registry, accept } = registryOf();
    accept(joins('A'));
    const due = registry.nextDue ?? begin;
    for (const { connection, place } of registry.awaited()) registry.caughtUp(site ?? '', connection, place);
    expect(said(registry.advance(laterBy(due, -1)))).toEqual([]);
    expect(said(registry.advance(due))).toEqual(['unknown-call', 'done 1']);
    expect(registry.nextDue).toBeUndefined();
  });

  it('nothing of an event whose connection does not answer, for half a minute', () => {
    const { registry, accept } = registryOf();
    accept(joins('A'));
    for (let now = begin; now < begin + 30_000; now = laterBy(now, 250))
      expect(said(registry.advance(now))).toEqual([]);
    expect(registry.awaited().map(({ connection }) => connection)).toEqual(['calls']);
    expect(said(registry.advance(laterBy(begin, 30_000)))).toEqual(['unknown-call', 'done 1']);
  });

  it('what the other instance heard while Redis was away comes after the snapshot of one that was blind', () => {
    const { registry, accept } = registryOf();
    accept(created('A'));
    accept(joins('A'));
    // It was heard before Redis went away, and stored five seconds later. The other instance has more to store.
    accept(joins('B'), begin, 5_000);
    const back = laterBy(begin, 5_000);
    accept(
      { kind: 'calls-found', site, since: back, session: 'one:1', complete: true, calls: [] } as never,
      back,
    );
    for (let now = back; now < back + 9_900; now = laterBy(now, 100)) {
      // The blind one's own connection has nothing more to say.
      for (const { connection, place } of registry.awaited())
        registry.caughtUp(site ?? '', connection, place);
      expect(said([...registry.reconsider(), ...registry.advance(now)])).toEqual([]);
    }
    const late = laterBy(back, 9_900);
    expect(said(accept(created('B'), late))).toContain(`${site}/B: established`);
    const after = [...accept(leaves('A'), late)];
    for (let now = late; now < back + 60_000; now = laterBy(now, 100)) {
      for (const { connection, place } of registry.awaited())
        registry.caughtUp(site ?? '', connection, place);
      after.push(...registry.reconsider(), ...registry.advance(now));
    }
    const reasons = after.flatMap((effect) =>
      effect.type === 'conversation'
        ? effect.changes.map((change) => ('disconnect' in change ? change.disconnect : ''))
        : [],
    );
    // Ended by what the other instance heard, not by a snapshot that no longer named it.
    expect(reasons).toEqual(['Self']);
  });

  it('who works at a DN', () => {
    const { accept } = registryOf();
    const login = {
      kind: 'agent-login',
      site,
      at: engageMicros(begin * 1000),
      dn: '5001',
      agentId: '7',
    } as const;
    expect(said(accept(login))).toEqual([`agent ${site}/5001`, 'done 1']);
    const found = {
      kind: 'agents-found',
      site,
      since: streamMs(begin + 1),
      dns: [{ dn: '5001', agentId: '8' }],
    } as const;
    expect(said(accept(found, begin + 2))).toEqual([`agent ${site}/5001`, 'done 2']);
  });

  it('that a call is left out, when too many are open, and later that it is over', () => {
    const { accept } = registryOf({ openMost: 1 });
    accept(created('A'));
    expect(said(accept(created('B')))).toEqual([`left out ${site}/B`, 'done 2']);
    expect(said(accept(joins('B')))).toEqual(['call-ended', 'done 3']);
  });

  it('what made the model fail, with the entry that waited and its call', () => {
    const { accept } = registryOf();
    const bad = {
      ...joins('A'),
      get dn(): string {
        throw new Error('a getter');
      },
    } as EngageEvent;
    accept(bad);
    const effects = accept(created('A'));
    expect(said(effects)).toEqual([
      `${site}/A: -`,
      'lost-conversation',
      `${site}/A: -, forgotten`,
      `fault ${site}/A`,
      'done 1',
      'done 2',
    ]);
    const [, , lost, fault] = effects;
    for (const effect of [lost, fault]) expect(effect).toMatchObject({ about: { ids: [`${begin}-1`] } });
  });

  it('the end of a conversation that is given up from outside, about the entry that it names', () => {
    const { registry, accept } = registryOf();
    accept(created('A'));
    accept(joins('A'));
    const about = { ids: ['7-7'], item: ends('A') };
    const effects = registry.abandon(`${site}/A`, new RangeError('Invalid time value'), about);
    expect(said(effects)).toEqual(['lost-conversation', `${site}/A: ended, forgotten`, `fault ${site}/A`]);
    expect(effects).toMatchObject([{}, { about }, { about, reason: expect.stringContaining('RangeError') }]);
    expect(said(accept(ends('A')))).toEqual(['call-ended', 'done 3']);
  });
});
