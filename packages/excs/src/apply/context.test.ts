/** How a step waits for what shows late, and which failures it takes for what. */
import { CloudError } from '@exec/common/genesys-cloud';
import { describe, expect, it } from 'vitest';
import { MemorySite } from '../testing/memory-site.ts';
import {
  type ApplyContext,
  findEventually,
  ignoringNotFound,
  isUnknown,
  onceVisible,
  taken,
} from './context.ts';
import { createOrFind } from './create-or-find.ts';

const notFound = new CloudError('cloud.not-found', 'not there', { httpStatus: 404 });
const refused = new CloudError('cloud.refused', 'no', { httpStatus: 400 });
const lost = new CloudError('cloud.server-error', 'broken', { httpStatus: 502, outcomeUnknown: true });
const unanswered = new CloudError('cloud.outcome-unknown', 'no answer');
const duplicate = new CloudError('cloud.conflict', 'exists', {
  httpStatus: 409,
  cloudCode: 'general.conflict',
});

/** A context of which only the clock is used, with what was waited for, in milliseconds. */
function waiting() {
  const { clock, stop } = new MemorySite();
  const waits: number[] = [];
  const sleep: typeof clock.sleep = async (ms, signal) => {
    signal?.throwIfAborted();
    waits.push(ms);
  };
  const context = { clock: { ...clock, sleep }, signal: stop.signal } as unknown as ApplyContext;
  return { context, waits, stop };
}

/** Answers or fails as the list says, one after the other, and then as the last entry says. */
function oneByOne<T>(...outcomes: readonly (T | Error)[]) {
  let asked = 0;
  return async (): Promise<T> => {
    const outcome = outcomes[Math.min(asked++, outcomes.length - 1)];
    if (outcome instanceof Error) throw outcome;
    return outcome as T;
  };
}

describe('what shows late', () => {
  it.each([
    ['at once', ['x'], 'x', []],
    ['after a second', [undefined, 'x'], 'x', [1000]],
    ['in the end', [undefined, undefined, undefined, 'x'], 'x', [1000, 2000, 4000]],
    ['never', [undefined], undefined, [1000, 2000, 4000]],
  ])('is looked for, longer and longer: %s', async (_when, looks, found, waited) => {
    const { context, waits } = waiting();
    expect(await findEventually(context, oneByOne<string | undefined>(...looks))).toBe(found);
    expect(waits).toEqual(waited);
  });

  it.each([
    ['is there', ['x'], 'x', []],
    ['shows after a second', [notFound, 'x'], 'x', [1000]],
    ['shows in the end', [notFound, notFound, notFound, 'x'], 'x', [1000, 2000, 4000]],
    ['never shows', [notFound], notFound, [1000, 2000, 4000]],
    ['is refused for another reason', [refused, 'x'], refused, []],
  ])('is named again: what %s', async (_when, outcomes, expected, waited) => {
    const { context, waits } = waiting();
    const asked = onceVisible(context, oneByOne<string>(...outcomes));
    if (expected instanceof Error) await expect(asked).rejects.toBe(expected);
    else expect(await asked).toBe(expected);
    expect(waits).toEqual(waited);
  });

  it('is waited for no longer when the run is ended', async () => {
    const { context, stop } = waiting();
    stop.abort(new Error('stopping'));
    await expect(findEventually(context, oneByOne<undefined>(undefined))).rejects.toThrow('stopping');
    await expect(onceVisible(context, oneByOne<string>(notFound))).rejects.toThrow('stopping');
  });
});

describe('a failure', () => {
  it.each([
    ['a refusal', refused, false],
    ['no answer', unanswered, true],
    ['a failed try that may have been carried out', lost, true],
    ['an error of ours', new Error('x'), false],
  ])('leaves the outcome open: %s', (_what, error, expected) => {
    expect(isUnknown(error)).toBe(expected);
  });

  it('of removing what is not there is none; any other is', async () => {
    await ignoringNotFound(async () => undefined);
    await ignoringNotFound(oneByOne<void>(notFound));
    await expect(ignoringNotFound(oneByOne<void>(refused))).rejects.toBe(refused);
  });

  it('of a name that is taken says whose fault it is', () => {
    expect(taken('The name Sales')).toMatchObject({
      code: 'cloud.conflict',
      message: 'The name Sales is taken by an object that stands for something else',
    });
  });
});

describe('creating or finding', () => {
  it.each([
    ['it is created', 'new', ['found'], { entity: 'new', created: true }, 0],
    ['somebody was first', duplicate, ['found'], { entity: 'found', created: false }, 1],
    [
      'the answer is lost, and it was carried out',
      unanswered,
      ['found'],
      { entity: 'found', created: true },
      1,
    ],
    ['the answer is lost, and it was not', unanswered, [undefined], unanswered, 4],
    ['it is said to exist, and never shows', duplicate, [undefined], duplicate, 4],
    ['it is refused', refused, ['found'], refused, 0],
  ])('%s', async (_what, outcome, looks, expected, looked) => {
    const { context } = waiting();
    let asked = 0;
    const look = oneByOne<string | undefined>(...looks);
    const find = () => {
      asked++;
      return look();
    };
    const made = createOrFind(context, oneByOne<string>(outcome), find);
    if (expected instanceof Error) await expect(made).rejects.toBe(expected);
    else expect(await made).toEqual(expected);
    expect(asked).toBe(looked);
  });
});
