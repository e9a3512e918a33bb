/** One input that makes the model fail harms one call: what the other calls lead to is the same with and without it. */

import { Formats, readValue } from '@exec/common/formats';
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, streamMs, wallMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { type Anomaly, defaultSettings } from '../conversation/step-context.ts';
import type { EngageEvent } from '../events/engage-events.ts';
import type { EntryContent } from '../events/in-stream-entry.ts';
import { dnsKept } from '../registry/agents.ts';
import { mappingOf } from '../testing/mapping.ts';
import { type CommitBatch, commitBatch } from './commit.ts';
import { Model, type Output } from './model.ts';
import { quarantined } from './quarantine.ts';
import { type ConversationRecord, readRecord } from './record.ts';

const formats = new Formats();

const production = produce([scenarioNamed('hold')]);
const map = mappingOf(production);
const [agent] = production.agents;
const [site] = production.sites;
const begin = Date.UTC(2026, 0, 5, 8);
const dn = agent?.dn ?? '';

function modelOf(settings: Partial<typeof defaultSettings> = {}) {
  const model = new Model({
    settings: { ...defaultSettings, ...settings },
    scope: 'org/1',
    map: () => map,
    repeatsBefore: wallMs(0),
  });
  const anomalies: Anomaly[] = [];
  const written: CommitBatch[] = [];
  const write = (outputs: readonly Output[]) => {
    for (const output of outputs) if (output.type === 'anomaly') anomalies.push(output.anomaly);
    const batch = commitBatch(outputs, formats);
    if (batch !== undefined) written.push(batch);
  };
  let sequence = 0;
  return {
    model,
    anomalies,
    written,
    write,
    accept(content: EntryContent, at = begin + sequence * 10) {
      const now = streamMs(at);
      const id = `${begin}-${++sequence}`;
      const outputs = model.accept(
        { id, waited: 0, text: '', entry: { received: wallMs(at), content } },
        now,
      );
      write([...outputs, ...model.reconsider(undefined)]);
      return id;
    },
    load(records: readonly ConversationRecord[]) {
      write([...model.load({ records, agents: [], broken: [] })].flat());
    },
    /** Until then no connection has anything to tell, and says so when it is asked: the last end is not held any longer. */
    rest(until: number) {
      for (const awaited of model.awaited()) this.accept({ kind: 'connection-caught-up', ...awaited });
      write(model.reconsider(streamMs(until)));
    },
    get events() {
      return written.flatMap(({ events }) => events.map(({ event }) => event));
    },
    get faults() {
      return quarantined(
        written.flatMap(({ faults }) => faults),
        wallMs(begin),
      );
    },
  };
}

/** A customer and an agent who talk: what is told of each at once. */
function talk(call: string, at = engageMicros(begin * 1000)): EngageEvent[] {
  const of = { site, at, call: asId<CallUuid>(call) };
  const party = (id: string) => ({ ...of, party: asId<PartyUuid>(`${call}-${id}`) });
  return [
    { kind: 'call-created', ...of, type: 'Inbound', ani: '+49301' },
    { kind: 'party-added', ...party('P1'), dn: '+49301', type: 'External', state: 'Connected' },
    {
      kind: 'party-added',
      ...party('P2'),
      dn,
      type: 'Extension',
      state: 'Connected',
      agentId: agent?.loginCode,
    },
  ];
}

const ended = (call: string, at = engageMicros(begin * 1000)): EngageEvent => ({
  kind: 'call-deleted',
  site,
  at,
  call: asId<CallUuid>(call),
});

/** Not a time that `Date` knows. */
const absurd = engageMicros(begin * 1e9);

