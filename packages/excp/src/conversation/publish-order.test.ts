import { expect, it } from 'vitest';
import { begins, draftOf, ends, legOf, said, second } from '../testing/parts.ts';
import type { Change } from './changes.ts';
import { toPublish } from './publish-order.ts';
import { type Conversation, type Leg, limits } from './state.ts';

const answered = (leg: string, at: number): Change => ({ change: 'answered', leg, at: second(at) });
const held = (leg: string, at: number): Change => ({ change: 'held', leg, held: true, at: second(at) });
const disposed = (leg: string, at: number): Change => ({ change: 'disposition', leg, at: second(at) });
const transferred = (initiating: string, target: string, at: number): Change => ({
  ...{ change: 'transferred', initiating, target, object: 'x', at: second(at) },
  destination: { kind: 'phone', number: '1' },
});
const consultEnded = (initiating: string, target: string, at: number): Change => ({
  ...{ change: 'consult-ended', initiating, target, reached: target, object: 'x', at: second(at) },
});

const [a, b, x] = ['a', 'b', 'x'].map((key) => legOf('user', key)) as [Leg, Leg, Leg];
const over = (leg: Leg, at: number): Leg => ({ ...leg, endedAt: second(at) });
const isNew = { published: false } as const;
const isUnknown = { published: false, reportable: false } as const;

type Case = readonly [
  title: string,
  state: Partial<Conversation>,
  changes: readonly Change[],
  published: readonly string[],
];

const cases: readonly Case[] = [
  ['nothing is published of a call that nobody mapped has taken part in', isUnknown, [begins('x', 1)], []],
  [
    'what was kept until a mapped party came is published with it',
    { ...isNew, legs: [x, a], unpublished: [begins('x', 1)] },
    [begins('a', 2)],
    ['x established', 'a established'],
  ],
  [
    'what becomes known late is published by its time',
    { legs: [a, b] },
    [held('a', 5), held('b', 4)],
    ['b held', 'a held'],
  ],
  [
    'what happened at one time is published in the order in which it became known',
    { legs: [a, b] },
    [held('b', 4), held('a', 4)],
    ['b held', 'a held'],
  ],
  [
    'nothing of a leg is published before the leg, whatever the times say',
    { legs: [x, a] },
    [begins('a', 5), answered('a', 4)],
    ['a established', 'a answered'],
  ],
  [
    'two changes of a leg stay in the order in which they became known, whatever the times say',
    { legs: [a] },
    [answered('a', 5), held('a', 4)],
    ['a answered', 'a held'],
  ],
  [
    'a transfer comes after the legs that it names',
    { legs: [x, a, b] },
    [begins('b', 9), transferred('a', 'b', 3)],
    ['b established', 'a>b transferred'],
  ],
  [
    'the last leg ends after the next one has begun',
    { legs: [over(a, 3), b] },
    [ends('a', 3), begins('b', 4)],
    ['b established', 'a ended'],
  ],
  [
    'a disposition may follow the end of the last leg',
    { legs: [over(a, 3)] },
    [ends('a', 3), disposed('a', 4)],
    ['a ended', 'a disposition'],
  ],
  [
    'a disposition waits with the end of its leg',
    { legs: [over(a, 3), b] },
    [ends('a', 3), disposed('a', 4), begins('b', 5)],
    ['b established', 'a ended', 'a disposition'],
  ],
  [
    'a consultation ends before the last leg does',
    { legs: [over(x, 2), over(a, 3)] },
    [ends('x', 2), ends('a', 3), consultEnded('a', 'x', 3)],
    ['x ended', 'a>x consult-ended', 'a ended'],
  ],
  [
    'a leg that is not the last one ends in its turn',
    { legs: [over(a, 3), x, b] },
    [ends('a', 3), begins('b', 4)],
    ['a ended', 'b established'],
  ],
  [
    'the end of a leg stays in its place while another one lasts',
    { legs: [over(a, 4), b] },
    [held('b', 3), ends('a', 4), held('b', 5)],
    ['b held', 'a ended', 'b held'],
  ],
  [
    'the end of the last leg that lasts comes after what begins, whoever ended before',
    { legs: [over(b, 2), over(a, 4), x] },
    [ends('a', 4), begins('x', 5)],
    ['x established', 'a ended'],
  ],
  [
    'what had ended before the first mapped party came is left out',
    { ...isNew, legs: [over(x, 2), a], unpublished: [begins('x', 1), ends('x', 2)] },
    [begins('a', 3)],
    ['a established'],
  ],
  [
    'the conversation begins with the legs that are there without a break',
    { ...isNew, legs: [over(x, 2), b, a], unpublished: [begins('x', 1), ends('x', 2), begins('b', 3)] },
    [begins('a', 4)],
    ['b established', 'a established'],
  ],
  [
    'a transfer to a leg that is left out is left out',
    { legs: [a, { ...b, leftOut: true }] },
    [transferred('a', 'b', 3), held('a', 4)],
    ['a held'],
  ],
  [
    'nothing more is published of a leg that is left out',
    { legs: [a, { ...b, leftOut: true }] },
    [ends('b', 3), held('a', 4)],
    ['a held'],
  ],
];

