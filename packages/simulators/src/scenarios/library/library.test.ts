import { describe, expect, it } from 'vitest';
import type { SwitchEvent } from '../../sip-server/index.ts';
import { produce } from '../script/production.ts';
import { type Recording, record } from '../script/recording.ts';
import type { ExpectedConversation, ExpectedLeg, Played, Scenario } from '../script/scenario.ts';
import { scenarioNamed, scenarios } from './index.ts';

const begin = Date.UTC(2026, 0, 5, 8);

function perform(scenario: Scenario): { recording: Recording; played: Played; events: SwitchEvent[] } {
  const recording = record(produce([scenario]), { startedAt: begin });
  const [played] = recording.played;
  if (played === undefined) throw new Error('nothing was played');
  const events = recording.recorded.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
  return { recording, played, events };
}

function timeOf(event: SwitchEvent): number {
  return event.time.seconds * 1000 + Math.floor(event.time.microseconds / 1000);
}

function callOf(event: SwitchEvent): unknown {
  return event.frame.attributes.CallUUID;
}

/** Whether a party is ever without the flag NoTalk; a supervisor may come with it and lose it later. */
function canSpeakSometime(added: SwitchEvent, events: readonly SwitchEvent[]): boolean {
  return events
    .filter((event) => event.frame.attributes.PartyUUID === added.frame.attributes.PartyUUID)
    .filter((event) => !event.frame.message.endsWith('Deleted'))
    .some(({ frame }) => !((frame.attributes.PartyFlags ?? []) as string[]).includes('NoTalk'));
}

const legStep =
  /^(established(\(alerting\))?|answered|held|retrieved|muted|unmuted|deafened|undeafened|disposition(:.+)?|ended:(Self|Peer|Error|System|Transfer|TransferUser|TransferACD|TransferConsult|TransferConference))$/;

/** `<participant>`, and `<participant>#2` for the second leg of the same one. */
function references(conversation: ExpectedConversation): Map<string, ExpectedLeg> {
  const found = new Map<string, ExpectedLeg>();
  for (const leg of conversation.legs) {
    let key: string = leg.participant;
    for (let nth = 2; found.has(key); nth++) key = `${leg.participant}#${nth}`;
    found.set(key, leg);
  }
  return found;
}

describe('the library', () => {
  it('gives every scenario a name of its own', () => {
    expect(new Set(scenarios.map((one) => one.name)).size).toBe(scenarios.length);
    expect(scenarios.every((one) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(one.name))).toBe(true);
  });

  it('finds a scenario by its name only', () => {
    expect(scenarioNamed('hold').name).toBe('hold');
    expect(() => scenarioNamed('holt')).toThrow(RangeError);
  });
});

