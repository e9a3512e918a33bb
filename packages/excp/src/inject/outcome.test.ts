import { CloudError, type CloudErrorCode, type EventBatchResult } from '@exec/common/genesys-cloud';
import { describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { outcomeOf, requestFailure } from './outcome.ts';

const entries = ['1-1', '1-2', '1-3'].map((id) => entry({ id }));
const idOf = (n: number) => entries[n]?.event.event.eventId ?? '';
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

function result(
  rejected: Readonly<Record<number, boolean>>,
  more: Partial<EventBatchResult> = {},
): EventBatchResult {
  return {
    rejected: new Map(
      Object.entries(rejected).map(([n, retryable]) => [idOf(Number(n)), { message: 'no', retryable }]),
    ),
    unattributed: [],
    repeated: false,
    correlationId: undefined,
    ...more,
  };
}

const never = () => false;

describe('the outcome of a request for one conversation', () => {
  it('is accepted as far as nothing is said', () => {
    expect(outcomeOf(entries, result({}), never)).toEqual({
      accepted: entries,
      repeated: [],
      refused: [],
      again: undefined,
    });
  });

  it('keeps what is refused for good, and goes on', () => {
    const outcome = outcomeOf(entries, result({ 1: false }), never);
    expect(ids(outcome.accepted)).toEqual(['1-1', '1-3']);
    expect(outcome.refused.map((one) => one.entry.id)).toEqual(['1-2']);
  });

  it('sends again what is refused for now; what was refused behind it is not judged', () => {
    const outcome = outcomeOf(entries, result({ 0: true, 1: false }), never);
    expect(outcome.again?.entry.id).toBe('1-1');
    expect(ids(outcome.accepted)).toEqual(['1-3']);
    expect(outcome.refused).toEqual([]);
  });

  it('takes the refusal of a repeat for its acceptance', () => {
    const repeat = (one: { id: string }) => one.id === '1-1';
    expect(ids(outcomeOf(entries, result({ 0: false, 1: false }), repeat).repeated)).toEqual(['1-1']);
    expect(outcomeOf(entries, result({ 0: false, 1: false }), repeat).refused).toHaveLength(1);
    expect(ids(outcomeOf(entries, result({ 1: false }, { repeated: true }), never).repeated)).toEqual([
      '1-2',
    ]);
  });

  it('sends all again when a refusal names no event', () => {
    const nameless = { unattributed: [{ message: 'something', retryable: false }] };
    const outcome = outcomeOf(entries, result({}, nameless), never);
    expect(outcome).toMatchObject({ accepted: [], refused: [], again: { reason: 'something' } });
  });
});

describe('a request that failed as a whole', () => {
  it.each([
    ['cloud.refused', 'halve'],
    ['cloud.too-large', 'halve'],
    ['cloud.request-invalid', 'halve'],
    ['cloud.server-error', 'try'],
    ['cloud.unauthorized', 'hold'],
    ['cloud.forbidden', 'hold'],
    ['cloud.unavailable', 'hold'],
    ['cloud.outcome-unknown', 'hold'],
    ['cloud.rate-limited', 'hold'],
    ['cloud.not-configured', 'hold'],
  ] as const satisfies readonly (readonly [CloudErrorCode, string])[])('%s: %s', (code, what) => {
    expect(requestFailure(new CloudError(code, 'failed'))).toBe(what);
  });
});
