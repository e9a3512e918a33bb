/** What is too long or of an impossible time, wherever it stands; and that nothing else is. */

import { wallMs } from '@exec/common/instants';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsFault } from './bounds.ts';
import { parseSipEvent, parseStatEvent } from './parse.ts';

const now = wallMs(Date.UTC(2026, 0, 5));
const seconds = now / 1000;
const call = { CallUUID: 'C1', ConnID: '006c02462a161006', TimeinSecs: seconds, TimeinuSecs: 0 };
const faultOf = (attributes: object) =>
  boundsFault({ message: 'EventCallCreated', attributes: attributes as Record<string, unknown> }, now);

describe('a time', () => {
  it.each([
    ['now', seconds, undefined],
    ['the first second of 2000', 946_684_800, undefined],
    ['the second before', 946_684_799, 'time-out-of-bounds'],
    ['a day ahead', seconds + 86_400, undefined],
    ['a second more', seconds + 86_401, 'time-out-of-bounds'],
    ['milliseconds instead of seconds', now, 'time-out-of-bounds'],
    ['microseconds instead of seconds', now * 1000, 'time-out-of-bounds'],
    ['zero', 0, 'time-out-of-bounds'],
    ['the largest number', Number.MAX_SAFE_INTEGER, 'time-out-of-bounds'],
  ])('%s', (_, TimeinSecs, fault) => {
    expect(faultOf({ ...call, TimeinSecs })).toBe(fault);
    const status = { AgentId: 'E1', Status: 'CallInbound', Time: seconds };
    expect(faultOf({ ObjectValue: { ...status, Time: TimeinSecs } })).toBe(fault);
    const Actions = [{ Action: 'CallInbound', Time: TimeinSecs }];
    const DnStatuses = [{ DN: '5001', Status: 'CallInbound', Time: seconds, Actions }];
    expect(faultOf({ ObjectValue: { ...status, Place: { DnStatuses } } })).toBe(fault);
  });

  it('in a list whose keys others choose is theirs', () => {
    expect(faultOf({ ...call, UserData: { Time: 1, TimeinSecs: -1, list: { Time: 0 } } })).toBeUndefined();
  });
});

describe('a text', () => {
  const long = 'x'.repeat(256);
  it.each(['ThisDN', 'DN', 'ANI', 'DNIS', 'CallUUID', 'PartyUUID', 'AgentID', 'OrigCallUUID', 'LoginId'])(
    '%s has at most 255 characters',
    (name) => {
      expect(faultOf({ ...call, [name]: 'x'.repeat(255) })).toBeUndefined();
      expect(faultOf({ ...call, [name]: long })).toBe('text-too-long');
    },
  );

  it.each(['VQID', 'EmployeeID', 'call-0', 'conn-17', 'party-3', 'LCTParty0', 'LCTSupervisor2_location'])(
    '%s of Extensions has at most 255 characters',
    (name) => {
      expect(faultOf({ ...call, Extensions: { [name]: long } })).toBe('text-too-long');
      expect(faultOf({ ...call, UserData: { [name]: long } })).toBeUndefined();
    },
  );

  it.each([
    ['65,536 letters', 'x'.repeat(65_536), undefined],
    ['one letter more', 'x'.repeat(65_537), 'text-too-long'],
    ['as many bytes in fewer characters', 'é'.repeat(32_769), 'text-too-long'],
    ['half a pair', '\ud800'.repeat(21_846), 'text-too-long'],
  ])('of another attribute or of attached data: %s', (_, text, fault) => {
    expect(faultOf({ ...call, Whatever: text })).toBe(fault);
    expect(faultOf({ ...call, UserData: { note: text } })).toBe(fault);
    expect(faultOf({ ...call, UserData: { deep: { note: text } } })).toBe(fault);
    expect(faultOf({ ...call, UserData: { [text]: 'x' } })).toBe(fault);
    expect(faultOf({ ...call, Others: [{ note: text }] })).toBe(fault);
  });
});

it('no frame that the schemas take makes it throw, and what it lets through is a date', () => {
  const attributes = fc.dictionary(
    fc.oneof(
      fc.constantFrom('ThisDN', 'UserData', 'Extensions', 'ObjectValue', 'TimeinSecs', 'Time', '__proto__'),
      fc.string({ unit: 'binary' }),
    ),
    fc.jsonValue({ maxDepth: 8, noUnicodeString: false }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('EventCallCreated', 'EventQueued', 'EventAgentLogin', 'EventInfo', 'EventACK'),
      attributes,
      fc.oneof(fc.integer(), fc.maxSafeInteger()),
      (message, more, TimeinSecs) => {
        const frame = { message, attributes: { ...call, ThisDN: '1', AgentID: '1', ...more, TimeinSecs } };
        for (const parsed of [parseSipEvent(frame), parseStatEvent(frame)]) {
          if (parsed.kind !== 'message' || boundsFault(frame, now) !== undefined) continue;
          expect(new Date(TimeinSecs * 1000).getUTCFullYear()).toBeLessThanOrEqual(2026);
        }
      },
    ),
    { numRuns: 500 },
  );
});
