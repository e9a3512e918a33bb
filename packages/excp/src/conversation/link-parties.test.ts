/** An outside party that only stands for the half of its call on another site has no leg: which one that is. */
import { describe, expect, it } from 'vitest';
import type { PartyAdded } from '../events/engage-events.ts';
import { added, adds, customer, party, played, reported } from '../testing/parties.ts';
import { callOf, home, second } from '../testing/parts.ts';
import type { Call } from './state.ts';

type World = NonNullable<Parameters<typeof played>[1]>;
const half = (o: Partial<Call> = {}) => callOf({ key: 'x/half', site: 'x', links: ['L'], ...o });
const earlier = half({ at: second(1) });
const later = half({ at: second(9) });
/** The call began at second 5. */
const call: Partial<Call> = { links: ['K', 'L'], at: second(5) };
const nobody: World = { parties: [], legs: [], more: { published: false } };
const joins = (o: World, input: Partial<PartyAdded> = {}) =>
  played(adds(added('N', { type: 'External', ...input })), { call, ...o });

describe('an outside party', () => {
  const known: World = { parties: [], legs: [customer] };

  it.each<[string, World, Partial<PartyAdded>, boolean]>([
    ['of the half that came later stands for the caller', { ...nobody, others: [earlier] }, {}, true],
    [
      'of the half that came at the same time does',
      { ...nobody, others: [half({ at: second(5) })] },
      {},
      true,
    ],
    ['of the half that came first is the caller', { ...nobody, others: [later] }, {}, false],
    [
      'of the half that came first, beside the caller, stands for the other half',
      { ...known, others: [later] },
      {},
      true,
    ],
    [
      'of the half that came first and went out stands for the other half',
      { ...nobody, others: [later], call: { ...call, type: 'Outbound' } },
      {},
      true,
    ],
    [
      'of the half that came first, within a site, stands for the other half',
      { ...nobody, others: [later], call: { ...call, type: 'Internal' } },
      {},
      true,
    ],
    [
      'is a number where another one stands for the half',
      { ...known, parties: [party('L', { link: true })], others: [earlier] },
      {},
      false,
    ],
    ['is a number where the call has no other half', known, {}, false],
    ['is a number where the links are others', { ...known, others: [half({ links: ['M'] })] }, {}, false],
    [
      'is a number where the other call is of its own site',
      { ...known, others: [half({ site: 'site' })] },
      {},
      false,
    ],
    ['inside stands for nobody', { ...known, others: [earlier] }, { type: 'Extension' }, false],
  ])('%s', (_, o, input, stands) => {
    const draft = joins(o, input);
    expect(draft.call(home)?.parties.at(-1)?.link === true).toBe(stands);
    expect(reported(draft)).toEqual(stands ? [] : ['p:N established']);
  });
});

describe('the customer', () => {
  const kindOf = (o: World) => joins(o).leg('p:N')?.kind;

  it.each<[string, World, string]>([
    ['is the first from outside', nobody, 'external'],
    [
      'is the first from outside, beside an agent',
      { ...nobody, legs: [{ ...customer, kind: 'user' }] },
      'external',
    ],
    ['of an outbound call is the first from outside', { ...nobody, call: { type: 'Outbound' } }, 'external'],
    ['is there already', { parties: [], legs: [customer] }, 'phone'],
    ['was there already', { ...nobody, legs: [{ ...customer, endedAt: second(3) }] }, 'phone'],
    ['is nobody of an internal call', { ...nobody, call: { type: 'Internal' } }, 'phone'],
    ['is nobody of a consultation', { ...nobody, call: { type: 'Consult' } }, 'phone'],
    ['is nobody of a call that consults', { ...nobody, call: { consultOf: 'site/main' } }, 'phone'],
  ])('%s', (_, o, wanted) => {
    expect(kindOf(o)).toBe(wanted);
  });
});
