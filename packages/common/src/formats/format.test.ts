import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asItIs, type FormatCodec, Formats } from './format.ts';

/** Formats 1 and 2 of a person had one name only, in two fields or one; of a place nothing has changed. */
const one: FormatCodec = {
  decode: (what, stored) => {
    if (what !== 'person') return stored;
    const { first, last, ...rest } = stored as { first: string; last: string };
    return { ...rest, names: [`${first} ${last}`] };
  },
  encode: (what, value) => {
    if (what !== 'person') return value;
    const { names, ...rest } = value as { names: string[] };
    const [first, last] = names[0]?.split(' ') ?? [];
    return { ...rest, first, last };
  },
};
const two: FormatCodec = {
  decode: (what, { name, ...rest }) => (what === 'person' ? { ...rest, names: [name] } : { ...rest, name }),
  encode: (what, value) => {
    if (what !== 'person') return value;
    const { names, ...rest } = value as { names: string[] };
    return { ...rest, name: names[0] };
  },
};
const three = new Map([
  [1, one],
  [2, two],
  [3, asItIs],
]);
const person = z.strictObject({ names: z.array(z.string()), age: z.number() });
const ada = { names: ['Ada King'], age: 36 };
const texts = [
  '{"first":"Ada","last":"King","age":36}',
  '{"v":1,"age":36,"first":"Ada","last":"King"}',
  '{"v":2,"age":36,"name":"Ada King"}',
  '{"v":3,"names":["Ada King"],"age":36}',
];

describe('a stored value', () => {
  it.each(texts)('is read in its newest form, whatever format it has: %s', (text) => {
    const stored = new Formats(three).read('person', text, person);
    expect(stored).toMatchObject({ kind: 'read', value: ada });
  });

  it.each([1, 2, 3])('is written in the format that is asked for: %i', (format) => {
    const formats = new Formats(three);
    formats.writes = format;
    expect(JSON.parse(formats.write('person', ada))).toEqual(JSON.parse(texts[format] ?? ''));
    expect(formats.write('place', { name: 'Rome' })).toBe(`{"v":${format},"name":"Rome"}`);
  });

  it('is written in the oldest format until it is known who reads, and never in one that is not ours', () => {
    const formats = new Formats(three);
    expect([formats.reads, formats.writes]).toEqual([{ min: 1, max: 3 }, 1]);
    formats.writes = 4;
    expect(formats.writes).toBe(3);
    formats.writes = 0;
    expect(formats.writes).toBe(1);
  });

  it('of a format that is not read is told from one that is damaged', () => {
    const formats = new Formats(three);
    const later = new Formats(new Map([...three].slice(1)));
    expect(formats.read('person', '{"v":4,"names":[]}', person)).toEqual({ kind: 'other', format: 4 });
    expect(later.read('person', texts[1], person)).toEqual({ kind: 'other', format: 1 });
  });

  it.each([
    'no JSON',
    'null',
    '[]',
    '7',
    '{"v":0}',
    '{"v":"3"}',
    '{"v":2}',
    '{"v":3,"names":"Ada","age":36}',
    undefined,
    null,
  ])('that is damaged is none: %s', (text) => {
    expect(new Formats(three).read('person', text, person)).toEqual({ kind: 'broken' });
  });

  it('that its own codec cannot make sense of is damaged', () => {
    const codec: FormatCodec = {
      ...asItIs,
      decode: (_, { at }) => ({ length: (at as string).length }),
    };
    const schema = z.object({ length: z.number() });
    expect(new Formats(new Map([[1, codec]])).read('x', '{"v":1}', schema)).toEqual({ kind: 'broken' });
  });
});