describe('an entry that makes the model fail', () => {
  it('because its time cannot be told is set aside; the calls beside it are told as if it were not there', () => {
    const alone = modelOf();
    for (const input of [...talk('good'), ended('good')]) alone.accept(input, begin);
    alone.rest(begin + 5_000);
    const mixed = modelOf();
    const [good, bad] = [talk('good'), talk('bad', absurd)];
    for (const [index, input] of good.entries()) {
      mixed.accept(input, begin);
      const other = bad[index];
      if (other !== undefined) mixed.accept(other, begin);
    }
    mixed.accept(ended('good'), begin);
    mixed.accept(ended('bad', absurd), begin);
    mixed.rest(begin + 5_000);
    expect(mixed.events.map(({ event }) => event)).toEqual(alone.events.map(({ event }) => event));
    expect(mixed.faults).toMatchObject([
      { kind: 'party-added', calls: [`${site}/bad`], conversation: `${site}/bad` },
    ]);
    expect(mixed.faults[0]?.reason).toContain('RangeError: Invalid time value');
    expect(mixed.model.open).toBe(0);
  });

  it('is set aside in the commit that takes it out of the stream', () => {
    const stand = modelOf();
    const ids = talk('bad', absurd).map((input) => stand.accept(input, begin));
    const [last] = ids.slice(-1);
    const commit = stand.written.find(({ faults }) => faults.length > 0);
    expect(commit?.inputs).toContain(last);
    expect(commit?.faults[0]?.about?.ids).toEqual([last]);
    expect(commit?.forgotten).toEqual([`${site}/bad`]);
  });

  it('ends the legs of its call that were sent with System, at the time of discovery', () => {
    const stand = modelOf({ afterCallWorkRequired: true });
    for (const input of talk('bad')) stand.accept(input, begin + 5_000);
    const hold = { site, call: asId<CallUuid>('bad'), party: asId<PartyUuid>('bad-P2'), dn };
    stand.accept({ kind: 'party-state', ...hold, at: absurd, state: 'Held' }, begin + 60_000);
    const end = new Date(begin + 60_000).toISOString();
    expect(
      stand.events
        .map(({ event: { kind, event } }) => ({ kind, ...event }))
        .slice(2)
        .filter(({ kind }) => kind === 'communicationEndedEvents'),
    ).toMatchObject([
      { disconnectType: 'System', eventDateTime: end },
      { disconnectType: 'System', eventDateTime: end.replace('.000Z', '.001Z') },
    ]);
    // The agent does not wait for a disposition that nobody will choose.
    expect(stand.events.at(-1)?.event.kind).toBe('communicationDispositionAppliedEvents');
    expect(stand.events.map(({ event }) => event.kind)).not.toContain('holdUpdatedEvents');
  });

  it('leaves out what still comes for its call', () => {
    const stand = modelOf();
    for (const input of talk('bad', absurd)) stand.accept(input, begin);
    const before = stand.events.length;
    for (const input of talk('bad')) stand.accept(input, begin + 1_000);
    expect(stand.events).toHaveLength(before);
    expect(stand.faults).toHaveLength(1);
  });

  it('with a form that no code expects is set aside as well, whatever it names', () => {
    const stand = modelOf();
    const broken = [
      {
        kind: 'party-added',
        site,
        at: 1,
        call: 'C',
        party: 'P',
        get dn() {
          throw new Error('a getter');
        },
      },
      { kind: 'calls-found', site, since: begin, session: 's', complete: true, calls: [{ created: null }] },
      { kind: 'queues-found', site, since: begin, queues: null },
      { kind: 'agents-found', site, since: begin, dns: 7 },
      { kind: 'call-created', site, at: begin, call: 'D', links: 3 },
    ];
    for (const input of talk('good')) stand.accept(input, begin);
    for (const input of broken) stand.accept(input as unknown as EntryContent, begin + 10);
    stand.rest(begin + 10_000);
    stand.accept(ended('good', engageMicros((begin + 11_000) * 1000)), begin + 11_000);
    stand.rest(begin + 15_000);
    expect(stand.events.filter(({ event }) => event.kind === 'communicationEndedEvents')).toHaveLength(2);
    expect(stand.faults.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['calls-found', 'agents-found', 'call-created', 'queues-found']),
    );
  });
});

describe('what is brought into another format', () => {
  it('is everything that is known', () => {
    const stand = modelOf();
    for (let n = 0; n < 600; n++) for (const input of talk(`call ${n}`)) stand.accept(input, begin);
    stand.accept({ kind: 'agent-login', site, at: engageMicros(begin * 1000), dn, agentId: '7' }, begin);
    stand.written.length = 0;
    stand.write(stand.model.everything());
    expect(stand.written).toHaveLength(1);
    expect(stand.written[0]?.records).toHaveLength(600);
    expect(new Set(stand.written.flatMap(({ records }) => records.map(([key]) => key))).size).toBe(600);
    expect(stand.written[0]?.agents.map(([key]) => key)).toEqual([`${site}/${dn}`]);
  });
});

describe('a stored conversation that makes the model fail', () => {
  it('when time passes is closed as lost; the others go on', () => {
    const before = modelOf();
    for (const input of [...talk('good'), ...talk('bad')]) before.accept(input, begin);
    const after = modelOf();
    const texts = new Map(before.written.flatMap((batch) => batch.records));
    const state = [...texts].flatMap(([key, text]) => readValue(readRecord(formats, key, text)) ?? []);
    const bad = state.find(({ conversation }) => conversation.key === `${site}/bad`)?.conversation;
    // A wait of a kind that does not exist, and whose end has come.
    const leaving = { why: 'transfer', at: absurd, until: begin, otherwise: 'Peer' };
    Object.assign(bad?.legs[1] ?? {}, { leaving });
    after.load(state);
    after.rest(begin + 10_000);
    expect(after.faults).toMatchObject([{ kind: 'stored-conversation', conversation: `${site}/bad` }]);
    after.accept(ended('good', engageMicros((begin + 11_000) * 1000)), begin + 11_000);
    after.rest(begin + 15_000);
    const ends = after.events.filter(({ event }) => event.kind === 'communicationEndedEvents');
    expect(ends).toHaveLength(4);
  });

  it('when it is loaded is given up; the others go on', () => {
    const work = modelOf();
    const before = modelOf();
    for (const input of talk('good')) before.accept(input, begin);
    const [key = '', text = ''] = before.written.flatMap((batch) => batch.records).at(-1) ?? [];
    const good = readValue(readRecord(formats, key, text));
    if (good === undefined) throw new Error('nothing was stored');
    const { conversation } = good;
    const bad = { ...conversation, key: `${site}/bad`, legs: null as unknown as typeof conversation.legs };
    work.load([{ ...good, conversation: bad }, good]);
    expect(work.model.open).toBe(1);
    expect(work.faults).toMatchObject([{ kind: 'stored-conversation', conversation: `${site}/bad` }]);
    expect(work.written[0]?.forgotten).toEqual([`${site}/bad`]);
  });
});

