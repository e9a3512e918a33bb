/** Builds the ID map for the other services: desired objects whose counterpart in the cloud is known. */
import type {
  AgentMapping,
  IdMapContent,
  QueueMapping,
  SkillMapping,
  WrapupCodeMapping,
} from '@exec/common/id-map';
import type { Desired } from '../desired/model.ts';
import type { Organization } from '../plan/organization.ts';

/**
 * A person that was deactivated stays, as inactive, until another one has its employee ID. An object that a
 * conflict freezes keeps the mapping it has.
 */
export function idMapContent(desired: Desired, known: Organization): IdMapContent {
  const agents: AgentMapping[] = [];
  const employees = new Set<string>();
  for (const user of desired.users.values()) {
    const link = known.users.get(user.dbid);
    if (link === undefined) continue;
    employees.add(user.employeeId);
    agents.push({
      employeeId: user.employeeId,
      dbid: user.dbid,
      userId: link.id,
      email: user.email,
      state: link.state === 'active' ? 'active' : 'inactive',
      supervisor: user.supervisor,
      logins: user.logins,
    });
  }
  for (const link of known.users.values()) {
    if (desired.users.has(link.dbid) || employees.has(link.employeeId)) continue;
    employees.add(link.employeeId);
    agents.push({
      employeeId: link.employeeId,
      dbid: link.dbid,
      userId: link.id,
      email: link.email,
      state: link.state === 'active' ? 'active' : 'inactive',
      supervisor: false,
      logins: [],
    });
  }
  const queues: QueueMapping[] = [];
  for (const queue of desired.queues.values()) {
    const link = known.queues.get(queue.dbid);
    if (link !== undefined)
      queues.push({
        switch: queue.switch,
        number: queue.number,
        dbid: queue.dbid,
        queueId: link.id,
        name: link.name,
      });
  }
  const skills: SkillMapping[] = [];
  for (const skill of desired.skills.values()) {
    const link = known.skills.get(skill.dbid);
    if (link !== undefined) skills.push({ name: skill.name, dbid: skill.dbid, id: link.id });
  }
  const wrapupCodes: WrapupCodeMapping[] = [];
  for (const code of desired.wrapupCodes.values()) {
    const link = known.wrapupCodes.get(code.dbid);
    if (link !== undefined)
      wrapupCodes.push({
        name: code.systemName,
        ...(code.displayName === undefined ? {} : { displayName: code.displayName }),
        dbid: code.dbid,
        id: link.id,
      });
  }
  return {
    agents,
    queues,
    skills,
    wrapupCodes,
    dns: desired.dns,
    ...(known.source === undefined ? {} : { sourceId: known.source.id }),
  };
}
