/** The table itself, and the two files that change it. */
import { engageSeconds } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { type SituationKind, situationKinds } from './situation.ts';
import {
  defaultReasons,
  defaultTable,
  presenceNames,
  presenceOfReason,
  reasonMapSchema,
  routingStatuses,
  stateMapSchema,
  translate,
} from './table.ts';

describe('the table', () => {
  const translated = (kind: SituationKind, reason?: string) => {
    const situation = { kind, since: engageSeconds(1), ...(reason === undefined ? {} : { reason }) };
    const state = translate({ table: defaultTable, reasons: defaultReasons }, situation);
    return state === undefined ? 'unchanged' : `${state.presence}/${state.routingStatus}`;
  };

  it('has a row for each situation', () => {
    expect(Object.fromEntries(situationKinds.map((kind) => [kind, translated(kind)]))).toEqual({
      loggedOut: 'Offline/OffQueue',
      unknown: 'unchanged',
      notReady: 'Busy/OffQueue',
      ready: 'OnQueue/Idle',
      inboundCall: 'OnQueue/Interacting',
      otherCallReady: 'OnQueue/Communicating',
      otherCallNotReady: 'Busy/OffQueue',
      ringingReady: 'OnQueue/Interacting',
      ringingNotReady: 'unchanged',
      offHook: 'unchanged',
      afterCallWork: 'OnQueue/Interacting',
      ringNoAnswer: 'OnQueue/NotResponding',
    });
  });

  it.each([
    ['Break', 'Break'],
    [' MEAL ', 'Meal'],
    ['meeting', 'Meeting'],
    ['Training', 'Training'],
    ['Dentist', undefined],
    [undefined, undefined],
  ])('the reason %s means %s', (reason, presence) => {
    expect(presenceOfReason(defaultReasons, reason)).toBe(presence);
    const busy = presence ?? 'Busy';
    for (const kind of ['notReady', 'otherCallNotReady'] as const)
      expect(translated(kind, reason)).toBe(`${busy}/OffQueue`);
    // Whatever the reason, an agent who is ready is.
    expect(translated('ready', reason)).toBe('OnQueue/Idle');
  });

  it('takes every presence and routing status of the platform', () => {
    for (const presence of presenceNames)
      for (const routingStatus of routingStatuses) {
        const isPair = (presence === 'OnQueue') === (routingStatus !== 'OffQueue');
        const { success } = stateMapSchema.safeParse({ offHook: { presence, routingStatus } });
        expect([presence, routingStatus, success]).toEqual([presence, routingStatus, isPair]);
      }
    expect(stateMapSchema.parse({ ready: 'unchanged' }).ready).toBe('unchanged');
    const byReason = { presence: 'byReason', routingStatus: 'OffQueue' };
    expect(stateMapSchema.parse({ offHook: byReason }).offHook).toEqual(byReason);
  });
});

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
    expect(reasonMapSchema.parse({ [` ${'x'.repeat(255)} `]: 'Meal' }).get('x'.repeat(255))).toBe('Meal');
  });

  it('says what goes with what', () => {
    const { error } = stateMapSchema.safeParse({ ready: { presence: 'Busy', routingStatus: 'Idle' } });
    expect(JSON.stringify(error?.issues)).toContain(
      'On Queue goes with a routing status other than OffQueue',
    );
  });

  it.each([
    [{ Lunch: 'OnQueue' }],
    [{ Lunch: 'lunch' }],
    [{ '': 'Meal' }],
    [{ [`${'x'.repeat(256)}`]: 'Meal' }],
    [[]],
  ])('refuses %j', (content) => {
    expect(reasonMapSchema.safeParse(content).success).toBe(false);
  });
});
