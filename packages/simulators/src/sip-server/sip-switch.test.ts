import { ExecError } from '@exec/common/errors';
import { parseSipEvent } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { produce, record, scenarios } from '../scenarios/index.ts';
import { SipSwitch } from './sip-switch.ts';
import type { SwitchEvent } from './types.ts';

const start = Date.UTC(2026, 0, 5, 8);

function office() {
  const clock = { now: start };
  const on = new SipSwitch({ name: 'X', now: () => clock.now, seed: 'office' });
  for (const dn of ['5001', '5002']) on.addDn(dn, 'Extension');
  on.addDn('8000', 'RoutingPoint');
  on.addDn('VQ', 'VirtualQueue');
  const events: SwitchEvent[] = [];
  on.onEvent((event) => events.push(event));
  return { on, events, clock };
}

describe('a switch', () => {
  it('tells only events that the wire knows, with every name in them', () => {
    const { recorded } = record(produce(scenarios));
    for (const one of recorded) {
      const frames = one.kind === 'event' ? [one.event.frame] : one.kind === 'found' ? one.resync : [];
      for (const frame of frames) {
        const parsed = parseSipEvent(frame);
        expect(parsed, frame.message).toMatchObject({ kind: 'message', unknownNames: [] });
      }
    }
  });

  it('mints identifiers of the published forms', () => {
    const { on } = office();
    const uuid = on.inboundCall({ ani: '1', dnis: '2', routingPoint: '8000' });
    const call = on.calls.get(uuid);
    expect(uuid).toMatch(/^[A-Z0-9]{32}$/);
    expect(call?.connId).toMatch(/^[0-9a-f]{16}$/);
    expect(on.queue(uuid, 'VQ')).toMatch(/^[A-Z0-9]{32}$/);
  });

  it('never gives two events the same time, also when the clock stands still or goes back', () => {
    const { on, events, clock } = office();
    on.login('5001', { agentId: '7' });
    on.ready('5001');
    clock.now -= 60_000;
    on.notReady('5001');
    const times = events.map((event) => event.time.seconds * 1e6 + event.time.microseconds);
    expect(times).toEqual([start * 1000, start * 1000 + 1, start * 1000 + 2]);
    expect(events[0]?.frame.attributes).toMatchObject({ TimeinSecs: start / 1000, TimeinuSecs: 0 });
  });

  it('names the agent of a party as of the moment the party comes', () => {
    const { on, events } = office();
    const first = on.inboundCall({ ani: '1', dnis: '2', extension: '5001' });
    on.login('5001', { agentId: '7001' });
    on.answer(first, '5001');
    on.inboundCall({ ani: '3', dnis: '2', extension: '5001' });
    const added = events.filter(
      (event) => event.frame.attributes.DN === '5001' && 'PartyType' in event.frame.attributes,
    );
    expect(added.map((event) => event.frame.attributes.AgentID)).toEqual([undefined, '7001']);
  });

  it('tells who follows its numbers the outcome of a verb, not its steps', () => {
    const { on } = office();
    const heard: string[] = [];
    on.onDnChange((dn) => heard.push(`${dn} ${[...on.callsAt(dn)].map((call) => call.callType).join()}`));
    const main = on.inboundCall({ ani: '1', dnis: '2', extension: '5001' });
    on.answer(main, '5001');
    heard.length = 0;
    on.consult(main, '5001', '5002');
    expect(heard).toEqual(['5001 Inbound,Consult', '5002 Consult']);
  });

  it('tells nobody who has stopped listening', () => {
    const { on } = office();
    const heard: unknown[] = [];
    const stop = on.onEvent((event) => heard.push(event));
    const stopDn = on.onDnChange((dn) => heard.push(dn));
    stop();
    stopDn();
    on.login('5001', { agentId: '7' });
    expect(heard).toEqual([]);
  });

  it('refuses what its state does not allow, and says what', () => {
    const { on } = office();
    const call = on.inboundCall({ ani: '1', dnis: '2', routingPoint: '8000' });
    const impossible: [() => unknown, RegExp][] = [
      [() => on.login('4711', { agentId: '7' }), /4711/],
      [() => on.logout('5001'), /nobody is logged in at 5001/],
      [() => on.answer(call, '5001'), /5001 is no party/],
      [() => on.hold(call, '8000'), /8000 is Queued, not Connected/],
      [() => on.queue(call, '5001'), /5001 is no VirtualQueue/],
      [() => on.leaveIvr(call, '8000'), /no IVR/],
      [() => on.supervisorMode(call, '1', 'open'), /supervises nobody/],
      [() => on.release('NONE' as typeof call, '1'), /no live call NONE/],
    ];
    for (const [verb, message] of impossible) {
      expect(verb).toThrow(ExecError);
      expect(verb).toThrow(message);
    }
    on.login('5001', { agentId: '7' });
    expect(() => on.login('5001', { agentId: '8' })).toThrow(/agent 7 is logged in/);
  });

  it('still knows the ConnID of a call that has ended, for a disposition', () => {
    const { on, events } = office();
    on.login('5001', { agentId: '7' });
    const call = on.inboundCall({ ani: '1', dnis: '2', extension: '5001' });
    const connId = on.calls.get(call)?.connId;
    on.answer(call, '5001');
    on.release(call, '1');
    on.dispositionAfterRelease('5001', call, { DispositionCode: 'Sale' }, 'connId');
    const { attributes } = events.at(-1)?.frame ?? { attributes: {} };
    expect(attributes).toMatchObject({
      ThisDN: '5001',
      ConnID: connId,
      UserData: { DispositionCode: 'Sale' },
    });
    expect(attributes).not.toHaveProperty('CallUUID');
  });
});
