/** What a support bundle shows of a person: nothing. What it shows of a fault: all. */
import { expect, it } from 'vitest';
import { withoutPersons } from './masking.ts';

it.each([
  ['call from +49 30 1234567 to 5551234', 'call from [number] to [number]'],
  ['ani=4930123456, dn=(030) 123-4567', 'ani=[number], dn=([number]'],
  ['user anna.berger@example.com is away', 'user [e-mail] is away'],
  ['müller@example.com', '[e-mail]'],
  ['2026-01-05T08:00:00.000Z ready', '2026-01-05T08:00:00.000Z ready'],
  ['10.20.30.40:6379 refused', '10.20.30.40:6379 refused'],
  ['plan ac06dd57023abe6f', 'plan ac06dd57023abe6f'],
  ['0a1b2c3d-0000-4000-8000-123456789012', '0a1b2c3d-0000-4000-8000-123456789012'],
  ['release 1.2.3, 42 done', 'release 1.2.3, 42 done'],
  [
    '{"@timestamp":"2026-01-05T08:00:00Z","message":"dial 0301234567","bytes":123456789,"+49301234567":["a@b.c"]}',
    '{"@timestamp":"2026-01-05T08:00:00Z","message":"dial [number]","bytes":123456789,"[number]":["[e-mail]"]}',
  ],
  ['{broken 4930123456', '{broken [number]'],
])('%s', (text, expected) => {
  expect(withoutPersons(text)).toBe(expected);
});
