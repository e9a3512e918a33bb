import { parseSipEvent } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { normalise } from './normalise.ts';

const time = { TimeinSecs: 1_700_000_000, TimeinuSecs: 250_000 };
const at = 1_700_000_000_250_000;

function normalised(message: string, attributes: Record<string, unknown>) {
  const parsed = parseSipEvent({ message, attributes: { ...time, ...attributes } });
  if (parsed.kind !== 'message') throw new Error(`${message} is ${parsed.kind}`);
  return normalise(parsed.value, 'X', { dispositionKey: 'DispositionCode' });
}

describe('normalised events', () => {
  it.each([
    [
      'EventCallCreated',
      {
        CallUUID: 'C',
        ConnID: '0000000000000001',
        CallType: 'Consult',
        OrigCallUUID: 'M',
        ISLinkList: [{ LinkId: 7 }],
      },
      {
        kind: 'call-created',
        call: 'C',
        connId: '0000000000000001',
        type: 'Consult',
        origCall: 'M',
        links: ['7'],
      },
    ],
    [
      'EventCallDataChanged',
      { CallUUID: 'C', UserData: { DispositionCode: 'Sale', Secret: 'x' } },
      { kind: 'call-data', call: 'C', disposition: 'Sale' },
    ],
    [
      'EventCallPartyAdded',
      {
        CallUUID: 'C',
        PartyUUID: 'P',
        DN: '5001',
        PartyType: 'Extension',
        PartyState: 'Alerting',
        AgentID: '7',
        Cause: 'Route',
      },
      {
        kind: 'party-added',
        party: 'P',
        dn: '5001',
        type: 'Extension',
        state: 'Alerting',
        agentId: '7',
        cause: 'Route',
      },
    ],
    [
      'EventCallPartyState',
      { CallUUID: 'C', PartyUUID: 'P', DN: '5001', PartyState: 'Held', PartyFlags: ['NoTalk'] },
      { kind: 'party-state', party: 'P', state: 'Held', flags: ['NoTalk'] },
    ],
    [
      'EventCallPartyMoved',
      { CallUUID: 'C', PartyUUID: 'P', DN: '5001', NewCallUUID: 'D' },
      { kind: 'party-moved', call: 'C', party: 'P', newCall: 'D' },
    ],
    [
      'EventCallPartyDeleted',
      { CallUUID: 'C', PartyUUID: 'P', DN: '5001', CtrlParty: 'Q' },
      { kind: 'party-deleted', party: 'P', ctrl: 'Q' },
    ],
    ['EventCallDeleted', { CallUUID: 'C', RefCallUUID: 'D' }, { kind: 'call-deleted', call: 'C', into: 'D' }],
    [
      'EventQueued',
      {
        ThisDN: 'VQ',
        CallUUID: 'C',
        CallType: 'Inbound',
        UserData: { RRequestedSkills: { English: 5, German: 1 } },
        Extensions: { VQID: 'S' },
      },
      { kind: 'queued', queue: 'VQ', call: 'C', stay: 'S', skills: ['English', 'German'] },
    ],
    [
      'EventDiverted',
      { ThisDN: 'VQ', CallUUID: 'C', ThirdPartyDN: '5001', Extensions: { VQID: 'S' } },
      { kind: 'diverted', queue: 'VQ', stay: 'S', target: '5001' },
    ],
    [
      'EventAbandoned',
      { ThisDN: 'VQ', CallUUID: 'C' },
      { kind: 'abandoned', queue: 'VQ', target: undefined },
    ],
    [
      'EventAgentLogin',
      { ThisDN: '5001', AgentID: '7', Extensions: { EmployeeID: 'E7' } },
      { kind: 'agent-login', dn: '5001', agentId: '7', employeeId: 'E7' },
    ],
    ['EventAgentLogout', { ThisDN: '5001', AgentID: '7' }, { kind: 'agent-logout', dn: '5001' }],
    [
      'EventUserEvent',
      { ThisDN: '5001', ConnID: '0000000000000001', UserData: { DispositionCode: 'Sale' } },
      { kind: 'disposition', dn: '5001', connId: '0000000000000001', value: 'Sale' },
    ],
    ['EventMuteOn', { ThisDN: '5001', CallUUID: 'C' }, { kind: 'mute', dn: '5001', call: 'C', muted: true }],
  ])('%s', (message, attributes, expected) => {
    expect(normalised(message, attributes)).toMatchObject({ ...expected, site: 'X', at });
  });

  it('keep nothing of the attached data but the disposition', () => {
    const text = JSON.stringify(
      normalised('EventCallCreated', { CallUUID: 'C', UserData: { Card: '4111', DispositionCode: 'Sale' } }),
    );
    expect(text).not.toContain('4111');
    expect(text).toContain('Sale');
  });

  it.each([
    ['EventUserEvent', { ThisDN: '5001', Extensions: { LCTParty0: '5001', LCTPartiesLength: 1 } }],
    ['EventAgentReady', { ThisDN: '5001', AgentID: '7' }],
    ['EventAgentNotReady', { ThisDN: '5001', AgentID: '7' }],
  ])('%s tells the model nothing', (message, attributes) => {
    expect(normalised(message, attributes)).toBeUndefined();
  });
});
