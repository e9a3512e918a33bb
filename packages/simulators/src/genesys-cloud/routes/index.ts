/** All routes of the API, by operationId. */
import type { Injection } from '../events/injection.ts';
import type { CloudContext, Handlers } from '../http/handler.ts';
import { agentStateRoutes } from './agent-states.ts';
import { divisionRoutes } from './divisions.ts';
import { eventRoutes } from './events.ts';
import { externalIdRoutes } from './external-ids.ts';
import { grantRoutes } from './grants.ts';
import { organizationRoutes } from './organization.ts';
import { presenceRoutes } from './presence.ts';
import { presenceDefinitionRoutes } from './presence-definitions.ts';
import { queueMemberRoutes } from './queue-members.ts';
import { queueRoutes } from './queues.ts';
import { roleRoutes } from './roles.ts';
import { skillRoutes } from './skills.ts';
import { userSkillRoutes } from './user-skills.ts';
import { userRoutes } from './users.ts';
import { wrapupCodeRoutes } from './wrapup-codes.ts';

export function allRoutes(context: CloudContext, injection: Injection): Handlers {
  return {
    ...organizationRoutes(context),
    ...userRoutes(context),
    ...externalIdRoutes(context),
    ...userSkillRoutes(context),
    ...divisionRoutes(context),
    ...roleRoutes(context),
    ...grantRoutes(context),
    ...skillRoutes(context),
    ...queueRoutes(context),
    ...queueMemberRoutes(context),
    ...wrapupCodeRoutes(context),
    ...presenceRoutes(context),
    ...presenceDefinitionRoutes(context),
    ...agentStateRoutes(context),
    ...eventRoutes(context, injection),
  };
}
