/** Entries of an ID map for tests. */
import { asId, type CloudQueueId, type CloudUserId, type Dbid, type EmployeeId } from '../ids.ts';
import type { AgentMapping, DnEntry, QueueMapping } from './content.ts';

export function agentMapping(dbid: number, changes: Partial<AgentMapping> = {}): AgentMapping {
  return {
    employeeId: asId<EmployeeId>(`E${dbid}`),
    dbid: asId<Dbid>(dbid),
    userId: asId<CloudUserId>(`user-${dbid}`),
    email: `agent.${dbid}@example.com`,
    state: 'active',
    supervisor: false,
    logins: [{ switch: 'sw1', code: String(dbid) }],
    ...changes,
  };
}

export function queueMapping(dbid: number, changes: Partial<QueueMapping> = {}): QueueMapping {
  return {
    switch: 'sw1',
    number: String(9000 + dbid),
    dbid: asId<Dbid>(dbid),
    queueId: asId<CloudQueueId>(`queue-${dbid}`),
    name: `Queue ${dbid}`,
    ...changes,
  };
}

export function dnEntry(switchName: string, number: string): DnEntry {
  return { switch: switchName, number, type: 'Extension' };
}
