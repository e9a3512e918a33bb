/** The sites that are watched: which switch, and where each of the three clients connects. */
import { readFileSync } from 'node:fs';
import { peerAddress } from '@exec/common/config';
import type { ServerAddress } from '@exec/engage-link';
import { z } from 'zod';
import { type Connection, connections } from './intake/inputs.ts';

export interface Site {
  /** Name of the switch, as in the Config DB. */
  readonly switch: string;
  /** For each client the primary, and the backup where there is one. */
  readonly servers: Readonly<Record<Connection, readonly ServerAddress[]>>;
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

export const sitesSchema = z.array(siteSchema).min(1).max(50);

/** Reads SITES_FILE. Answers the sites, or what is wrong with it. */
export function readSites(path: string): { readonly sites: readonly Site[] } | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { problem: `${path} is not readable as JSON (${(error as Error).message.slice(0, 100)})` };
  }
  const parsed = sitesSchema.safeParse(json);
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
  readonly primary?: ServerAddress | undefined;
  readonly backup?: ServerAddress | undefined;
  readonly queues?: Pair | undefined;
  readonly extensions?: Pair | undefined;
  readonly calls?: Pair | undefined;
}

interface Pair {
  readonly primary?: ServerAddress | undefined;
  readonly backup?: ServerAddress | undefined;
}

/** Undefined when a client has no primary. A client's own pair replaces the common one as a whole. */
export function serversOf(addresses: SiteAddresses): Site['servers'] | undefined {
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
