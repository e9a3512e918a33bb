import { describe, expect, it } from 'vitest';
import { situationKinds } from './situation.ts';
import { defaultTable, reasonMapSchema, stateMapSchema } from './table.ts';

describe('STATE_MAP_FILE', () => {
  it('changes the rows it names and leaves the others', () => {
    const table = stateMapSchema.parse({ afterCallWork: { presence: 'Busy', routingStatus: 'OffQueue' } });
    expect(table.afterCallWork).toEqual({ presence: 'Busy', routingStatus: 'OffQueue' });
    expect(table.ready).toEqual(defaultTable.ready);
    expect(Object.keys(table).sort()).toEqual([...situationKinds].sort());
  });

  it.each([
    [{ nosuchrow: 'unchanged' }],
    [{ ready: { presence: 'OnQueue', routingStatus: 'OffQueue' } }],
    [{ ready: { presence: 'Busy', routingStatus: 'Idle' } }],
    [{ ready: { presence: 'Lunch', routingStatus: 'OffQueue' } }],
    [{ ready: { presence: 'Busy', routingStatus: 'OffQueue', colour: 'red' } }],
  ])('refuses %j', (content) => {
    expect(stateMapSchema.safeParse(content).success).toBe(false);
  });
});

describe('REASON_MAP_FILE', () => {
  it('adds names of the site in any case', () => {
    const reasons = reasonMapSchema.parse({ Lunch: 'Meal', BREAK: 'Away' });
    expect(reasons.get('lunch')).toBe('Meal');
    expect(reasons.get('break')).toBe('Away');
    expect(reasons.get('training')).toBe('Training');
  });

  it.each([[{ Lunch: 'OnQueue' }], [{ Lunch: 'lunch' }], [{ '': 'Meal' }], [[]]])('refuses %j', (content) => {
    expect(reasonMapSchema.safeParse(content).success).toBe(false);
  });
});
