/** How a plan looks. */
import { describe, expect, it } from 'vitest';
import { planText } from './plan-text.ts';
import type { OperationView, PlanView } from './plan-view.ts';

function operation(
  type: string,
  name: string,
  values: readonly [string | null, string | null] = [null, null],
  reason = 'new in Engage',
): OperationView {
  const [kind = '', what = ''] = type.split('.');
  const [before, after] = values;
  return { kind, operation: what, engage: { kind: 'person', dbid: 1001, name }, reason, before, after };
}

function plan(more: Partial<PlanView> = {}): PlanView {
  return {
    planId: 'abc',
    createdAt: '2026-01-05T08:00:00.000Z',
    drift: true,
    billableUsers: 1,
    waitingForSecondRead: 0,
    conflicts: [],
    operations: [
      operation('skill.create', 'English', [null, 'English']),
      operation('skill.adopt', 'German', ['german', 'German'], 'same name'),
      operation('user.create', 'Anna Berger', [null, 'Anna Berger <anna.berger@example.com> agent']),
      operation('user.deactivate', 'Carl Dorn', ['active', 'inactive'], 'gone from Engage'),
    ],
    ...more,
  };
}

const at = (width: number, more?: Partial<PlanView>, full?: boolean): string[] =>
  planText(plan(more), { width, ...(full !== undefined && { full }) }).split('\n');

describe('a plan', () => {
  it('is grouped by kind, each operation with its mark, and ends with the totals', () => {
    expect(at(160)).toEqual([
      'Plan abc of 2026-01-05T08:00:00.000Z, compared with Genesys Cloud',
      '',
      'skill: 1 to add, 1 to change, 0 to remove',
      '  + create  English (1001)  English [new in Engage]',
      '  ~ adopt   German (1001)   german -> German [same name]',
      '',
      'user: 1 to add, 0 to change, 1 to remove',
      '  + create      Anna Berger (1001)  Anna Berger <anna.berger@example.com> agent [new in Engage]',
      '  - deactivate  Carl Dorn (1001)    active -> inactive [gone from Engage]',
      '',
      'Plan: 2 to add, 1 to change, 1 to remove. 1 user would become billable.',
      '',
    ]);
  });

  it.each([60, 80, 160])('has no line wider than %i', (width) => {
    const long = 'x'.repeat(300);
    const lines = at(width, {
      operations: [
        operation('user.update', `A very long name ${long}`, [long, `${long} and words`], long),
        operation('queue-member.remove', 'Queue', ['Anna, Berta, Carla, '.repeat(30), null]),
      ],
      conflicts: [
        {
          reason: 'person.no-email',
          object: { kind: 'person', dbid: 1, name: 'A', path: long },
          detail: long,
        },
      ],
      stopped: `It exceeds the limit ${long}`,
      review: { detail: long },
    });
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });

  it('cuts long values unless all is asked for, and says so', () => {
    const names = Array.from({ length: 60 }, (_, index) => `Agent ${index}`).join(', ');
    const operations = [operation('queue-member.add', 'Sales', [null, names])];
    const cut = at(80, { operations });
    expect(cut.join(' ')).toContain('…');
    expect(cut).toContain('Long values are cut: --full shows them whole.');
    const full = at(80, { operations }, true);
    expect(full.join(' ')).toContain('Agent 59 [new');
    expect(full.join('\n')).not.toContain('--full');
  });

  it('of nothing says so', () => {
    expect(at(80, { operations: [] })).toContain('Plan: nothing to do.');
  });

  it('says what stands in its way and what it waits for, after the totals', () => {
    const lines = at(80, { waitingForSecondRead: 3, stopped: 'Too many.', review: { detail: 'The first.' } });
    expect(lines.slice(-6)).toEqual([
      '3 removals wait until a second complete read shows the same.',
      '',
      'STOPPED. Too many.',
      '',
      'WAITS. The first.',
      '',
    ]);
  });

  it('lets no name steer the terminal', () => {
    expect(
      at(80, { operations: [operation('user.create', '\x1b[2Jgone\n\u202eevil')] }).join('\n'),
    ).not.toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      /[\x1b\u202e]/,
    );
  });
});
