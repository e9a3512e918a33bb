import { engageMicros, wallMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { nextTime, nothingPublished } from './translate.ts';

it.each([
  ['the first event has its own time', nothingPublished, 1_700_000_000_123_999, 1_700_000_000_123],
  ['a later one too', { last: wallMs(1_700_000_000_000) }, 1_700_000_000_500_000, 1_700_000_000_500],
  [
    'one of the same millisecond is one later',
    { last: wallMs(1_700_000_000_500) },
    1_700_000_000_500_900,
    1_700_000_000_501,
  ],
  ['so is one that came late', { last: wallMs(1_700_000_000_500) }, 1_600_000_000_000_000, 1_700_000_000_501],
])('%s', (_, published, at, time) => {
  expect(nextTime(published, engageMicros(at))).toBe(time);
});
