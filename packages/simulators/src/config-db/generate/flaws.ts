/** Adds the irregularities that real databases have, each where the options ask for it. */
import { addSkill } from '../model/catalogue.ts';
import { addGroup, addMember, linkToQueue, setScript } from '../model/groups.ts';
import { addPerson, setLevel } from '../model/people.ts';
import { dnType, objectType, state } from '../model/rows.ts';
import { addDn } from '../model/telephony.ts';
import type { Flaw } from '../options.ts';
import { linkText } from './groups.ts';
import { drawFolder, type Workshop } from './plan.ts';
import { drawScript } from './scripts.ts';

const flawMakers: Readonly<Partial<Record<Flaw, (workshop: Workshop) => void>>> = {
  'case-conflicts': caseConflicts,
  'duplicate-email': duplicateEmail,
  'missing-email': missingEmail,
  'recreated-person': recreatedPerson,
  'trailing-blanks': trailingBlanks,
  'disabled-objects': disabledObjects,
  'missing-queue': missingQueue,
  'ambiguous-queue': ambiguousQueue,
  'high-levels': highLevels,
  'dangling-references': danglingReferences,
  'login-scripts': loginScripts,
  'broken-script': brokenScript,
};

/** After everything regular is there. */
export function addFlaws(workshop: Workshop): void {
  for (const flaw of workshop.plan.flaws) flawMakers[flaw]?.(workshop);
}

/** The later one loses: its queue, its levels and its members do not show. */
function caseConflicts(workshop: Workshop): void {
  const { centre, random, plan, skills, agents, sites } = workshop;
  const skill = addSkill(centre, {
    tenantDbid: plan.tenantDbid,
    name: skills[0]?.name.toUpperCase() ?? '',
    folder: drawFolder(workshop, workshop.skillFolders),
  });
  for (const agent of random.sample(agents, 3)) setLevel(centre, agent.dbid, skill.dbid, 2);
  const original = workshop.queues.find((queue) => (queue.dn.name ?? '') !== '' && !queue.aliasShared);
  if (original === undefined) return;
  const site = sites.find((candidate) => candidate === original.site) ?? original.site;
  const rival = addDn(centre, {
    switch: site.switch,
    type: dnType.virtualQueue,
    number: `699${centre.numbering.next('queue', site.switch.dbid)}`,
    alias: original.dn.name?.toUpperCase() ?? '',
    folder: drawFolder(workshop, site.folders),
  });
  const group = addGroup(centre, plan.tenantDbid, `Group of ${rival.name}`);
  for (const agent of random.sample(agents, 3)) addMember(centre, group.dbid, agent.dbid);
  linkToQueue(centre, group.dbid, `${rival.number_}@${site.switch.name}`);
}

function duplicateEmail(workshop: Workshop): void {
  const first = workshop.agents.find((agent) => agent.email_address !== null);
  addFlawedAgent(workshop, `twin-${first?.user_name}`, first?.email_address?.toUpperCase() ?? null);
}

function missingEmail(workshop: Workshop): void {
  addFlawedAgent(workshop, 'nomail', null);
}

/** The person that was deleted has left rows behind; the new one has its user name and its e-mail address. */
function recreatedPerson(workshop: Workshop): void {
  const { centre, random, agents, skills } = workshop;
  const agent = random.pick(agents);
  const gone = centre.store.nextDbid(objectType.person);
  const skill = random.pick(skills);
  centre.store.insert('cfg_skill_level', { person_dbid: gone, skill_dbid: skill.dbid, level_: 3 });
  const again = addFlawedAgent(workshop, 'again', `again.person@${centre.options.emailDomain}`);
  const group = [...centre.store.rows('cfg_agent_group')].find((row) => row.agent_dbid === agent.dbid);
  if (group === undefined) return;
  addMember(centre, group.group_dbid, gone);
  addMember(centre, group.group_dbid, again);
}

/** An agent with little else than a name; counts among the agents of the options. */
function addFlawedAgent(workshop: Workshop, userName: string, email: string | null): number {
  const { centre, plan, skills } = workshop;
  const person = addPerson(centre, {
    tenantDbid: plan.tenantDbid,
    firstName: 'Odd',
    lastName: userName,
    userName,
    employeeId: String(centre.numbering.next('employee')),
    email,
    isAgent: true,
    folder: workshop.personFolders.inside[0]?.dbid ?? 0,
  });
  setLevel(centre, person.dbid, skills[0]?.dbid ?? 0, 1);
  return person.dbid;
}

