import { expect, it } from 'vitest';
import { lineOf } from './plot.ts';

const size = { width: 100, height: 10 };

it.each([
  ['nothing', [], 0, { path: '', most: 0 }],
  ['zeros', [0, 0], 0, { path: '', most: 0 }],
  ['a line', [0, 10], 0, { path: 'M0 10h0.01L100 0', most: 10 }],
  ['a hole', [5, null, 10], 0, { path: 'M0 5h0.01M100 0h0.01', most: 10 }],
  ['against a limit', [5, 5], 10, { path: 'M0 5h0.01L100 5', most: 10 }],
])('draws %s', (_name, values, least, line) => {
  expect(lineOf(values, size, least)).toEqual(line);
});
