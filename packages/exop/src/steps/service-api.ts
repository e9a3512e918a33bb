/** The REST interface of a deployed service, asked from its VM with the token that EXOP keeps. */

import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { firstApiToken, type ServiceName } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import { RestClient, silent } from '@exec/common/operate';
import type { Deployment } from '../config/deployment.ts';
import type { KeptSecrets } from '../config/state-file.ts';
import { askOf } from '../ssh/onward.ts';
import { serviceAt, type Vm } from '../ssh/vm.ts';
import { closeAll, connectAll } from './fleet.ts';

/** A plan for thousands of agents takes its time through SSH. */
const LIMIT_MS = 60_000;

/** A service as it is asked from its VM. */
export function apiAt(vm: Vm, kept: KeptSecrets): RestClient {
  const token = operatorToken(vm, kept);
  return new RestClient({
    name: vm.name,
    // Stands in the log of the service, beside what was done.
    requestId: () => `exop-${caller()}-${randomUUID()}`,
    carry: (request) => askOf(vm.session, { ...serviceAt(vm), ...request, token, limitMs: LIMIT_MS }),
  });
}

/**
 * Asks the first instance of a service that answers; instances of one service know the same.
 *
 * @throws ExecError exop.service-silent that names every instance and why it could not be asked
 */
export async function withService<T>(
  deployment: Deployment,
  kept: KeptSecrets,
  service: ServiceName,
  does: (api: RestClient) => Promise<T>,
): Promise<T> {
  const members = await connectAll(
    deployment,
    deployment.instances.filter((one) => one.service === service),
  );
  try {
    const problems: string[] = [];
    for (const { settings, vm, problem: unreached } of members) {
      if (vm === undefined) problems.push(`${settings.name}: ${unreached}`);
      else
        try {
          return await does(apiAt(vm, kept));
        } catch (error) {
          if (!(error instanceof ExecError) || error.code !== 'exop.service-silent') throw error;
          problems.push(error.message);
        }
    }
    throw silent(problems.length === 0 ? `${service} is not part of this deployment` : problems.join('\n'));
  } finally {
    closeAll(members);
  }
}

/** The first of the tokens of the service; one may have a name in front, `name=token`. */
export function operatorToken(vm: Vm, kept: KeptSecrets): string {
  const given = vm.settings.files.get('API_TOKEN') ?? kept.apiToken;
  return firstApiToken(given).reveal();
}

/** The person at the bootstrap VM, as far as a request ID can carry the name. */
function caller(): string {
  try {
    return (
      userInfo()
        .username.replaceAll(/[^A-Za-z0-9._-]/g, '')
        .slice(0, 32) || 'unknown'
    );
  } catch {
    return 'unknown';
  }
}
