import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from './frame.ts';
import {
  parseOpening,
  parseSipEvent,
  parseSipRequest,
  parseStatEvent,
  parseStatRequest,
  receivedMessages,
  referenceIdOf,
} from './parse.ts';
import { sipEvents } from './sip-events.ts';
import { agentStatistic, statEvents } from './stat-messages.ts';
import { textOf } from './values.ts';

const at = { TimeinSecs: 1_700_000_000, TimeinuSecs: 250_000 };
const call = { CallUUID: 'AM5D3AE9D90757BKTSVJTCIAR4000014', ConnID: '006c02462a161006', ...at };

/** Frames as the published pages show them. */
const sipSamples: Frame[] = [
  { message: 'EventLinkConnected', attributes: {} },
  { message: 'EventLinkDisconnected', attributes: { ...at } },
  { message: 'EventError', attributes: { ReferenceID: 3, ErrorCode: 71, ErrorMessage: 'unknown DN' } },
  {
    message: 'EventRegistered',
    attributes: { ReferenceID: 4, ThisDN: '5001', AgentID: '7001', Extensions: { 'conn-0': call.ConnID } },
  },
  { message: 'EventUnregistered', attributes: { ThisDN: '5001' } },
  { message: 'EventACK', attributes: { ReferenceID: 5, Extensions: { Resync: 1 } } },
  {
    message: 'EventServerInfo',
    attributes: { ReferenceID: 6, ServerRole: 'Primary', ServerVersion: '8.1', LinkConnected: true },
  },
  {
    message: 'EventQueued',
    attributes: {
      ...call,
      ThisDN: 'VQ_Sales',
      ThisQueue: 'VQ_Sales',
      CallType: 'Inbound',
      Extensions: { VQID: 'N6' },
    },
  },
  {
    message: 'EventDiverted',
    attributes: {
      ...call,
      ThisDN: 'VQ_Sales',
      ThisQueue: 'VQ_Sales',
      CallType: 'Inbound',
      ThirdPartyDN: '5001',
    },
  },
  { message: 'EventAbandoned', attributes: { ...call, ThisDN: 'VQ_Sales', CallType: 'Inbound' } },
  {
    message: 'EventAgentLogin',
    attributes: { ThisDN: '5001', AgentID: '7001', Extensions: { EmployeeID: 'E1' }, ...at },
  },
  {
    message: 'EventAgentNotReady',
    attributes: { ThisDN: '5001', AgentID: '7001', Reasons: { ReasonCode: 1 }, ...at },
  },
  {
    message: 'EventUserEvent',
    attributes: { ThisDN: '7101', ...call, Extensions: { LCTParty0: '7001', LCTPartiesLength: 1 } },
  },
  { message: 'EventMuteOn', attributes: { ThisDN: '5001', ...call } },
  {
    message: 'EventCallCreated',
    attributes: { ...call, CallType: 'Consult', OrigCallUUID: 'C0', UserData: { list: { nested: 'x' } } },
  },
  { message: 'EventCallDataChanged', attributes: { ...call, ISLinkList: [{ LinkId: '17', Location: 'Y' }] } },
  {
    message: 'EventCallPartyAdded',
    attributes: {
      ...call,
      PartyUUID: 'P1',
      DN: '5001',
      PartyType: 'Extension',
      PartyState: 'Alerting',
      Cause: 'Route',
    },
  },
  {
    message: 'EventCallPartyState',
    attributes: {
      ...call,
      PartyUUID: 'P1',
      DN: '5001',
      PartyState: 'Connected',
      PartyFlags: ['NoTalk', 'Audit'],
    },
  },
  { message: 'EventCallPartyMoved', attributes: { ...call, PartyUUID: 'P1', DN: '5001', NewCallUUID: 'C2' } },
  { message: 'EventCallPartyDeleted', attributes: { ...call, PartyUUID: 'P1', DN: '5001', CtrlParty: 'P2' } },
  { message: 'EventCallDeleted', attributes: { ...call, Cause: 'Transfer', RefCallUUID: 'C1' } },
];

const status = {
  AgentId: 'E1001',
  LoginId: '7001',
  Status: 'CallInbound',
  Time: 1_700_000_000,
  Place: {
    PlaceId: 'P1',
    DnStatuses: [
      {
        DN: '5001',
        SwitchId: 'SIP_Switch',
        Status: 'CallInbound',
        Time: 1_700_000_000,
        Actions: [{ Action: 'CallInbound', Time: 1_700_000_000, Reasons: { ReasonCode: 'Break' } }],
      },
    ],
  },
};

