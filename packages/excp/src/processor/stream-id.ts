/** IDs of Redis streams: `<milliseconds>-<count>`. */
import { type WallMs, wallMs } from '@exec/common/instants';

const countMax = 2n ** 64n - 1n;

/** The lowest ID that comes after this one: ranges that exclude their begin came with Redis 6.2. */
export function idAfter(id: string): string {
  const [ms = '0', count = '0'] = id.split('-');
  const next = BigInt(count) + 1n;
  return next > countMax ? `${BigInt(ms) + 1n}-0` : `${ms}-${next}`;
}

/** Time of an ID, by the clock that Redis had when it gave it. */
export function timeOfId(id: string): WallMs {
  return wallMs(Number(id.slice(0, id.indexOf('-'))));
}
