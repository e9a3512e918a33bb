import { type Frame, parseSipEvent, parseStatEvent } from '@exec/engage-link/wire';
import { produce, record, scenarios } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { Masker } from './mask.ts';

const masker = new Masker(Buffer.from('a key for tests'));
const masked = (message: string, attributes: object) =>
  masker.frame({ message, attributes: attributes as Frame['attributes'] }).attributes;

describe('a token', () => {
  it('is the same for the same value wherever it stands, and another with another key', () => {
    const { ThisDN, Extensions } = masked('EventUserEvent', {
      ThisDN: '5001',
      Extensions: { LCTParty0: '5001' },
    });
    expect(Extensions).toEqual({ LCTParty0: ThisDN });
    expect(masker.text('5001')).toBe(ThisDN);
    expect(new Masker(Buffer.from('another key')).text('5001')).not.toBe(ThisDN);
    expect(masker.text('5002')).not.toBe(ThisDN);
  });

  it.each([
    ['5001', /^\d{15}$/],
    ['+4930123456', /^\+\d{15}$/],
    ['006C02462a161006', /^[0-9a-f]{16}$/],
    ['Ünlü, Müller', /^t[0-9a-f]{24}$/],
    ['', /^$/],
  ])('of %j keeps what is needed of it', (value, form) => {
    expect(masker.text(value)).toMatch(form);
  });
});

describe('a frame', () => {
  it('keeps enumerations, times and references, and nothing of what is attached', () => {
    expect(
      masked('EventCallCreated', {
        CallType: 'Inbound',
        PartyFlags: ['Audit'],
        TimeinSecs: 1,
        TimeinuSecs: 2,
        UserData: { Name: 'Anna', Age: 42, 'k+ey': 'v', Nested: { Deep: ['x', true, null] } },
        Extensions: { Resync: 1, VQID: 'v' },
      }),
    ).toEqual({
      CallType: 'Inbound',
      PartyFlags: ['Audit'],
      TimeinSecs: 1,
      TimeinuSecs: 2,
      UserData: {
        Name: masker.text('Anna'),
        Age: masker.number(42),
        [masker.text('k+ey')]: masker.text('v'),
        Nested: { Deep: [masker.text('x'), true, null] },
      },
      Extensions: { Resync: 1, VQID: masker.text('v') },
    });
  });

  it('never holds a password, and no free text where a name of an enumeration belongs', () => {
    const attributes = masked('RequestRegisterClient', {
      ApplicationName: 'EXCP',
      ApplicationPassword: 'canary',
      PartyState: 'canary, of all things',
      CallType: 'Unknown(Video)',
      ErrorMessage: 'canary 5001',
      Something: { new: ['canary'] },
    });
    expect(JSON.stringify(attributes)).not.toContain('canary');
    expect(attributes).toMatchObject({ ApplicationPassword: '[secret]', CallType: 'Unknown(Video)' });
  });

  it('of a Stat Server keeps states and times', () => {
    const action = { Action: 'OnHook', Time: 1_700_000_000, Reasons: { ReasonCode: 'Doctor' } };
    const dn = { DN: '5001', Status: 'OnHook', Time: 1_700_000_000, Actions: [action] };
    const ObjectValue = {
      AgentId: 'E1001',
      LoginId: '7001',
      Status: 'NotReadyForNextCall',
      Time: 1_700_000_000,
      Place: { PlaceId: 'P', DnStatuses: [dn] },
    };
    const frame = masker.frame({ message: 'EventInfo', attributes: { ReferenceID: 7, ObjectValue } });
    expect(parseStatEvent(frame)).toMatchObject({
      kind: 'message',
      unknownNames: [],
      value: {
        attributes: { ReferenceID: 7, ObjectValue: { Status: 'NotReadyForNextCall', Time: 1_700_000_000 } },
      },
    });
    expect(JSON.stringify(frame)).not.toMatch(/E1001|7001|5001|Doctor/);
  });

  it('of every scenario is still a frame of the contract, and names nobody of it', () => {
    const production = produce(scenarios);
    const { recorded } = record(production);
    let frames = 0;
    for (const one of recorded) {
      if (one.kind !== 'event') continue;
      const frame = masker.frame(one.event.frame);
      expect(parseSipEvent(frame)).toMatchObject({ kind: 'message', unknownNames: [] });
      const text = JSON.stringify(frame);
      for (const { employeeId, loginCode, dn } of production.agents.slice(0, 5))
        for (const value of [employeeId, loginCode, dn]) expect(text).not.toContain(`"${value}"`);
      frames += 1;
    }
    expect(frames).toBeGreaterThan(1_000);
  });
});
