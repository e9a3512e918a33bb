/** Makes skills and agents: names, levels, logins, telephones, supervisors. */
import { addSkill } from '../model/catalogue.ts';
import { giveLogin, hire } from '../model/hiring.ts';
import { addPerson, setRoles } from '../model/people.ts';
import { drawName, plain } from '../model/person-names.ts';
import { dnType, objectType } from '../model/rows.ts';
import { addDn } from '../model/telephony.ts';
import { drawFolder, type Workshop } from './plan.ts';
import { languages, lines, tiers } from './words.ts';

/** One supervisor for so many agents. */
const TEAM_SIZE = 15;

export function makeSkills(workshop: Workshop): void {
  const { plan, skills } = workshop;
  for (const name of skillNames(plan.skills))
    skills.push(
      addSkill(workshop.centre, {
        tenantDbid: plan.tenantDbid,
        name,
        folder: drawFolder(workshop, workshop.skillFolders),
      }),
    );
}

/** A third languages at most, then lines of business, then lines by tier, then by number. */
function skillNames(count: number): string[] {
  const names: string[] = [...languages.slice(0, Math.max(2, Math.ceil(count / 3))), ...lines];
  for (const tier of tiers) for (const line of lines) names.push(`${line}_${tier}`);
  for (let number = 1; names.length < count; number++) names.push(`Project_${number}`);
  return names.slice(0, count);
}

/** Fills the tenant up to the planned number of agents. */
export function makeAgents(workshop: Workshop, count: number): void {
  const { centre, random, plan, sites, agents } = workshop;
  for (let index = 0; index < count; index++) {
    const home = random.pick(sites);
    const name = drawName(random);
    const agent = hire(centre, {
      tenantDbid: plan.tenantDbid,
      firstName: name.first,
      lastName: name.last,
      home: home.switch,
      folder: drawFolder(workshop, workshop.personFolders),
      deskFolder: drawFolder(workshop, home.folders),
      levels: drawLevels(workshop),
      email: random.chance(0.03) ? 'user name' : 'field',
    });
    agents.push(agent);
    const other = random.pick(sites);
    if (other !== home && random.chance(0.15)) giveLogin(centre, agent, other.switch);
    if (index % TEAM_SIZE === 0) setRoles(centre, agent.dbid, ['Agent', 'Supervisor'], random.chance(0.5));
    else if (random.chance(0.05)) setRoles(centre, agent.dbid, ['Agent'], random.chance(0.5));
    if (random.chance(0.1))
      centre.annex.set(objectType.person, agent.dbid, 'interaction-workspace', 'login.voice', 'true');
    if (random.chance(0.05))
      addDn(centre, {
        switch: home.switch,
        type: dnType.acdPosition,
        number: String(centre.numbering.next('position', home.switch.dbid)),
        alias: null,
        folder: drawFolder(workshop, home.folders),
      });
  }
}

/** People who are no agents: they must not become users, not even with the mark of a supervisor. */
export function makeStaff(workshop: Workshop): void {
  const { centre, random, plan } = workshop;
  for (let index = 0; index < Math.ceil(plan.agents / 40); index++) {
    const { first, last } = drawName(random);
    const word = centre.numbering.word(`${plain(first)}.${plain(last)}`);
    const person = addPerson(centre, {
      tenantDbid: plan.tenantDbid,
      firstName: first,
      lastName: last,
      userName: `admin-${word}`,
      employeeId: `A${centre.numbering.next('employee')}`,
      email: `${word}@${centre.options.emailDomain}`,
      isAgent: false,
      folder: drawFolder(workshop, workshop.personFolders),
    });
    if (index === 0) setRoles(centre, person.dbid, ['Supervisor'], false);
  }
}

/** One or two languages and some lines of business. */
function drawLevels({ centre, random, skills }: Workshop): [number, number][] {
  const { skillsPerAgent, levelMax } = centre.options;
  const count = Math.max(1, Math.round(skillsPerAgent + (random.next() - 0.5) * skillsPerAgent));
  const tongues = skills.filter((skill) => (languages as readonly string[]).includes(skill.name));
  const spoken = random.sample(tongues, Math.min(count, random.chance(0.3) ? 2 : 1));
  const others = random.sample(skills, count).filter((skill) => !tongues.includes(skill));
  return [...spoken, ...others]
    .slice(0, count)
    .map((skill) => [skill.dbid, random.int(1, levelMax)] as [number, number]);
}
