/** The mapping that a production of scenarios supposes: every mapped agent and queue with an ID of its own. */
import { IdMap, type IdMapContent } from '@exec/common/id-map';
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

/** IDs of the cloud's objects, by their Engage names. */
export interface CloudIds {
  user(employeeId: string): string;
  queue(number: string): string;
  skill(name: string): string;
  code(name: string): string;
  readonly source: string;
}

/** IDs for tests without a cloud. */
export const inventedIds: CloudIds = {
  user: (employeeId) => derivedUuid('test-user', employeeId),
  queue: (number) => derivedUuid('test-queue', number),
  skill: (name) => derivedUuid('test-skill', name),
  code: (name) => derivedUuid('test-code', name),
  source: derivedUuid('test-source'),
};

export function contentOf(production: Production, ids: CloudIds): IdMapContent {
  return {
    agents: production.agents
      .filter((agent) => agent.mapped)
      .map((agent, index) => ({
        employeeId: asId<EmployeeId>(agent.employeeId),
        dbid: asId<Dbid>(index + 1),
        userId: asId<CloudUserId>(ids.user(agent.employeeId)),
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
        queueId: asId<CloudQueueId>(ids.queue(queue.number)),
        name: queue.number,
      })),
    skills: skillNames.map((name, index) => ({
      name,
      dbid: asId<Dbid>(index + 1),
      id: asId<CloudSkillId>(ids.skill(name)),
    })),
    wrapupCodes: wrapupCodes.map((name, index) => ({
      name,
      dbid: asId<Dbid>(index + 1),
      id: asId<CloudWrapupCodeId>(ids.code(name)),
    })),
    dns: production.agents.map((agent) => ({
      switch: agent.site,
      number: agent.dn,
      type: 'Extension' as const,
    })),
    sourceId: asId<CloudSourceId>(ids.source),
  };
}

export function mappingOf(production: Production): IdMap {
  return new IdMap(1, contentOf(production, inventedIds));
}
