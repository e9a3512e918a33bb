import { parseSipEvent, type SipEvent } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { eventKey } from './event-key.ts';

function event(more: Record<string, unknown> = {}): SipEvent {
  const attributes = {
    ThisDN: 'VQ',
    CallUUID: 'C1',
    CallType: 'Inbound',
    TimeinSecs: 1_700_000_000,
    TimeinuSecs: 5,
    UserData: { a: '1', b: { c: 2 } },
    ...more,
  };
  const parsed = parseSipEvent({ message: 'EventQueued', attributes });
  if (parsed.kind !== 'message') throw new Error('not a message');
  return parsed.value;
}

const key = (one: SipEvent, site = 'X') => eventKey(site, one).toString('hex');

describe('the key of an event', () => {
  it('is the same on both instances and both servers of a pair', () => {
    const same = event({ EventSequenceNumber: 4, ReferenceID: 7, UserData: { b: { c: 2 }, a: '1' } });
    expect(key(same)).toBe(key(event()));
  });

  it('differs with the site, the time, and anything in the content', () => {
    const keys = [
      key(event()),
      key(event(), 'Y'),
      key(event({ TimeinuSecs: 6 })),
      key(event({ CallUUID: 'C2' })),
      key(event({ UserData: { a: '1', b: { c: 3 } } })),
      key(event({ Vendor: 'something new' })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('cannot be made equal by moving text from one attribute to another', () => {
    const [one, two] = [event({ ANI: 'a\nDNIS="b"' }), event({ ANI: 'a', DNIS: 'b' })];
    expect(key(one)).not.toBe(key(two));
  });
});