describe.each(scenarios.map((one) => [one.name, one] as const))('%s', (_name, scenario) => {
  const { recording, played, events } = perform(scenario);

  it('can be played to its end, after which no call lives', () => {
    const live = [...recording.switches.values()].flatMap((on) => [...on.calls.keys()]);
    expect(live).toEqual([]);
  });

  it('can be played as well by a switch that moves parties', () => {
    const moved = record(produce([scenario]), { startedAt: begin, transferStyle: 'move' });
    expect(moved.played[0]?.expected.map((one) => one.legs)).toEqual(played.expected.map((one) => one.legs));
    expect([...moved.switches.values()].flatMap((on) => [...on.calls.keys()])).toEqual([]);
  });

  it('expects legs that are established first, ended once, and at most dispositioned after', () => {
    for (const { legs } of scenario.expected) {
      for (const leg of legs) {
        expect(leg.steps.filter((step) => !legStep.test(step))).toEqual([]);
        expect(leg.steps[0]).toMatch(/^established/);
        expect(leg.steps.filter((step) => step.startsWith('established'))).toHaveLength(1);
        const end = leg.steps.findIndex((step) => step.startsWith('ended:'));
        expect(end).toBeGreaterThan(0);
        const after = leg.steps.slice(end + 1);
        expect(after.length).toBeLessThanOrEqual(1);
        expect(after.every((step) => step.startsWith('disposition'))).toBe(true);
        expect(leg.times).toEqual(leg.times.toSorted((a, b) => a - b));
        expect(leg.times.every(Number.isFinite)).toBe(true);
        if (leg.steps.includes('answered'))
          expect(leg.steps.slice(0, 2)).toEqual(['established(alerting)', 'answered']);
      }
      const begins = legs.map((leg) => leg.times[0] ?? Number.NaN);
      expect(begins).toEqual(begins.toSorted((a, b) => a - b));
    }
  });

  it('expects something only at moments at which something happens', () => {
    const moments = new Set(scenario.steps.map((step) => step.at));
    const grace = (scenario.settings?.dispositionGraceSeconds ?? 0) * 1000;
    const late = scenario.steps.map((step) => step.at + grace);
    for (const { legs, transfers } of scenario.expected) {
      for (const time of [...legs.flatMap((leg) => leg.times), ...transfers.map((one) => one.at)])
        expect(moments.has(time) || late.includes(time), `${time} ms`).toBe(true);
    }
  });

  it('names only calls, legs, agents and queues that there are, and no unmapped ones', () => {
    for (const conversation of played.expected) {
      const known = references(conversation);
      expect([...played.calls.values()].map(String)).toContain(conversation.call);
      for (const transfer of conversation.transfers) {
        for (const leg of [transfer.by, transfer.moves, transfer.to, transfer.reaches ?? transfer.to])
          expect(known.has(leg), leg).toBe(true);
      }
      for (const leg of conversation.legs) {
        const [kind, who = ''] = leg.participant.split(':');
        const { agents, queues } = played.performance;
        if (kind === 'user')
          expect([...agents.values()].find((one) => one.employeeId === who)?.mapped, who).toBe(true);
        if (kind === 'queue')
          expect([...queues.values()].find((one) => one.number === who)?.mapped, who).toBe(true);
        if (leg.invitedBy !== undefined) expect(known.has(leg.invitedBy), leg.invitedBy).toBe(true);
        if (kind === 'phone' || kind === 'external') expect(leg.number).toMatch(/^(\+999\d{8}|5\d{5})$/);
      }
    }
  });

  it('is about every stay in a mapped queue, no more and no less', () => {
    if (scenario.solo) return;
    const mapped = new Set(
      [...played.performance.queues.values()].filter((one) => one.mapped).map((one) => one.number),
    );
    const stays = (message: RegExp) =>
      events
        .filter((event) => event.stream === 'queues' && message.test(event.frame.message))
        .filter((event) => mapped.has(event.dn ?? ''))
        .map((event) => `${event.dn} ${timeOf(event) - begin}`)
        .toSorted();
    const legs = scenario.expected
      .flatMap((one) => one.legs)
      .filter((leg) => leg.participant.startsWith('queue:'));
    const resolved = played.expected
      .flatMap((one) => one.legs)
      .filter((leg) => leg.participant.startsWith('queue:'));
    const expected = (index: 0 | -1) =>
      legs.map((leg, n) => `${resolved[n]?.participant.slice(6)} ${leg.times.at(index)}`).toSorted();
    expect(stays(/^EventQueued$/)).toEqual(expected(0));
    expect(stays(/^Event(Diverted|Abandoned)$/)).toEqual(expected(-1));
  });

  it('is about every mapped agent who rings, dials or can speak, no more and no less', () => {
    if (scenario.solo) return;
    const legs = played.expected.flatMap((one) => one.legs);
    const consultations = new Set(
      events.filter((event) => event.frame.attributes.OrigCallUUID !== undefined).map(callOf),
    );
    for (const agent of played.performance.agents.values()) {
      const own = legs.filter((leg) => leg.participant === `user:${agent.employeeId}`);
      const parties = events.filter((event) => {
        const { DN, PartyType, AgentID, CtrlParty, PartyState } = event.frame.attributes;
        if (event.frame.message !== 'EventCallPartyAdded' || DN !== agent.dn) return false;
        if (PartyType !== 'Extension' || AgentID === undefined) return false;
        // Who comes over from another call, and who dials a consultation, has a leg already.
        const cameOver = CtrlParty !== undefined && event.frame.attributes.Cause !== 'SingleStepTransfer';
        return !cameOver && !(PartyState === 'Dialing' && consultations.has(callOf(event)));
      });
      const speaking = parties.filter((event) => canSpeakSometime(event, events));
      expect(own).toHaveLength(agent.mapped ? speaking.length : 0);
      for (const leg of own) {
        const at = leg.times[0];
        const cause = events.some(
          (event) =>
            timeOf(event) === at && event.frame.attributes.DN === agent.dn && event.stream === 'calls',
        );
        expect(cause, `${leg.participant} at ${at}`).toBe(true);
      }
    }
  });
});
