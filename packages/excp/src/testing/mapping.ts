/** The mapping that a production of scenarios supposes: every mapped agent and queue with an ID of its own. */
import { type IdMapContent, IdMap } from '@exec/common/id-map';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
  derivedUuid,
  type EmployeeId,
} from '@exec/common/ids';
import { type Production, wrapupCodes } from '@exec/simulators/scenarios';

export const skillNames = ['English', 'Deutsch'] as const;

export function mappingOf(production: Production): IdMap {
  const content: IdMapContent = {
    agents: production.agents
      .filter((agent) => agent.mapped)
      .map((agent, index) => ({
        employeeId: asId<EmployeeId>(agent.employeeId),
        dbid: asId<Dbid>(index + 1),
        userId: userIdOf(agent.employeeId),
        email: `${agent.employeeId}@example.com`,
        state: 'active' as const,
        supervisor: false,
        logins: [{ switch: agent.site, code: agent.loginCode }],
      })),
    queues: production.queues
      .filter((queue) => queue.mapped)
      .map((queue, index) => ({
        switch: queue.site,
        number: queue.number,
        dbid: asId<Dbid>(index + 1),
        queueId: queueIdOf(queue.number),
        name: queue.number,
      })),
    skills: skillNames.map((name, index) => ({
      name,
      dbid: asId<Dbid>(index + 1),
      id: asId<CloudSkillId>(derivedUuid('test-skill', name)),
    })),
    wrapupCodes: wrapupCodes.map((name, index) => ({
      name,
      dbid: asId<Dbid>(index + 1),
      id: codeIdOf(name),
    })),
    dns: production.agents.map((agent) => ({ switch: agent.site, number: agent.dn, type: 'Extension' as const })),
    sourceId: asId<CloudSourceId>(derivedUuid('test-source')),
  };
  return new IdMap(1, content);
}

export function userIdOf(employeeId: string): CloudUserId {
  return asId<CloudUserId>(derivedUuid('test-user', employeeId));
}

export function queueIdOf(number: string): CloudQueueId {
  return asId<CloudQueueId>(derivedUuid('test-queue', number));
}

export function codeIdOf(name: string): CloudWrapupCodeId {
  return asId<CloudWrapupCodeId>(derivedUuid('test-code', name));
}
