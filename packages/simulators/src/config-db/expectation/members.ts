/** Who is expected in which queue: the union over all groups that point at it. */
import { groupType, linkOf } from '../model/groups.ts';
import { type DnRow, state } from '../model/rows.ts';
import { satisfies } from '../model/skill-expression.ts';
import type { Case, ExpectedQueue, ExpectedUser } from './model.ts';
import { type ExpectedName, switchName } from './queues.ts';
import type { Eligible } from './scope.ts';

export function expectMembers(
  of: Case,
  scope: Eligible,
  queues: readonly ExpectedName[],
  users: readonly ExpectedUser[],
): ExpectedQueue[] {
  const mapped = new Set(users.map((user) => user.dbid));
  const members = new Map(queues.map((queue) => [queue.dbid, new Set<number>()]));
  const kept = new Set<number>();
  const chooser = new Chooser(of, scope);
  for (const group of of.centre.store.rows('cfg_group')) {
    const link = linkOf(of.centre, group.dbid)?.trim();
    const counts =
      group.tenant_dbid === of.tenantDbid &&
      group.group_type === groupType.agent &&
      group.state === state.enabled;
    if (!counts || !link) continue;
    const found = fitting(of, scope.queues, link);
    if (found.length > 1) of.conflicts.push({ reason: 'group.ambiguous-queue', dbid: group.dbid });
    const [queue] = found;
    if (queue === undefined && fitting(of, scope.allQueues, link).length === 0)
      of.conflicts.push({ reason: 'group.unknown-queue', dbid: group.dbid });
    const own = found.length === 1 ? members.get(queue?.dbid ?? 0) : undefined;
    if (own === undefined || queue === undefined) continue;
    const chosen = chooser.membersOf(group.dbid);
    if (chosen === 'unreadable') {
      of.conflicts.push({ reason: 'group.bad-script', dbid: group.dbid });
      kept.add(queue.dbid);
    } else for (const person of chosen) if (mapped.has(person)) own.add(person);
  }
  return queues.map((queue) => ({
    ...queue,
    members: [...(members.get(queue.dbid) ?? [])].sort((a, b) => a - b),
    keepsMembers: kept.has(queue.dbid),
  }));
}

/** Queues that the text means: by number, if none by alias, if none by `<number>@<switch>`. */
function fitting(of: Case, queues: readonly Readonly<DnRow>[], link: string): Readonly<DnRow>[] {
  const ways: ((row: Readonly<DnRow>) => string)[] = [
    (row) => row.number_.trim(),
    (row) => row.name?.trim() ?? '',
    (row) => `${row.number_.trim()}@${switchName(of, row)}`,
  ];
  for (const way of ways) {
    const found = queues.filter((row) => way(row) === link);
    if (found.length > 0) return found;
  }
  return [];
}

/** Knows the members of each group: those listed, or those whose skills satisfy the script. */
class Chooser {
  readonly #of: Case;
  readonly #listed = new Map<number, number[]>();
  readonly #agents: readonly { readonly dbid: number; readonly levels: ReadonlyMap<string, number> }[];

  constructor(of: Case, scope: Eligible) {
    this.#of = of;
    const { store } = of.centre;
    for (const { group_dbid, agent_dbid } of store.rows('cfg_agent_group')) {
      const listed = this.#listed.get(group_dbid) ?? [];
      listed.push(agent_dbid);
      this.#listed.set(group_dbid, listed);
    }
    const names = new Map<number, string>();
    for (const skill of store.rows('cfg_skill'))
      if (skill.tenant_dbid === of.tenantDbid && skill.state === state.enabled)
        names.set(skill.dbid, skill.name.trim());
    const levels = new Map(scope.allAgents.map((agent) => [agent.dbid, new Map<string, number>()]));
    for (const row of store.rows('cfg_skill_level')) {
      const name = names.get(row.skill_dbid);
      if (name !== undefined) levels.get(row.person_dbid)?.set(name, row.level_);
    }
    this.#agents = [...levels].map(([dbid, own]) => ({ dbid, levels: own }));
  }

  membersOf(group: number): readonly number[] | 'unreadable' {
    const script = this.#of.centre.scripts.get(group);
    if (script === undefined) return this.#listed.get(group) ?? [];
    if (script === 'unreadable') return 'unreadable';
    // What cannot be known counts: better a member too many than an empty queue.
    return this.#agents
      .filter((agent) => satisfies(script, (skill) => agent.levels.get(skill)) !== false)
      .map((agent) => agent.dbid);
  }
}
