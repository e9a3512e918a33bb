/** The environment variables of EXCP besides the common ones. */
import {
  type ConfigurationFault,
  flag,
  integer,
  linkVariables,
  peerAddress,
  readableFile,
  text,
  variable,
} from '@exec/common/config';
import type { ServiceEnvironment } from '@exec/common/service';
import { readSites, type Site, serversOf } from './sites.ts';

const example = (number: number) => `sip${number}.example.com:8000`;

export const excpVariables = {
  ...linkVariables,
  SIP_SERVER_PRIMARY: variable({
    schema: peerAddress().optional(),
    description:
      'Primary SIP Server, or the bridge in front of it: `host:port` or `tls://host:port`. For all three clients.',
    example: example(1),
  }),
  SIP_SERVER_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup SIP Server of the pair.',
    example: example(2),
  }),
  SIP_SERVER_QUEUES_PRIMARY: variable({
    schema: peerAddress().optional(),
    description: 'Primary for the client of the virtual queues, where it differs.',
  }),
  SIP_SERVER_QUEUES_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup for the client of the virtual queues.',
  }),
  SIP_SERVER_EXTENSIONS_PRIMARY: variable({
    schema: peerAddress().optional(),
    description: 'Primary for the client of the extensions, where it differs.',
  }),
  SIP_SERVER_EXTENSIONS_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup for the client of the extensions.',
  }),
  SIP_SERVER_CALLS_PRIMARY: variable({
    schema: peerAddress().optional(),
    description: 'Primary for the client of the call monitoring, where it differs.',
  }),
  SIP_SERVER_CALLS_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup for the client of the call monitoring.',
  }),
  SWITCH_NAME: variable({
    schema: text('the name of the switch').optional(),
    description: 'Name of the switch behind the SIP Server, as in the Config DB. Not with `SITES_FILE`.',
    example: 'SIP_Switch',
  }),
  SITES_FILE: variable({
    schema: readableFile().optional(),
    description:
      'JSON file with several sites: a list of `{"switch", "primary", "backup"}`, each with `queues`, `extensions` ' +
      'or `calls` as a pair of its own where that client connects elsewhere. Replaces the single variables.',
  }),
  DISPOSITION_KEY: variable({
    schema: text('a key of the attached data').default('DispositionCode'),
    description: 'Key of the attached data that holds the disposition.',
  }),
  DISPOSITION_GRACE_SECONDS: variable({
    schema: integer({ min: 0, max: 86_400 }).default(1800),
    description: 'How long after the end of an agent’s leg a disposition is taken, in seconds.',
  }),
  ACW_REQUIRED: variable({
    schema: flag().default(false),
    description:
      '`true` announces after-call work on every agent’s leg; without a disposition in time it is told as skipped.',
  }),
} as const;

export type ExcpEnvironment = ServiceEnvironment<typeof excpVariables>;

/** The sites of an environment, and every fault. */
export function sitesOf(env: Partial<ExcpEnvironment>): {
  readonly sites: readonly Site[];
  readonly faults: readonly ConfigurationFault[];
} {
  const fault = (name: string, problem: string) => ({ sites: [], faults: [{ variable: name, problem }] });
  if (env.SITES_FILE !== undefined) {
    const single = singleNames.find((name) => env[name] !== undefined);
    if (single !== undefined) return fault(single, 'is set beside SITES_FILE; set one or the other');
    const read = readSites(env.SITES_FILE);
    return 'problem' in read ? fault('SITES_FILE', read.problem) : { sites: read.sites, faults: [] };
  }
  const servers = serversOf({
    primary: env.SIP_SERVER_PRIMARY,
    backup: env.SIP_SERVER_BACKUP,
    queues: { primary: env.SIP_SERVER_QUEUES_PRIMARY, backup: env.SIP_SERVER_QUEUES_BACKUP },
    extensions: { primary: env.SIP_SERVER_EXTENSIONS_PRIMARY, backup: env.SIP_SERVER_EXTENSIONS_BACKUP },
    calls: { primary: env.SIP_SERVER_CALLS_PRIMARY, backup: env.SIP_SERVER_CALLS_BACKUP },
  });
  const faults: ConfigurationFault[] = [];
  if (servers === undefined)
    faults.push({
      variable: 'SIP_SERVER_PRIMARY',
      problem: 'is not set; expected host:port or tls://host:port (or SITES_FILE for several sites)',
    });
  if (env.SWITCH_NAME === undefined)
    faults.push({
      variable: 'SWITCH_NAME',
      problem:
        'is not set; expected the name of the switch as in the Config DB (or SITES_FILE for several sites)',
    });
  if (servers === undefined || env.SWITCH_NAME === undefined) return { sites: [], faults };
  return { sites: [{ switch: env.SWITCH_NAME, servers }], faults };
}

const singleNames = [
  'SIP_SERVER_PRIMARY',
  'SIP_SERVER_BACKUP',
  'SIP_SERVER_QUEUES_PRIMARY',
  'SIP_SERVER_QUEUES_BACKUP',
  'SIP_SERVER_EXTENSIONS_PRIMARY',
  'SIP_SERVER_EXTENSIONS_BACKUP',
  'SIP_SERVER_CALLS_PRIMARY',
  'SIP_SERVER_CALLS_BACKUP',
  'SWITCH_NAME',
] as const;
