/** Agent groups: listed members or a script, and the option that links a group to its queue. */
import type { ContactCentre } from '../contact-centre.ts';
import { type GroupRow, objectType, state } from './rows.ts';
import { type SkillExpression, scriptOf } from './skill-expression.ts';

/** `group_type` is the object type of the kind of group. */
export const groupType = { agent: 5, place: 6, dn: 17 } as const;

/** What the script of a group that cannot be read looks like. */
const UNREADABLE_SCRIPT = 'Skill("English" > 5 & (Skill("Billing") >= 2';

export function addGroup(
  centre: ContactCentre,
  tenantDbid: number,
  name: string,
  type: number = groupType.agent,
): GroupRow {
  const row: GroupRow = {
    dbid: centre.store.nextDbid(objectType.agentGroup),
    group_type: type,
    tenant_dbid: tenantDbid,
    name,
    state: state.enabled,
  };
  centre.store.insert('cfg_group', row);
  return row;
}

export function removeGroup(centre: ContactCentre, dbid: number): void {
  const { store } = centre;
  for (const row of [...store.rows('cfg_agent_group')])
    if (row.group_dbid === dbid) store.remove('cfg_agent_group', row);
  for (const row of [...store.rows('cfg_group_route_dn')])
    if (row.group_dbid === dbid) store.remove('cfg_group_route_dn', row);
  centre.annex.removeAll(objectType.agentGroup, dbid);
  store.remove('cfg_group', { dbid });
  centre.scripts.delete(dbid);
}

/** Harmless for a person who is a member already. */
export function addMember(centre: ContactCentre, group: number, person: number): void {
  const row = { group_dbid: group, agent_dbid: person };
  if (centre.store.find('cfg_agent_group', row) === undefined) centre.store.insert('cfg_agent_group', row);
}

export function linkToQueue(centre: ContactCentre, group: number, link: string): void {
  centre.annex.set(objectType.agentGroup, group, 'hybrid', 'WFM_queue_number', link);
}

export function unlink(centre: ContactCentre, group: number): void {
  centre.annex.remove(objectType.agentGroup, group, 'hybrid', 'WFM_queue_number');
}

export function linkOf(centre: ContactCentre, group: number): string | undefined {
  const link = centre.annex.get(objectType.agentGroup, group, 'hybrid', 'WFM_queue_number');
  return typeof link === 'string' ? link : undefined;
}

/** Makes the group virtual, or gives a virtual group another script. */
export function setScript(
  centre: ContactCentre,
  group: number,
  script: SkillExpression | 'unreadable',
): void {
  centre.scripts.set(group, script);
  const text = script === 'unreadable' ? UNREADABLE_SCRIPT : scriptOf(script);
  centre.annex.set(objectType.agentGroup, group, 'virtual', 'script', text);
}

/** Turns a virtual group back into one with listed members. */
export function dropScript(centre: ContactCentre, group: number): void {
  centre.scripts.delete(group);
  centre.annex.remove(objectType.agentGroup, group, 'virtual', 'script');
}
