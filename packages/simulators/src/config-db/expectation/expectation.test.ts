/** What is expected of a mapping, counted by hand and after single changes. */
import { describe, expect, it } from 'vitest';
import { applyMutation } from '../changes/apply.ts';
import type { ContactCentre } from '../contact-centre.ts';
import { generateContactCentre } from '../generate/generate.ts';
import { linkOf } from '../model/groups.ts';
import { dnType, flag } from '../model/rows.ts';
import { expectation } from './expectation.ts';

/** Without irregularities, so that every number can be counted by hand. */
function plainCentre(): ContactCentre {
  return generateContactCentre({ seed: 3, agents: 40, flaws: [] });
}

function reasons(centre: ContactCentre): string[] {
  return expectation(centre).conflicts.map((conflict) => conflict.reason);
}

describe('without irregularities', () => {
  const centre = plainCentre();
  const expected = expectation(centre);

  it('every agent is a user, every skill a skill, every virtual queue a queue', () => {
    expect(expected.conflicts).toEqual([]);
    expect(expected.counts.users).toBe(40);
    expect(expected.counts.skills).toBe(centre.options.skills);
    expect(expected.counts.queues).toBe(
      [...centre.store.rows('cfg_dn')].filter(
        (row) => row.tenant_dbid === centre.tenantDbid && row.type === dnType.virtualQueue,
      ).length,
    );
    expect(expected.counts.wrapupCodes).toBe(12);
  });

  it('one agent in fifteen is a supervisor, whichever way the role is written', () => {
    expect(expected.counts.supervisors).toBe(3);
  });

  it('every level of an agent is a proficiency', () => {
    const agents = new Set(expected.users.map((user) => user.dbid));
    const rows = [...centre.store.rows('cfg_skill_level')].filter((row) => agents.has(row.person_dbid));
    expect(expected.counts.userSkills).toBe(rows.length);
  });

  it('of two queues with one alias the later is called after its switch too', () => {
    const byAlias = expected.queues.filter((queue) => queue.name.includes('@'));
    expect(byAlias).toHaveLength(1);
    expect(byAlias[0]?.name).toBe(`${byAlias[0]?.name.split('@')[0]}@${byAlias[0]?.switch}`);
  });

  it('the second tenant shows on its own only', () => {
    const other = expectation(centre, { tenantDbid: centre.otherTenantDbid });
    expect(other.counts.users).toBe(5);
    const mine = new Set(expected.users.map((user) => user.dbid));
    expect(other.users.some((user) => mine.has(user.dbid))).toBe(false);
  });

  it('the folder leaves out what lies elsewhere, also in a folder of the same name that is not at the root', () => {
    const inFolder = expectation(centre, { folder: centre.options.folder });
    expect(inFolder.counts.users).toBeGreaterThan(25);
    expect(inFolder.counts.users).toBeLessThan(40);
    expect(expectation(centre, { folder: 'Inbound' }).counts.users).toBe(0);
    expect(expectation(centre, { folder: 'Archive' }).counts.users).toBeLessThan(
      40 - inFolder.counts.users + 1,
    );
  });

  it('further types of numbers become queues when asked for', () => {
    const more = expectation(centre, { dnTypes: [dnType.virtualQueue, dnType.routingPoint] });
    expect(more.counts.queues).toBeGreaterThan(expected.counts.queues);
  });

  it('telephones of every switch with a queue are known', () => {
    const extensions = [...centre.store.rows('cfg_dn')].filter(
      (row) => row.tenant_dbid === centre.tenantDbid && row.type === dnType.extension,
    );
    expect(expected.numbers.filter((number) => number.type === 'Extension')).toHaveLength(extensions.length);
  });

  it('a database without the assumed names yields users by user name only, and no wrap-up codes', () => {
    const minimal = expectation(centre, { profile: 'minimal' });
    const addresses = [...centre.store.rows('cfg_person')].filter(
      (row) =>
        row.tenant_dbid === centre.tenantDbid && row.is_agent === flag.yes && row.user_name.includes('@'),
    );
    expect(minimal.counts.users).toBe(addresses.length);
    expect(minimal.counts.wrapupCodes).toBe(0);
    expect(expectation(centre, { profile: 'minimal', defaultEmailDomain: 'x.example' }).counts.users).toBe(
      40,
    );
  });
});

