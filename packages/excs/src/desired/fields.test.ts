/** Tables of fields: what is wanted, what differs, how it is shown and stored. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FieldTable } from './fields.ts';

const table = new FieldTable({
  name: {
    label: 'name',
    of: (source: { readonly first: string }, rules: { readonly last: string }) =>
      `${source.first} ${rules.last}`,
  },
  email: {
    label: 'e-mail address',
    of: () => '',
    isSame: (a, b) => a.toLowerCase() === b.toLowerCase(),
    show: (email) => `<${email}>`,
  },
  title: { label: 'title', of: () => 'Dr', addedLater: true },
});
const values = { name: 'Ada', email: 'ada@example.com', title: '' };

describe('a table of fields', () => {
  it('says what Engage calls for', () => {
    expect(table.wanted({ first: 'Ada' }, { last: 'Byron' })).toEqual({
      name: 'Ada Byron',
      email: '',
      title: 'Dr',
    });
  });

  it('takes the fields out of what has more', () => {
    expect(table.pick({ ...values, ...{ id: 'u1' } })).toEqual(values);
  });

  it('takes what the cloud does not show as empty, or as what was written', () => {
    expect(table.shown({ name: 'Ada', title: null })).toEqual({ name: 'Ada', email: '', title: '' });
    expect(table.shown({ name: 'Ada' }, { ...values, name: 'x' })).toEqual(values);
  });

  it.each<[string, Partial<typeof values>, readonly string[], string]>([
    ['one field', { name: 'Eva' }, ['name'], 'the name differs'],
    ['two', { name: 'Eva', title: 'Dr' }, ['name', 'title'], 'name and title differ'],
    [
      'all',
      { name: 'Eva', email: 'x', title: 'Dr' },
      ['name', 'email', 'title'],
      'name, e-mail address and title differ',
    ],
  ])('names what differs: %s', (_what, other, names, reason) => {
    const wanted = { ...values, ...other };
    expect(table.differing(wanted, values)).toEqual(names);
    expect(table.change(wanted, values)).toEqual(other);
    expect(table.explain(wanted, values)).toBe(reason);
    expect(table.isEqual(wanted, values)).toBe(false);
  });

  it('leaves alone what is one to the cloud, and still tells the texts apart', () => {
    const now = { ...values, email: 'ADA@example.com' };
    expect(table.differing(values, now)).toEqual([]);
    expect(table.change(values, now)).toBeUndefined();
    expect(table.isEqual(values, now)).toBe(false);
    expect(table.isEqual(values, { ...values })).toBe(true);
  });

  it('shows what is there in one line', () => {
    expect(table.show(values)).toBe('Ada <ada@example.com>');
    expect(table.show({ ...values, title: 'Dr' })).toBe('Ada <ada@example.com> Dr');
  });

  it('reads a record of a release that did not have a field, and refuses one that lost another', () => {
    const stored = z.object(table.storedSchemas());
    expect(stored.parse({ name: 'Ada', email: 'x' })).toEqual({ name: 'Ada', email: 'x', title: '' });
    expect(stored.safeParse({ name: 'Ada' }).success).toBe(false);
    expect(z.object(table.schemas()).safeParse({ name: 'Ada', email: 'x' }).success).toBe(false);
  });
});
