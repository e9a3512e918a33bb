/** Makes agent groups: teams, groups that feed a queue by a list of members, and groups that do so by a script. */
import { addGroup, addMember, groupType, linkToQueue, setScript } from '../model/groups.ts';
import type { PersonRow } from '../model/rows.ts';
import { type SkillExpression, satisfies } from '../model/skill-expression.ts';
import type { QueueAtSite, Workshop } from './plan.ts';
import { drawScript } from './scripts.ts';

const TEAM_SIZE = 15;
/** A queue has at most so many times the members it would have if all agents had one queue. */
const CROWD = 4;

export function makeGroups(workshop: Workshop): void {
  makeTeams(workshop);
  const { centre, random, plan, queues } = workshop;
  const levels = levelsBySkillName(workshop);
  for (const [index, queue] of queues.entries()) {
    // Some queues have nobody, some are fed by two groups.
    if (index > 4 && random.chance(0.08)) continue;
    const groups = index === 0 || random.chance(0.15) ? 2 : 1;
    for (let count = 0; count < groups; count++) {
      const name = `${queue.dn.name || queue.dn.number_} Group ${centre.numbering.next('group')}`;
      const group = addGroup(centre, plan.tenantDbid, name);
      if ((index + count) % 2 === 0) fillStatic(workshop, group.dbid);
      else setScript(centre, group.dbid, drawModestScript(workshop, levels, index));
      linkToQueue(centre, group.dbid, linkText(workshop, queue));
      if (random.chance(0.5))
        centre.store.insert('cfg_group_route_dn', { group_dbid: group.dbid, dn_dbid: queue.dn.dbid });
    }
  }
}

/** Groups without a queue: they must not show. Other kinds of groups share the table. */
function makeTeams({ centre, plan, agents }: Workshop): void {
  for (let start = 0; start < agents.length; start += TEAM_SIZE) {
    const members = agents.slice(start, start + TEAM_SIZE);
    const group = addGroup(centre, plan.tenantDbid, `Team ${members[0]?.last_name} ${start / TEAM_SIZE + 1}`);
    for (const member of members) addMember(centre, group.dbid, member.dbid);
  }
  addGroup(centre, plan.tenantDbid, 'Meeting rooms', groupType.place);
  addGroup(centre, plan.tenantDbid, 'Entry points', groupType.dn);
}

function fillStatic({ centre, random, agents, queues }: Workshop, group: number): void {
  const usual = agents.length / queues.length;
  const size = Math.max(3, Math.round(usual * (0.5 + random.next() * 1.5)));
  for (const agent of random.sample(agents, size)) addMember(centre, group, agent.dbid);
}

/** A link that fits this queue only: its number, its alias, or the number with the switch. */
export function linkText({ random }: Workshop, { dn, site, numberShared, aliasShared }: QueueAtSite): string {
  const ways = [`${dn.number_.trim()}@${site.switch.name}`];
  if (!numberShared) ways.push(dn.number_.trim());
  const alias = dn.name?.trim() ?? '';
  if (alias !== '' && !aliasShared) ways.push(alias);
  return random.pick(ways);
}

/** Of some drawn scripts the first that gives a queue neither nobody nor half of the house. */
function drawModestScript(workshop: Workshop, levels: LevelsBySkillName, index: number): SkillExpression {
  const { agents, queues } = workshop;
  const most = Math.max(10, (agents.length / queues.length) * CROWD);
  let smallest: { script: SkillExpression; members: number } | undefined;
  for (let attempt = 0; attempt < 12; attempt++) {
    // Every tenth queue has a long one, the first one always.
    const script = drawScript(workshop, index % 10 === 0 ? 'long' : 'short');
    const members = agents.filter(
      (agent) => satisfies(script, (skill) => levels.get(agent.dbid)?.get(skill)) !== false,
    );
    if (members.length > 0 && members.length <= most) return script;
    if (smallest === undefined || members.length < smallest.members)
      smallest = { script, members: members.length };
  }
  if (smallest === undefined) throw new Error('no script was drawn');
  return smallest.script;
}

export type LevelsBySkillName = ReadonlyMap<PersonRow['dbid'], ReadonlyMap<string, number>>;

function levelsBySkillName({ centre, skills }: Workshop): LevelsBySkillName {
  const names = new Map(skills.map((skill) => [skill.dbid, skill.name]));
  const levels = new Map<number, Map<string, number>>();
  for (const row of centre.store.rows('cfg_skill_level')) {
    const name = names.get(row.skill_dbid);
    if (name === undefined) continue;
    const ofPerson = levels.get(row.person_dbid);
    if (ofPerson === undefined) levels.set(row.person_dbid, new Map([[name, row.level_]]));
    else ofPerson.set(name, row.level_);
  }
  return levels;
}