/** How many agents the flaws add, so that the regular ones can be as many fewer. */
export function agentsOfFlaws(flaws: ReadonlySet<Flaw>): number {
  const adding: readonly Flaw[] = ['duplicate-email', 'missing-email', 'recreated-person'];
  return adding.filter((flaw) => flaws.has(flaw)).length;
}

function trailingBlanks({ centre, random, skills, agents, queues }: Workshop): void {
  const skill = random.pick(skills);
  centre.store.update('cfg_skill', skill, { name: `${skill.name}  ` });
  for (const agent of random.sample(agents, 2))
    centre.store.update('cfg_person', agent, {
      first_name: `${agent.first_name} `,
      employee_id: `${agent.employee_id}  `,
      user_name: `${agent.user_name} `,
    });
  const queue = random.pick(queues);
  centre.store.update('cfg_dn', queue.dn, {
    number_: `${queue.dn.number_} `,
    name: queue.dn.name ? `${queue.dn.name}   ` : queue.dn.name,
  });
}

function disabledObjects(workshop: Workshop): void {
  const { centre, random, agents, skills, queues, plan } = workshop;
  for (const agent of random.sample(agents, Math.max(1, Math.round(agents.length / 50))))
    centre.store.update('cfg_person', agent, { state: state.disabled });
  centre.store.update('cfg_skill', skills.at(-1) ?? random.pick(skills), { state: state.disabled });
  const plainQueues = queues.filter((queue) => !queue.numberShared && !queue.aliasShared);
  centre.store.update('cfg_dn', (plainQueues.at(-1) ?? random.pick(queues)).dn, { state: state.disabled });
  const values = [...centre.store.rows('cfg_enumerator_value')].filter(
    (row) => row.tenant_dbid === plan.tenantDbid,
  );
  centre.store.update('cfg_enumerator_value', random.pick(values), { state: state.disabled });
  // A disabled group feeds nothing.
  const group = addGroup(centre, plan.tenantDbid, 'Closed Group');
  for (const agent of random.sample(agents, 3)) addMember(centre, group.dbid, agent.dbid);
  linkToQueue(centre, group.dbid, linkText(workshop, queues[0] ?? random.pick(queues)));
  centre.store.update('cfg_group', group, { state: state.disabled });
}

function missingQueue({ centre, plan, agents }: Workshop): void {
  const group = addGroup(centre, plan.tenantDbid, 'Group without its queue');
  addMember(centre, group.dbid, agents[0]?.dbid ?? 0);
  linkToQueue(centre, group.dbid, 'VQ_that_is_gone');
}

function ambiguousQueue({ centre, plan, agents, queues }: Workshop): void {
  const shared = queues.find((queue) => queue.numberShared);
  if (shared === undefined) return;
  const group = addGroup(centre, plan.tenantDbid, 'Group of two queues');
  addMember(centre, group.dbid, agents[1]?.dbid ?? 0);
  linkToQueue(centre, group.dbid, shared.dn.number_.trim());
}

function highLevels({ centre, random, agents, skills }: Workshop): void {
  for (const agent of random.sample(agents, 3))
    setLevel(centre, agent.dbid, random.pick(skills).dbid, centre.options.levelMax + random.int(1, 5));
}

function danglingReferences({ centre, random, agents, skills }: Workshop): void {
  const gonePerson = centre.store.nextDbid(objectType.person);
  const goneSkill = centre.store.nextDbid(objectType.skill);
  const goneGroup = centre.store.nextDbid(objectType.agentGroup);
  setLevel(centre, gonePerson, random.pick(skills).dbid, 1);
  setLevel(centre, random.pick(agents).dbid, goneSkill, 1);
  addMember(centre, goneGroup, random.pick(agents).dbid);
  for (const group of random.sample([...centre.store.rows('cfg_agent_group')], 2))
    addMember(centre, group.group_dbid, gonePerson);
}

/** Who is logged in is not in the database, so whoever satisfies the rest counts. */
function loginScripts(workshop: Workshop): void {
  const { centre, plan, random, queues, sites } = workshop;
  const group = addGroup(centre, plan.tenantDbid, 'Logged-in Group');
  setScript(centre, group.dbid, {
    is: 'and',
    of: [drawScript(workshop, 'short'), { is: 'loggedIn', at: random.pick(sites).switch.name }],
  });
  linkToQueue(centre, group.dbid, linkText(workshop, random.pick(queues)));
}

function brokenScript(workshop: Workshop): void {
  const { centre, plan, queues } = workshop;
  const group = addGroup(centre, plan.tenantDbid, 'Group with a broken script');
  setScript(centre, group.dbid, 'unreadable');
  linkToQueue(centre, group.dbid, linkText(workshop, queues[0] ?? workshop.random.pick(queues)));
}