describe('bounds of conversations', () => {
  const hour = 3_600_000;

  it('one of more than MAX_CALL_HOURS is closed with System, however much is told of it', () => {
    const stand = modelOf({ longestMs: 12 * hour });
    for (const input of talk('endless')) stand.accept(input, begin);
    const of = { site, call: asId<CallUuid>('endless'), party: asId<PartyUuid>('endless-P2'), dn };
    for (let hours = 1; hours < 12; hours++) {
      const [now, state] = [
        begin + hours * hour,
        hours % 2 === 1 ? ('Held' as const) : ('Connected' as const),
      ];
      stand.accept({ kind: 'party-state', ...of, at: engageMicros(now * 1000), state }, now);
    }
    expect(stand.events.map(({ event }) => event.kind)).not.toContain('communicationEndedEvents');
    expect(stand.model.nextDue).toBe(begin + 12 * hour);
    stand.rest(begin + 12 * hour);
    const ends = stand.events.filter(({ event }) => event.kind === 'communicationEndedEvents');
    expect(ends.map(({ event }) => event.event)).toMatchObject([
      { disconnectType: 'System' },
      { disconnectType: 'System' },
    ]);
    expect(stand.anomalies).toContain('too-long');
    expect(stand.model.open).toBe(0);
    // What it still tells is too late.
    const before = stand.events.length;
    stand.accept({ kind: 'party-state', ...of, at: absurd, state: 'Held' }, begin + 12 * hour + 1);
    expect([stand.events.length, stand.faults.length]).toEqual([before, 0]);
  });

  it('beyond the most that may be open the newest calls are left out whole, and counted', () => {
    const stand = modelOf({ openMost: 2 });
    for (const call of ['one', 'two', 'three']) for (const input of talk(call)) stand.accept(input, begin);
    expect(stand.model.open).toBe(2);
    expect(stand.written.flatMap(({ shed }) => shed)).toEqual([`${site}/three`]);
    const events = stand.events.filter(({ event }) => event.kind === 'userEstablishedEvents');
    expect(events).toHaveLength(2);
    stand.accept(ended('one'), begin + 10);
    stand.rest(begin + 10_000);
    for (const input of talk('four', engageMicros((begin + 10_000) * 1000)))
      stand.accept(input, begin + 10_000);
    expect(stand.written.flatMap(({ shed }) => shed)).toHaveLength(1);
  });

  it('hold for what is over and goes on: it is open again, and as old as its first call', () => {
    const stand = modelOf({ longestMs: 12 * hour, openMost: 1 });
    for (const input of [...talk('one'), ended('one')]) stand.accept(input, begin);
    stand.rest(begin + 5_000);
    expect([stand.model.open, stand.model.size]).toEqual([0, 1]);
    const at = engageMicros((begin + 60_000) * 1000);
    const [second, main] = [asId<CallUuid>('second'), asId<CallUuid>('one')];
    stand.accept(
      { kind: 'call-created', site, at, call: second, type: 'Consult', origCall: main },
      begin + 60_000,
    );
    expect([stand.model.open, stand.model.size]).toEqual([1, 1]);
    for (const input of talk('two', at)) stand.accept(input, begin + 60_000);
    expect(stand.written.flatMap(({ shed }) => shed)).toEqual([`${site}/two`]);
    stand.rest(begin + hour);
    expect(stand.model.nextDue).toBe(begin + 12 * hour);
    stand.rest(begin + 12 * hour);
    expect([stand.model.open, stand.anomalies.includes('too-long')]).toEqual([0, true]);
  });

  it('of the DNs that agents were seen at, the ones not heard of for longest go, also in Redis', () => {
    const stand = modelOf();
    const login = (index: number) =>
      stand.model.accept(
        {
          id: `${begin}-${index}`,
          waited: 0,
          text: '',
          entry: {
            received: wallMs(begin),
            content: {
              kind: 'agent-login',
              site,
              at: engageMicros(begin * 1000),
              dn: `dn${index}`,
              agentId: '7',
            },
          },
        },
        streamMs(begin),
      );
    stand.write(Array.from({ length: dnsKept + 2 }, (_, index) => login(index)).flat());
    expect(stand.written[0]?.agentsRemoved).toEqual([`${site}/dn0`, `${site}/dn1`]);
    expect(stand.written[0]?.agents).toHaveLength(dnsKept);
  });
});
