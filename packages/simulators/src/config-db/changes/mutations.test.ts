/** Changes are repeatable, reach every kind, and do what their names say. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../random.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { expectation } from '../expectation/expectation.ts';
import { generateContactCentre } from '../generate/generate.ts';
import { tableNames } from '../model/rows.ts';
import { flaws } from '../options.ts';
import { applyMutation } from './apply.ts';
import { drawableKinds, drawMutation, mutations } from './mutations.ts';

function centreOf(agents = 40): ContactCentre {
  return generateContactCentre({ seed: 21, agents, flaws });
}

describe('drawn changes', () => {
  it('are the same for the same seed', () => {
    const run = () => {
      const changes = mutations(centreOf(), { seed: 4 });
      return Array.from({ length: 60 }, () => changes.next().value.mutation);
    };
    expect(run()).toEqual(run());
  });

  it('reach every kind, and the contact centre stays usable', () => {
    const centre = centreOf(60);
    const changes = mutations(centre, { seed: 9 });
    const seen = new Set<string>();
    for (let count = 0; count < 2_000; count++) {
      const { mutation } = changes.next().value;
      seen.add(mutation.kind);
      if (count % 100 === 0) expect(expectation(centre).counts.users).toBeGreaterThan(0);
    }
    expect([...seen].sort()).toEqual([...drawableKinds].sort());
  });

  it('can be limited to some kinds', () => {
    const changes = mutations(centreOf(), { seed: 9, kinds: ['person.hire', 'person.leave'] });
    const seen = new Set(Array.from({ length: 40 }, () => changes.next().value.mutation.kind));
    expect([...seen].sort()).toEqual(['person.hire', 'person.leave']);
  });

  it('say so when nothing of the kind is possible', () => {
    const centre = generateContactCentre({ seed: 21, agents: 20, flaws: [] });
    expect(() => drawMutation(centre, new Random(1), ['person.enable'])).toThrow('nothing can be changed');
  });

  it.each(drawableKinds)('%s changes rows of the main tenant only', (kind) => {
    const centre = centreOf();
    // What there is to enable or to unlink must have been disabled or linked before.
    const changes = mutations(centre, { seed: 2 });
    for (let count = 0; count < 150; count++) changes.next();
    const other = JSON.stringify(expectation(centre, { tenantDbid: centre.otherTenantDbid }));
    const statements = applyMutation(centre, drawMutation(centre, new Random(6), [kind]));
    expect(JSON.stringify(expectation(centre, { tenantDbid: centre.otherTenantDbid }))).toBe(other);
    const idempotent = ['person.demote', 'group.add-member', 'group.link', 'person.promote'];
    if (!idempotent.includes(kind)) expect(statements.length).toBeGreaterThan(0);
  });
});

describe('named changes', () => {
  it('re-creating a person gives the same person under a new number, without skills and groups', () => {
    const centre = generateContactCentre({ seed: 21, agents: 40, flaws: [] });
    const before = expectation(centre).users[3];
    applyMutation(centre, { kind: 'person.re-create', person: before?.dbid ?? 0 });
    const after = expectation(centre).users.find((user) => user.employeeId === before?.employeeId);
    expect(after?.dbid).not.toBe(before?.dbid);
    expect(after).toMatchObject({ email: before?.email, name: before?.name, skills: [] });
    expect(after?.logins).not.toEqual(before?.logins);
  });

  it('a person who leaves takes skills, groups, annex and place in the folder along', () => {
    const centre = generateContactCentre({ seed: 21, agents: 40, flaws: [] });
    const person = expectation(centre).users[0]?.dbid ?? 0;
    const statements = applyMutation(centre, { kind: 'person.leave', person });
    expect(statements.at(-1)).toEqual({ kind: 'delete', table: 'cfg_person', key: { dbid: person } });
    const left = tableNames.flatMap((table) =>
      table === 'cfg_dn' || table === 'cfg_agent_login' ? [] : [...centre.store.rows(table)],
    );
    const traces = left.filter((row) => {
      const found = row as unknown as Record<string, unknown>;
      const byType = found.object_type === 3 && found.object_dbid === person;
      return byType || found.person_dbid === person || found.agent_dbid === person;
    });
    expect(traces).toEqual([]);
  });

  it('the settings of the connector can be written and changed', () => {
    const centre = generateContactCentre({ seed: 21, agents: 20, flaws: [] });
    const set = (clientSecret: string) =>
      applyMutation(centre, {
        kind: 'integration.set',
        tenant: centre.tenantDbid,
        integration: {
          organizationId: 'o',
          baseServiceUrl: 'https://api.mypurecloud.com',
          clients: { config_sync: { clientId: 'c', clientSecret } },
        },
      });
    expect(set('first').some((statement) => statement.table === 'cfg_transaction')).toBe(true);
    const changed = set('second');
    expect(changed.some((statement) => statement.table === 'cfg_transaction')).toBe(false);
    expect(JSON.stringify(changed)).toContain('second');
    const transaction = [...centre.store.rows('cfg_transaction')].find(
      (row) => row.name === 'hybrid_integration' && row.tenant_dbid === centre.tenantDbid,
    );
    expect(centre.annex.get(16, transaction?.dbid ?? 0, 'config_sync', 'client_secret')).toBe('second');
  });

  it('refuse objects that do not exist', () => {
    const centre = centreOf();
    expect(() => applyMutation(centre, { kind: 'person.leave', person: 99_999 })).toThrow('no person 99999');
    expect(() => applyMutation(centre, { kind: 'queue.disable', queue: 99_999 })).toThrow('no row');
  });
});
