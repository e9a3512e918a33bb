/** A recording of a Stat Server told to EXAS before a fake cloud: which states come of it. */
import { asId, type EmployeeId } from '@exec/common/ids';
import { formatAddress, type ServerAddress } from '@exec/engage-link';
import { Site } from '@exec/exas/testing';
import { namesIn, type Script } from '@exec/link-tools';

/** A site whose mapping knows every agent whose statistics were recorded. */
export async function exasSite(o: {
  readonly script: Script;
  readonly redis: { readonly url: string; readonly prefix: string };
}): Promise<{ readonly site: Site; readonly employees: readonly EmployeeId[] }> {
  const employees = namesIn(o.script, '').employees.map((id) => asId<EmployeeId>(id));
  const site = await Site.start({ agents: 0, redis: o.redis });
  await site.storeMapping(employees);
  return { site, employees };
}

export async function startExas(site: Site, server: ServerAddress): Promise<void> {
  await site.exas({
    STAT_SERVER_PRIMARY: formatAddress(server),
    STAT_SERVER_BACKUP: formatAddress(server),
  });
}

/** Every state that the cloud accepted of each agent, in order. */
export function statesOf(site: Site, employees: readonly EmployeeId[]): Map<EmployeeId, string[]> {
  const { presence } = site.cloud.state;
  const events = site.cloud.record.accepted({ kind: ['userPresence', 'userRoutingStatus'] });
  return new Map(
    employees.map((employeeId) => {
      const user = site.userOf(employeeId);
      const states = events
        .filter(({ subject }) => subject.startsWith(user))
        .map(({ event }) => {
          const { presenceDefinitionId, status } = event as {
            readonly presenceDefinitionId?: string;
            readonly status?: string;
          };
          const definition = presence.definitions.get(presenceDefinitionId ?? '');
          return definition?.systemPresence ?? status ?? '?';
        });
      return [employeeId, states];
    }),
  );
}