describe('after a change', () => {
  it('levels above the highest one count as the highest, and scales are honoured', () => {
    const centre = plainCentre();
    const [user] = expectation(centre).users;
    const person = user?.dbid ?? 0;
    const [level] = [...centre.store.rows('cfg_skill_level')].filter((row) => row.person_dbid === person);
    const skill = level?.skill_dbid ?? 0;
    const proficiency = (skillLevelMax: number) => {
      const name = centre.store.find('cfg_skill', { dbid: skill })?.name;
      return expectation(centre, { skillLevelMax }).users[0]?.skills.find((own) => own.name === name)
        ?.proficiency;
    };
    applyMutation(centre, { kind: 'person.set-level', person, skill, level: 8 });
    expect(proficiency(5)).toBe(5);
    expect(proficiency(10)).toBe(4);
    applyMutation(centre, { kind: 'person.set-level', person, skill, level: 1 });
    expect(proficiency(3)).toBe(1.7);
  });

  it('two persons with one address are one user and one conflict', () => {
    const centre = plainCentre();
    const [first, second] = expectation(centre).users;
    applyMutation(centre, {
      kind: 'person.change-email',
      person: second?.dbid ?? 0,
      email: first?.email.toUpperCase() ?? '',
    });
    const expected = expectation(centre);
    expect(expected.counts.users).toBe(39);
    expect(expected.conflicts).toEqual([{ reason: 'person.duplicate-email', dbid: second?.dbid }]);
  });

  it('a queue that is deleted leaves its groups without one', () => {
    const centre = plainCentre();
    const linked = [...centre.store.rows('cfg_group')].find((row) =>
      (linkOf(centre, row.dbid) ?? '').includes('@'),
    );
    const link = linkOf(centre, linked?.dbid ?? 0);
    const queue = expectation(centre).queues.find((known) => `${known.number}@${known.switch}` === link);
    expect(queue).toBeDefined();
    applyMutation(centre, { kind: 'queue.delete', queue: queue?.dbid ?? 0 });
    expect(reasons(centre)).toContain('group.unknown-queue');
  });

  it('a group whose script cannot be read keeps the members of its queue', () => {
    const centre = plainCentre();
    const [group] = [...centre.scripts.keys()];
    applyMutation(centre, { kind: 'group.set-script', group: group ?? 0, script: 'unreadable' });
    expect(reasons(centre)).toEqual(['group.bad-script']);
    expect(expectation(centre).queues.filter((queue) => queue.keepsMembers)).toHaveLength(1);
  });

  it('a skill that is gone satisfies no script', () => {
    const centre = plainCentre();
    const queue = expectation(centre).queues[0];
    const [skill] = expectation(centre).skills;
    const members = expectation(centre).users.slice(0, 2);
    applyMutation(centre, {
      kind: 'group.create',
      tenant: centre.tenantDbid,
      name: 'By script',
      link: `${queue?.number}@${queue?.switch}`,
      members: [],
    });
    const group = [...centre.store.rows('cfg_group')].at(-1)?.dbid ?? 0;
    applyMutation(centre, {
      kind: 'group.set-script',
      group,
      script: { is: 'exists', skill: skill?.name ?? '' },
    });
    for (const member of members)
      applyMutation(centre, {
        kind: 'person.set-level',
        person: member.dbid,
        skill: skill?.dbid ?? 0,
        level: 1,
      });
    const before = expectation(centre).queues[0]?.members ?? [];
    expect(before).toEqual(expect.arrayContaining(members.map((member) => member.dbid)));
    applyMutation(centre, { kind: 'skill.disable', skill: skill?.dbid ?? 0 });
    expect(expectation(centre).queues[0]?.members.length).toBeLessThan(before.length);
  });
});
