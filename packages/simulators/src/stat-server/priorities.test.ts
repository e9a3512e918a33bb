import { statusNames } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { highest, priorities, statusOf } from './priorities.ts';

// docs.genesys.com/Documentation/RTME/latest/User/StatusPriorityTables, from the lowest to the highest.
const published = [
  'NotMonitored',
  'Monitored',
  'LoggedIn',
  'OnHook',
  'WaitForNextCall',
  'OffHook',
  'CallDialing',
  'CallRinging',
  'NotReadyForNextCall',
  'AfterCallWork',
  'CallOnHold',
  'CallUnknown',
  'CallConsult',
  'CallInternal',
  'CallOutbound',
  'CallInbound',
  'LoggedOut',
] as const;

describe('priorities', () => {
  it('have every status once', () => {
    expect([...priorities].toSorted()).toEqual([...statusNames].toSorted());
  });

  it.each(published.flatMap((low, index) => published.slice(index + 1).map((high) => [low, high] as const)))(
    '%s loses against %s',
    (low, high) => {
      expect(highest([low, high])).toBe(high);
      expect(highest([high, low])).toBe(high);
    },
  );

  it('say OnHook when nothing is going on', () => {
    expect(highest([])).toBe('OnHook');
  });
});

describe('the status of a number', () => {
  const action = (Action: (typeof priorities)[number], ConnectionId?: string) => ({
    Action,
    Time: 0,
    ...(ConnectionId === undefined ? {} : { ConnectionId }),
  });

  it.each([
    ['a held call hides its own talk', [action('CallInbound', '1'), action('CallOnHold', '1')], 'CallOnHold'],
    [
      'a consultation beside the held call wins',
      [action('CallInbound', '1'), action('CallOnHold', '1'), action('CallConsult', '2')],
      'CallConsult',
    ],
    [
      'another talk beside the held call wins',
      [action('CallInbound', '1'), action('CallOnHold', '1'), action('CallInbound', '2')],
      'CallInbound',
    ],
    [
      'a second telephone ringing does not win against a held call',
      [action('CallInbound', '1'), action('CallOnHold', '1'), action('CallRinging', '2')],
      'CallOnHold',
    ],
    ['a call beats not ready', [action('NotReadyForNextCall'), action('CallOutbound', '1')], 'CallOutbound'],
    ['a call beats after-call work', [action('AfterCallWork'), action('CallInbound', '1')], 'CallInbound'],
    [
      'not ready beats ringing',
      [action('NotReadyForNextCall'), action('CallRinging', '1')],
      'NotReadyForNextCall',
    ],
    ['ringing beats waiting', [action('WaitForNextCall'), action('CallRinging', '1')], 'CallRinging'],
  ] as const)('%s', (_what, actions, status) => {
    expect(statusOf(actions)).toBe(status);
  });
});