it('what ended before the first mapped party came is left out for good', () => {
  const legs = [over(x, 2), a];
  const draft = draftOf({ ...isNew, legs, unpublished: [begins('x', 1), ends('x', 2)] });
  draft.changes.push(begins('a', 3));
  toPublish(draft);
  expect(draft.state.legs.map(({ key, leftOut }) => [key, leftOut])).toEqual([
    ['x', true],
    ['a', undefined],
  ]);
});

it('transfers that have no leg in common are published by their times', () => {
  const draft = draftOf({ legs: [a, b, x] });
  draft.changes.push({ ...transferred('a', 'b', 5), object: 'one' } as Change);
  draft.changes.push({ ...transferred('x', 'y', 3), object: 'two' } as Change);
  expect(said(toPublish(draft))).toEqual(['x>y transferred', 'a>b transferred']);
});

it.each(cases)('%s', (_, state, changes, published) => {
  const draft = draftOf(state);
  draft.changes.push(...changes);
  expect(said(toPublish(draft))).toEqual(published);
});

it.each<readonly [string, Partial<Conversation>, readonly Change[], string | undefined]>([
  ['is named when it is there', { legs: [x, a] }, [begins('x', 1), begins('a', 2, { invitedBy: 'x' })], 'x'],
  [
    'is not named when it comes later',
    { legs: [x, a] },
    [begins('x', 3), begins('a', 2, { invitedBy: 'x' })],
    undefined,
  ],
  ['is named when it was published before', { legs: [x, a] }, [begins('a', 2, { invitedBy: 'x' })], 'x'],
  [
    'is not named when it is left out',
    { legs: [{ ...x, leftOut: true }, a, b] },
    [begins('a', 2, { invitedBy: 'x' })],
    undefined,
  ],
])('who invited a leg %s', (_, state, changes, inviter) => {
  const draft = draftOf(state);
  draft.changes.push(...changes);
  const begun = toPublish(draft).find((change) => change.change === 'established' && change.leg === 'a');
  expect(begun).toMatchObject({ invitedBy: inviter });
});

it('keeps what is not published, and forgets it when it is', () => {
  const draft = draftOf({ ...isUnknown, legs: [x] });
  draft.changes.push(begins('x', 1));
  toPublish(draft);
  expect(said(draft.state.unpublished)).toEqual(['x established']);
  expect(draft.state.published).toBe(false);
  const next = draftOf({ ...draft.state, reportable: true, legs: [x, a] });
  next.changes.push(begins('a', 2));
  toPublish(next);
  expect(next.state).toMatchObject({ unpublished: [], published: true });
});

it('a step that changes nothing does not make a conversation known to the cloud', () => {
  const draft = draftOf(isNew);
  expect(toPublish(draft)).toEqual([]);
  expect(draft.state.published).toBe(false);
});

it('beyond the limit the changes of legs that have ended are dropped, and the legs left out', () => {
  const many = Array.from({ length: limits.unpublished - 2 }, (_, index) => held('x', 2 + index));
  const draft = draftOf({ ...isUnknown, legs: [over(x, 900), b], unpublished: [begins('x', 1), ...many] });
  draft.changes.push(ends('x', 900), begins('b', 901));
  toPublish(draft);
  expect(said(draft.state.unpublished)).toEqual(['b established']);
  expect(draft.leg('x')?.leftOut).toBe(true);
  expect(draft.anomalies).toEqual(['too-large']);
});

it('beyond the limit nothing else is dropped where what has ended was enough', () => {
  const many = Array.from({ length: limits.unpublished - 1 }, (_, index) => held('b', 3 + index));
  const lasting = [held('b', 1), begins('b', 2), ...many.slice(2)];
  const draft = draftOf({ ...isUnknown, legs: [over(x, 900), b], unpublished: [begins('x', 1), ...lasting] });
  draft.changes.push(ends('x', 900));
  toPublish(draft);
  expect(draft.state.unpublished).toEqual(lasting);
});

it('at the limit nothing is dropped', () => {
  const many = Array.from({ length: limits.unpublished - 1 }, (_, index) => held('x', 2 + index));
  const draft = draftOf({ ...isUnknown, legs: [x], unpublished: many });
  draft.changes.push(begins('x', 1));
  toPublish(draft);
  expect(draft.state.unpublished).toHaveLength(limits.unpublished);
  expect(draft.anomalies).toEqual([]);
});

it('beyond the limit of legs that last, their begins and the newest changes are kept', () => {
  const many = Array.from({ length: limits.unpublished }, (_, index) => held('x', 2 + index));
  const draft = draftOf({ ...isUnknown, legs: [x], unpublished: [begins('x', 1), ...many] });
  toPublish(draft);
  const kept = draft.state.unpublished;
  expect(kept[0]).toMatchObject({ change: 'established' });
  expect(kept).toHaveLength(1 + limits.unpublished / 2);
  expect(kept.at(-1)?.at).toBe(second(1 + limits.unpublished));
});
