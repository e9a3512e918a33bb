/** The connectivity table of one instance: every peer that its VM must be able to reach. */
import type { ServiceName, Variables } from '@exec/common/config';

export interface Peer {
  /** As the connectivity table calls it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Another part of this deployment: it may not have been started yet. */
  readonly ours: boolean;
  /** Speaks Engage Link: a bridge, or what stands for one. */
  readonly link?: PeerLink;
}

export interface PeerLink {
  readonly kind: 'sip' | 'stat';
  readonly tls: boolean;
}

export interface PeerSources {
  readonly service: ServiceName;
  /** Explicit values of the instance by the service's names, secrets revealed. */
  readonly values: Readonly<Record<string, string>>;
  readonly variables: Variables;
  /** Content of `SITES_FILE`. */
  readonly sites: string | undefined;
  /** `host` or `host:port` of the cloud. */
  readonly cloudHosts: readonly string[];
}

export function peersOf(sources: PeerSources): Peer[] {
  const { values, service } = sources;
  const peers: Peer[] = [];
  const add = (
    name: string,
    address: { host: string; port: number } | undefined,
    more: Partial<Pick<Peer, 'ours' | 'link'>> = {},
  ): void => {
    if (address === undefined) return;
    // Three clients of one SIP Server are one line of the table.
    const kind = name.slice(0, 5);
    const same = peers.some(
      (peer) => peer.host === address.host && peer.port === address.port && peer.name.startsWith(kind),
    );
    if (!same) peers.push({ name, ...address, ours: false, ...more });
  };
  add('Redis', fromUrl(values.REDIS_URL, 6379));
  if (service === 'excs') add('Config DB', fromUrl(values.CONFIG_DB_URL, 5432));
  const addLink = (name: string, address: string | undefined): void =>
    add(name, fromAddress(address), {
      link: {
        kind: name.startsWith('SIP') ? 'sip' : 'stat',
        tls: address?.trim().startsWith('tls://') === true,
      },
    });
  for (const [variable, name] of engageServers) addLink(name, values[variable]);
  if (service === 'excp') for (const address of sitesOf(sources.sites)) addLink('SIP Server', address);
  if (service !== 'excs') add('EXCS', fromUrl(values.EXCS_URL, 443), { ours: true });
  const proxy = fromUrl(values.HTTPS_PROXY, 3128);
  if (proxy !== undefined) add('proxy to Genesys Cloud', proxy);
  else for (const host of sources.cloudHosts) add('Genesys Cloud', fromHost(host));
  return peers;
}

const engageServers = [
  ['STAT_SERVER_PRIMARY', 'Stat Server, primary'],
  ['STAT_SERVER_BACKUP', 'Stat Server, backup'],
  ['SIP_SERVER_PRIMARY', 'SIP Server, primary'],
  ['SIP_SERVER_BACKUP', 'SIP Server, backup'],
  ['SIP_SERVER_QUEUES_PRIMARY', 'SIP Server (queues), primary'],
  ['SIP_SERVER_QUEUES_BACKUP', 'SIP Server (queues), backup'],
  ['SIP_SERVER_EXTENSIONS_PRIMARY', 'SIP Server (extensions), primary'],
  ['SIP_SERVER_EXTENSIONS_BACKUP', 'SIP Server (extensions), backup'],
  ['SIP_SERVER_CALLS_PRIMARY', 'SIP Server (calls), primary'],
  ['SIP_SERVER_CALLS_BACKUP', 'SIP Server (calls), backup'],
] as const;

function fromUrl(text: string | undefined, port: number): { host: string; port: number } | undefined {
  if (text === undefined) return undefined;
  // Only http, https and a few more are split into host and port by every rule; the scheme is not of interest.
  const url = URL.parse(text.trim().replace(/^[a-z]+:\/\//i, 'http://'));
  if (url === null || url.hostname === '') return undefined;
  const usual = /^https:/i.test(text.trim()) ? 443 : /^http:/i.test(text.trim()) ? 80 : port;
  // 80 is dropped by the parser as the usual port of http; it stands in the text then.
  const written = url.port !== '' ? Number(url.port) : /:80(?:[/?#]|$)/.test(text) ? 80 : undefined;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: written ?? usual };
}

function fromAddress(text: string | undefined): { host: string; port: number } | undefined {
  const parts = /^(?:tls:\/\/)?(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text?.trim() ?? '');
  return parts === null ? undefined : { host: parts[1] ?? parts[2] ?? '', port: Number(parts[3]) };
}

function fromHost(text: string): { host: string; port: number } | undefined {
  return text.includes('://') ? fromUrl(text, 443) : (fromAddress(text) ?? { host: text, port: 443 });
}

/** Every address below `primary` or `backup` in the file of sites, whatever stands around it. */
function sitesOf(content: string | undefined): string[] {
  if (content === undefined) return [];
  const found: string[] = [];
  try {
    JSON.parse(content, (key, value: unknown) => {
      if ((key === 'primary' || key === 'backup') && typeof value === 'string') found.push(value);
      return value;
    });
  } catch {
    return [];
  }
  return found;
}
