/** What tells of a person goes; what a fault is looked for by stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskNumber, maskPersons, maskPersonsInJson, withoutName, withoutPersons } from './persons.ts';

describe('the text of somebody else', () => {
  it.each([
    ['ani +15551234567 is not valid for jane.doe@example.com', 'ani +********567 is not valid for [e-mail]'],
    ['call from +49 (30) 1234-5678', 'call from +** (**) ****-*678'],
    ['dialled (030) 123 45 67.', 'dialled (***) *** *5 67.'],
    ['Unexpected token in "4930123456"', 'Unexpected token in "*******456"'],
    ['GET /x?ani=%2B4930123456&by=jane.doe%40example.com', 'GET /x?ani=%2B*******456&by=[e-mail]'],
    ['müller@exämple.de, a@b.co.uk', '[e-mail], [e-mail]'],
  ])('%s', (text, expected) => {
    expect(maskPersons(text)).toBe(expected);
  });

  it.each([
    ['a time', 'not before 2026-01-05T08:00:00.000Z, seen 2026-01-05 08:00:00'],
    ['an ID', 'conversation 6a3af858-942f-489d-9700-5f9bcdcdae9b of 00720282a1b2c3d4'],
    ['the ID of a call', 'V5N1QIUQ2P0LV2TIVRQ0GTLQVC000001'],
    ['the address of a machine', 'connect ECONNREFUSED 10.20.30.40:6379'],
    ['a DN at a switch', '8001@SIP_Switch'],
    ['a package in a stack', 'at node_modules/undici@7.10.0/lib/index.js:120:15'],
    ['short figures', '42 of 1000 in 123456 ms'],
  ])('keeps %s', (_, text) => {
    expect(maskPersons(text)).toBe(text);
  });

  it('never shows seven digits of a number in a row, wherever it stands between words', () => {
    const digits = fc.stringMatching(/^\+?[1-9]\d{6,14}$/);
    const before = fc.constantFrom(
      '',
      ' ',
      '"',
      'tel: ',
      '<sip:',
      '(',
      ', ',
      'ani=',
      'tel_',
      '%2B',
      '%2b',
      '%20',
    );
    const after = fc.constantFrom('', ' ', '"', ' is', '>', ')', ', ', '=', '_');
    fc.assert(
      fc.property(digits, before, after, (number, left, right) => {
        expect(maskPersons(`${left}${number}${right}`)).not.toMatch(/\d{4}/);
      }),
      { seed: 14 },
    );
  });

  it('takes as long for an odd text as for any other', () => {
    for (const part of ['(1-', '1 ', 'a@', 'a.', '+1(', '1.', '9', 'a1', 'a%40', '%40', '%2B1'])
      for (const mask of [maskPersons, withoutPersons])
        expect(mask(part.repeat(20_000))).toBeTypeOf('string');
  });

  it('keeps the figures of a JSON text, and masks its strings and names', () => {
    const text = '{"received":1764452343000,"ani":"+4930123456","tel 4930123456":["a@b.de"]}';
    expect(maskPersonsInJson(text)).toBe(
      '{"received":1764452343000,"ani":"+*******456","tel *******456":["[e-mail]"]}',
    );
    // Cut: no JSON any more.
    expect(maskPersonsInJson('{"ani":"+4930123456","dn')).toBe('{"ani":"+*******456","dn');
  });
});

it('what leaves the site keeps nothing of a number, nor of one that is written as in an address', () => {
  expect(withoutPersons('tel 30123, GET /x?ani=%2B4930123456&by=jane.doe%40example.com')).toBe(
    'tel [number], GET /x?ani=%2B[number]&by=[e-mail]',
  );
});

it('a number shows three digits, and is whole when it is one of the site', () => {
  expect(['+49 (30) 123456', 'sip:anna', '8001', ''].map(maskNumber)).toEqual([
    '+** (**) ***456',
    'sip:anna',
    '8001',
    '',
  ]);
});

it('a name goes with each of its words, and no other word with it', () => {
  expect(withoutName('User "Anna Meyer-Berger" exists; ANNA, Annabel', 'Anna Meyer-Berger')).toBe(
    'User "[name] [name]" exists; [name], Annabel',
  );
  expect(withoutName('a user exists', '')).toBe('a user exists');
  expect(withoutName('User Li Wu exists', 'Li Wu')).toBe('User Li Wu exists');
});
