/** The users of Redis that the addresses in the `.env` name, as lines of an ACL file. */
import { createHash } from 'node:crypto';
import { ConfigurationError, type ConfigurationFault } from '@exec/common/config';
import { KeySpace, redisAccessRules } from '@exec/common/redis';
import type { InstanceSettings } from './instance.ts';

/**
 * A line for each user, with the rights of its service. Passwords are told by their digest, as Redis takes them.
 * @throws ConfigurationError where services share a user, or have none
 */
export function redisUsersOf(instances: readonly InstanceSettings[]): readonly string[] {
  const faults: ConfigurationFault[] = [];
  const owners = new Map<string, string>();
  const lines = new Set<string>();
  for (const { service, environment, files } of instances) {
    if (service === 'bridge') continue;
    const variable = `${service.toUpperCase()}_REDIS_URL`;
    const url = URL.parse(files.get('REDIS_URL')?.reveal() ?? '');
    const user = decodeURIComponent(url?.username ?? '');
    const password = decodeURIComponent(url?.password ?? '');
    const fault = (problem: string): void => void faults.push({ variable, problem });
    if (user === '' || user === 'default' || password === '')
      fault('expected a user of its own with a password: rediss://<user>:<password>@<host>:<port>');
    else if (!/^[\w.-]+$/.test(user)) fault('expected a user of letters, digits, dots and hyphens');
    else if ((owners.get(user) ?? service) !== service)
      fault(`expected a user of its own; ${owners.get(user)?.toUpperCase()} has the same`);
    else {
      owners.set(user, service);
      const keyRoot = new KeySpace({
        prefix: environment.get('REDIS_KEY_PREFIX') ?? 'exec',
        orgId: environment.get('ORG_ID') ?? '',
        tenantId: Number(environment.get('TENANT_ID')),
      }).key();
      const digest = createHash('sha256').update(password).digest('hex');
      const rules = redisAccessRules({ service, keyRoot, password: `#${digest}` });
      lines.add(`user ${user} ${rules.filter((rule) => rule !== 'reset').join(' ')}`);
    }
  }
  if (faults.length > 0) throw new ConfigurationError(distinct(faults));
  return [...lines];
}

function distinct(faults: readonly ConfigurationFault[]): ConfigurationFault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
