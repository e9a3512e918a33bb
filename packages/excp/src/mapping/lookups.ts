/** The look-ups of the model, answered from one version of the mapping. */
import type { IdMap } from '@exec/common/id-map';
import type { MappingLookups } from '../conversation/step-context.ts';

export function lookupsOf(map: IdMap): MappingLookups {
  return {
    userOfLogin(site, code) {
      const agent = map.login(site, code);
      return agent?.state === 'active' ? agent.userId : undefined;
    },
    userOfEmployee(employeeId) {
      const agent = map.agent(employeeId);
      return agent?.state === 'active' ? agent.userId : undefined;
    },
    queue: (site, number) => map.queue(site, number)?.queueId,
    skills: (names) => [
      ...new Set(names.map((name) => map.skill(name)?.id).filter((id) => id !== undefined)),
    ],
    wrapupCode: (name) => map.wrapupCode(name)?.id,
  };
}
