/** What is kept of an exception of the model says where it was thrown, and nobody's number. */
import { expect, it } from 'vitest';
import { faultOf } from './guard.ts';

it('an exception is kept with its place, without the numbers and addresses that it quotes', () => {
  const { reason } = faultOf(new RangeError('no time in "+4930123456" of anna@example.com'), { calls: [] });
  expect(reason).toMatch(/^RangeError: no time in "\+\*{7}456" of \[e-mail\] \(test\.ts:\d+\)$/);
});

it('whatever else is thrown is kept by its kind', () => {
  expect(faultOf('+4930123456', { calls: [] }).reason).toBe('Thrown: string');
});
