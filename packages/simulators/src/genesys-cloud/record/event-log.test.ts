import { expect, test } from 'vitest';
import { EventLog } from './event-log.ts';

const entry = {
  receivedAt: 5,
  kind: 'holdUpdated',
  eventId: 'e',
  subject: 'c',
  at: 4,
  json: '{"held":true}',
} as const;

test('counts for ever and keeps the content of the newest', () => {
  const log = new EventLog(2);
  for (const subject of ['a', 'b', 'c']) log.accept({ ...entry, subject });
  expect(log.counts().accepted).toBe(3);
  expect(log.accepted().map((event) => event.subject)).toEqual(['b', 'c']);
  expect(log.accepted({ subject: 'c' })).toEqual([
    {
      sequence: 3,
      receivedAt: 5,
      kind: 'holdUpdated',
      eventId: 'e',
      subject: 'c',
      at: 4,
      event: { held: true },
    },
  ]);
});

test('tells refusals apart by cause, and kinds from each other', () => {
  const log = new EventLog(10);
  const refusal = { code: 'x', message: 'no', retryable: false };
  log.refuse(entry, { ...refusal, cause: 'rule' });
  log.refuse({ ...entry, kind: 'userPresence' }, { ...refusal, cause: 'injected' });
  log.countDuplicate('holdUpdated');
  log.refuse(entry, { ...refusal, cause: 'repeat' });
  expect(log.counts()).toEqual({
    accepted: 0,
    duplicates: 1,
    refused: 3,
    refusedBy: { rule: 1, repeat: 1, injected: 1 },
  });
  expect(log.counts('userPresence').refused).toBe(1);
  expect(log.counts('audioUpdated').refused).toBe(0);
  expect(log.refused({ kind: ['holdUpdated'] }).map((event) => event.refusal?.cause)).toEqual([
    'rule',
    'repeat',
  ]);
});