describe('parseSipEvent', () => {
  it.each(sipSamples)('reads $message and keeps its attributes', (frame) => {
    expect(parseSipEvent(frame)).toEqual({ kind: 'message', value: frame, unknownNames: [] });
  });

  it('keeps attributes that no schema names', () => {
    const frame = { message: 'EventCallDeleted', attributes: { ...call, NodeID: 7, Fresh: { a: ['b'] } } };
    expect(parseSipEvent(frame)).toMatchObject({ kind: 'message', value: frame });
  });

  it('leaves messages it does not know to others', () => {
    for (const message of ['EventRinging', 'constructor', '__proto__', 'toString', ''])
      expect(parseSipEvent({ message, attributes: {} })).toEqual({ kind: 'unknown' });
  });

  it('says which attribute is wrong and never what it held', () => {
    const parsed = parseSipEvent({
      message: 'EventCallPartyState',
      attributes: { ...call, ConnID: 'secret-value', PartyUUID: 7, DN: '5001', PartyState: 'Held' },
    });
    expect(parsed).toMatchObject({ kind: 'invalid' });
    expect(JSON.stringify(parsed)).toContain('ConnID');
    expect(JSON.stringify(parsed)).toContain('PartyUUID: expected string');
    expect(JSON.stringify(parsed)).not.toContain('secret-value');
  });

  it('reads enumeration names it does not know as unknown, and reports them', () => {
    const parsed = parseSipEvent({
      message: 'EventCallPartyAdded',
      attributes: {
        ...call,
        PartyUUID: 'P1',
        DN: '5001',
        PartyType: 'Robot',
        PartyState: 'Dancing',
        PartyFlags: ['Audit', 'Whisper'],
        Cause: 'Gravity',
      },
    });
    expect(parsed).toMatchObject({
      kind: 'message',
      value: {
        attributes: { PartyType: 'Unknown', PartyState: 'Unknown', PartyFlags: ['Audit'], Cause: 'Empty' },
      },
      unknownNames: [
        { attribute: 'PartyType', name: 'Robot' },
        { attribute: 'PartyState', name: 'Dancing' },
        { attribute: 'Cause', name: 'Gravity' },
        { attribute: 'PartyFlags', name: 'Whisper' },
      ],
    });
  });

  it('takes attached data with keys of any name, and reads them safely', () => {
    const UserData = JSON.parse('{"constructor":"c","toString":1,"hasOwnProperty":{"a":"b"}}') as Record<
      string,
      unknown
    >;
    const parsed = parseSipEvent({ message: 'EventCallCreated', attributes: { ...call, UserData } });
    if (parsed.kind !== 'message' || parsed.value.message !== 'EventCallCreated') throw new Error('not read');
    expect(textOf(parsed.value.attributes.UserData, 'constructor')).toBe('c');
    expect(textOf(parsed.value.attributes.UserData, 'valueOf')).toBeUndefined();
  });

  it.each(['UserData', 'Surprise'])(
    'refuses %s that nests so deep that walking through it could end the process',
    (name) => {
      let deep: unknown = 'x';
      for (let depth = 0; depth < 100_000; depth++) deep = { a: deep };
      const parsed = parseSipEvent({ message: 'EventCallCreated', attributes: { ...call, [name]: deep } });
      expect(parsed).toMatchObject({ kind: 'invalid' });
    },
  );

  it('answers any attributes whatever without throwing', () => {
    const names = Object.keys({ ...sipEvents, ...statEvents });
    const attribute = fc.constantFrom(
      'ReferenceID',
      'CallUUID',
      'ThisDN',
      'UserData',
      'ISLinkList',
      'ObjectValue',
      'DN',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.dictionary(attribute, fc.jsonValue()),
        (message, attributes) => {
          const frame = { message, attributes: attributes as Record<string, unknown> };
          expect(['message', 'invalid', 'unknown']).toContain(parseSipEvent(frame).kind);
          expect(['message', 'invalid', 'unknown']).toContain(parseStatEvent(frame).kind);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('parseStatEvent', () => {
  it('reads the status tree', () => {
    const frame = { message: 'EventInfo', attributes: { ReferenceID: 9, ...at, ObjectValue: status } };
    expect(parseStatEvent(frame)).toEqual({ kind: 'message', value: frame, unknownNames: [] });
  });

  it('reads the status of an agent who is logged out', () => {
    const ObjectValue = { AgentId: 'E1001', LoginId: '', Status: 'LoggedOut', Time: 1, Place: null };
    const frame = { message: 'EventInfo', attributes: { ReferenceID: 9, ObjectValue } };
    expect(parseStatEvent(frame)).toMatchObject({ kind: 'message', value: frame });
  });

  it('reports unknown names anywhere in the tree', () => {
    const strange = structuredClone(status) as unknown as {
      Status: string;
      Place: { DnStatuses: [{ Actions: { Action: string }[] }] };
    };
    strange.Status = 'Levitating';
    strange.Place.DnStatuses[0].Actions.push({
      ...strange.Place.DnStatuses[0].Actions[0],
      Action: 'Humming',
    });
    const parsed = parseStatEvent({
      message: 'EventInfo',
      attributes: { ReferenceID: 9, ObjectValue: strange },
    });
    expect(parsed).toMatchObject({
      value: {
        attributes: {
          ObjectValue: { Status: 'Unknown', Place: { DnStatuses: [{ Status: 'CallInbound' }] } },
        },
      },
      unknownNames: [
        { attribute: 'Status', name: 'Levitating' },
        { attribute: 'Action', name: 'Humming' },
      ],
    });
  });

  it.each([
    ['EventStatisticOpened', { ReferenceID: 9 }],
    ['EventStatisticClosed', { ReferenceID: 10, StatisticId: 9 }],
    ['EventError', { ReferenceID: 9, ErrorCode: 1, ErrorMessage: 'no such agent' }],
  ])('reads %s', (message, attributes) => {
    expect(parseStatEvent({ message, attributes })).toMatchObject({
      kind: 'message',
      value: { message, attributes },
    });
  });

  it('does not know the events of the other kind of server', () => {
    expect(parseStatEvent({ message: 'EventCallCreated', attributes: {} })).toEqual({ kind: 'unknown' });
    expect(parseSipEvent({ message: 'EventInfo', attributes: {} })).toEqual({ kind: 'unknown' });
  });
});

describe('requests, as a server reads them', () => {
  const register = { ReferenceID: 1, ProtocolVersion: 'engage-link/1', ApplicationName: 'excp' };

  it.each([
    ['RequestRegisterClient', register],
    [
      'RequestRegisterAddress',
      {
        ReferenceID: 2,
        ThisDN: '5001',
        AddressType: 'DN',
        RegisterMode: 'ModeShare',
        ControlMode: 'RegisterDefault',
      },
    ],
    ['RequestUnregisterAddress', { ReferenceID: 3, ThisDN: '5001' }],
    ['RequestStartCallMonitoring', { ReferenceID: 4 }],
    ['RequestStopCallMonitoring', { ReferenceID: 5 }],
    ['RequestQueryServer', { ReferenceID: 6 }],
  ])('SIP Server: %s', (message, attributes) => {
    expect(parseSipRequest({ message, attributes })).toMatchObject({
      kind: 'message',
      value: { message, attributes },
    });
  });

  it('Stat Server: opening and closing a statistic', () => {
    const statistic = agentStatistic({
      employeeId: 'E1',
      tenantName: 'Resources',
      category: 'CurrentStateReasons',
    });
    const open = { message: 'RequestOpenStatistic', attributes: { ReferenceID: 2, ...statistic } };
    expect(parseStatRequest(open)).toMatchObject({ kind: 'message', value: open });
    expect(statistic.StatisticMetric).toEqual({
      Category: 'CurrentStateReasons',
      Subject: 'DNAction',
      MainMask: '*',
    });
    const close = { message: 'RequestCloseStatistic', attributes: { ReferenceID: 3, StatisticId: 2 } };
    expect(parseStatRequest(close)).toMatchObject({ kind: 'message', value: close });
    expect(parseStatRequest({ message: 'RequestRegisterClient', attributes: register })).toMatchObject({
      kind: 'message',
    });
  });

  it('tells unknown requests from wrong ones, and finds the ReferenceID of both', () => {
    const unknown = { message: 'RequestMakeCall', attributes: { ReferenceID: 7 } };
    expect(parseSipRequest(unknown)).toEqual({ kind: 'unknown' });
    expect(referenceIdOf(unknown)).toBe(7);
    const wrong = {
      message: 'RequestRegisterAddress',
      attributes: { ReferenceID: 8, ThisDN: '', AddressType: 'Fax' },
    };
    expect(parseSipRequest(wrong)).toMatchObject({ kind: 'invalid' });
    for (const ReferenceID of [0, -1, 1.5, '7', null, undefined])
      expect(referenceIdOf({ message: 'M', attributes: { ReferenceID } })).toBeUndefined();
  });
});

describe('parseOpening', () => {
  it('reads the two answers to a registration and nothing else', () => {
    const attributes = {
      ReferenceID: 1,
      ProtocolVersion: 'engage-link/1',
      ServerRole: 'Backup',
      ServerStartTime: 5,
    };
    expect(parseOpening({ message: 'EventServerConnected', attributes })).toMatchObject({ kind: 'message' });
    expect(parseOpening({ message: 'EventError', attributes: {} })).toMatchObject({ kind: 'message' });
    expect(parseOpening({ message: 'EventLinkConnected', attributes: {} })).toEqual({ kind: 'unknown' });
    const vague = { ...attributes, ServerRole: 'Standby' };
    expect(parseOpening({ message: 'EventServerConnected', attributes: vague })).toMatchObject({
      kind: 'invalid',
    });
  });
});

it('what is wrong is said by its place, in which the name of an unknown attribute names nobody', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 40; depth++) deep = [deep];
  const attributes = { 'anna@example.com': deep, '+4930123456': deep };
  const parsed = parseSipEvent({ message: 'EventCallCreated', attributes });
  const said = JSON.stringify(parsed);
  expect(parsed.kind).toBe('invalid');
  expect(said).toContain('[e-mail]: custom');
  expect(said).not.toMatch(/anna|4930/);
});

it('the names that a client may receive are few enough to be a metric label', () => {
  expect(receivedMessages.size).toBeLessThan(50);
  for (const { message } of sipSamples) expect(receivedMessages).toContain(message);
});
