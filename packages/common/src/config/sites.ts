/** The sites that EXCP watches: which switch, and where each of the three clients connects. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ConfigurationFault } from './environment.ts';
import type { excpVariables } from './services/excp.ts';
import { type PeerAddress, peerAddress } from './values.ts';
import type { EnvironmentOf } from './variable.ts';

/** The three connections to a SIP Server; between them events have no order. */
export const connections = ['queues', 'extensions', 'calls'] as const;
export type Connection = (typeof connections)[number];

export interface Site {
  /** Name of the switch, as in the Config DB. */
  readonly switch: string;
  /** For each client the primary, and the backup where there is one. */
  readonly servers: Readonly<Record<Connection, readonly PeerAddress[]>>;
}

const pair = z.strictObject({ primary: peerAddress(), backup: peerAddress().optional() });

const siteSchema = z.strictObject({
  switch: z.string().trim().min(1),
  /** For all three clients, unless one has its own. */
  primary: peerAddress().optional(),
  backup: peerAddress().optional(),
  queues: pair.optional(),
  extensions: pair.optional(),
  calls: pair.optional(),
});

/** Content of `SITES_FILE`. */
export const sitesFileSchema = z.array(siteSchema).min(1).max(50);

/** The sites of an environment, and every fault. */
export function sitesOf(env: Partial<EnvironmentOf<typeof excpVariables>>): {
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

/** Reads SITES_FILE. Answers the sites, or what is wrong with it. */
function readSites(path: string): { readonly sites: readonly Site[] } | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { problem: `${path} is not readable as JSON (${(error as Error).message.slice(0, 100)})` };
  }
  const parsed = sitesFileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a list of sites'}` };
  }
  const sites: Site[] = [];
  for (const [index, one] of parsed.data.entries()) {
    const servers = serversOf(one);
    if (servers === undefined)
      return { problem: `${path}: ${index}: "${one.switch}" lacks the primary of a client` };
    if (sites.some((site) => site.switch === one.switch))
      return { problem: `${path}: ${index}: the switch "${one.switch}" is listed twice` };
    sites.push({ switch: one.switch, servers });
  }
  return { sites };
}

interface SiteAddresses {
  readonly primary?: PeerAddress | undefined;
  readonly backup?: PeerAddress | undefined;
  readonly queues?: Pair | undefined;
  readonly extensions?: Pair | undefined;
  readonly calls?: Pair | undefined;
}

interface Pair {
  readonly primary?: PeerAddress | undefined;
  readonly backup?: PeerAddress | undefined;
}

/** Undefined when a client has no primary. A client's own pair replaces the common one as a whole. */
function serversOf(addresses: SiteAddresses): Site['servers'] | undefined {
  const lists = connections.map((connection) => {
    const own = addresses[connection];
    const { primary, backup } = own?.primary === undefined ? addresses : own;
    if (primary === undefined) return undefined;
    return backup === undefined ? [primary] : [primary, backup];
  });
  const [queues, extensions, calls] = lists;
  if (queues === undefined || extensions === undefined || calls === undefined) return undefined;
  return { queues, extensions, calls };
}
