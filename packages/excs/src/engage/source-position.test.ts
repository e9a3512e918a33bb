/** A standby is compared with what was read before; a primary is believed. */
import { describe, expect, it } from 'vitest';
import { bytesBehind, type FoundPosition, nextSeen, refuseLagging } from './source-position.ts';

const at = (lsn: string, more: { system?: string; inRecovery?: boolean } = {}): FoundPosition => ({
  inRecovery: more.inRecovery ?? true,
  position: { system: more.system ?? '7', lsn },
});
const seen = { system: '7', lsn: '16/B3000010' };

describe('a standby', () => {
  it.each([
    ['16/B3000010', 0],
    ['16/B3000011', 0],
    ['17/00000000', 0],
    ['16/B300000F', 1],
    ['15/B3000010', 2 ** 32],
    ['0/0', 0x16_b300_0010],
  ])('at %s is %i bytes behind 16/B3000010', (lsn, behind) => {
    expect(bytesBehind(seen, at(lsn))).toBe(behind);
    if (behind === 0) refuseLagging(seen, at(lsn));
    else
      expect(() => refuseLagging(seen, at(lsn))).toThrow(
        expect.objectContaining({ code: 'engage.source-lags', retryable: true }),
      );
  });

  it('moves what was seen only forward', () => {
    expect(nextSeen(seen, at('17/0'))).toEqual({ system: '7', lsn: '17/0' });
    expect(nextSeen(seen, at('1/0'))).toEqual(seen);
  });
});

describe('is believed, and compared with from then on:', () => {
  it.each([
    ['the first server that is read', undefined, at('1/0')],
    ['a primary, also after a fail-over that lost transactions', seen, at('1/0', { inRecovery: false })],
    ['another database', seen, at('1/0', { system: '8' })],
  ])('%s', (_what, before, found) => {
    refuseLagging(before, found);
    expect(nextSeen(before, found)).toEqual(found.position);
  });
});

it('a server that does not tell is not compared, and what was seen stays', () => {
  const found = { inRecovery: true, position: undefined };
  refuseLagging(seen, found);
  expect(nextSeen(seen, found)).toEqual(seen);
});
