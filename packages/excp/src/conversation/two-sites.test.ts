/** Which party only stands for the half of its call on another site. */
import { describe, expect, it } from 'vitest';
import { added, adds, party, played } from '../testing/parties.ts';
import { callOf, home, said, second } from '../testing/parts.ts';

describe('a party of a call on two sites', () => {
  const linked = { links: ['L'] };
  const half = (at: number) => [callOf({ key: 'other/x', site: 'other', links: ['L'], at: second(at) })];
  const outside = added('N', { type: 'External' });
  const empty = { parties: [], legs: [], more: { published: false } };

  it.each<[string, Parameters<typeof played>[1], boolean]>([
    [
      'from outside stands for the earlier half',
      { ...empty, call: { ...linked, at: second(3) }, others: half(2) },
      true,
    ],
    [
      'from outside stands for a half of the same time',
      { ...empty, call: { ...linked, at: second(3) }, others: half(3) },
      true,
    ],
    ['from outside is the customer of the earlier half', { ...empty, call: linked, others: half(2) }, false],
    ['from outside, second, stands for the later half', { call: linked, others: half(2) }, true],
    [
      'from outside stands for the later half of an outbound call',
      { ...empty, call: { ...linked, type: 'Outbound' }, others: half(2) },
      true,
    ],
    [
      'from outside is a number where one stands for it already',
      {
        ...{ parties: [party('K', { link: true })], call: { ...linked, at: second(3) }, others: half(2) },
      },
      false,
    ],
    ['from outside is a number where nothing is linked', { call: { ...linked, at: second(3) } }, false],
  ])('%s', (_what, o, stands) => {
    const draft = played(adds(outside), o);
    expect(draft.call(home)?.parties.at(-1)?.link).toBe(stands ? true : undefined);
    expect(said(draft.changes)).toEqual(stands ? [] : ['p:N established']);
  });
});
