/**
 * Which peers are spoken to in plain text, and the rule that no secret goes there. What would weaken TLS in silence is
 * a fault, too: an authority beside a plain address, verification switched off, an option that nobody knows.
 */
import { isLoopbackHost } from './allowed-hosts.ts';
import type { ConfigurationFault } from './environment.ts';
import { isSampleSecret } from './sample-secrets.ts';
import { Secret } from './secret.ts';
import { connections, sitesOf } from './sites.ts';
import type { PeerAddress } from './values.ts';

/** As far as the variables are there and valid. */
type Values = Readonly<Record<string, unknown>>;

interface Peer {
  /** The variable that names it. */
  readonly variable: string;
  readonly host: string;
  readonly tls: boolean;
  /** What is sent to it and must stay secret; undefined for nothing. */
  readonly secret?: string | undefined;
}

/** Peers outside this machine that are spoken to without TLS, by their variables. */
export function plainPeers(values: Values): readonly string[] {
  const plain = peersOf(values).filter((peer) => !peer.tls && !isHere(peer.host));
  return [...new Set(plain.map(({ variable, host }) => `${variable} (${host})`))];
}

/** All faults of how secrets travel and how TLS is set up. */
export function* checkPlainText(values: Values): Iterable<ConfigurationFault> {
  yield* authorityFaults(values);
  yield* optionFaults(values);
  yield* sampleFaults(values);
  if (values.ALLOW_PLAINTEXT === true) return;
  const named = new Set<string>();
  for (const { variable, host, tls, secret } of peersOf(values)) {
    if (secret === undefined || tls || isHere(host) || named.has(variable)) continue;
    named.add(variable);
    yield {
      variable,
      problem: `would send ${secret} in plain text to ${host}; expected ${expected(variable)} (ALLOW_PLAINTEXT=true sends it all the same)`,
    };
  }
}

/** @param env the environment of the process, not only the declared variables */
export function* checkVerification(env: NodeJS.ProcessEnv): Iterable<ConfigurationFault> {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    yield {
      variable: 'NODE_TLS_REJECT_UNAUTHORIZED',
      problem: 'is 0, which trusts everybody; remove it, and name your certificate authority in a …_CA_FILE',
    };
}

function expected(variable: string): string {
  if (variable === 'REDIS_URL') return 'rediss://';
  if (variable === 'CONFIG_DB_URL') return '?sslmode=verify-full';
  if (variable === 'EXCS_URL') return 'https://';
  return variable === 'SITES_FILE' ? 'addresses that begin with tls://' : 'tls://';
}

function peersOf(values: Values): readonly Peer[] {
  const peers: Peer[] = [];
  const redis = urlOf(values.REDIS_URL);
  if (redis !== undefined)
    peers.push({
      ...{ variable: 'REDIS_URL', host: redis.hostname, tls: redis.protocol === 'rediss:' },
      secret: redis.password === '' ? undefined : 'its password',
    });
  const db = urlOf(values.CONFIG_DB_URL);
  if (db !== undefined)
    peers.push({
      ...{ variable: 'CONFIG_DB_URL', host: db.searchParams.get('host') ?? db.hostname, tls: hasTls(db) },
      secret: 'the client secrets of the organisation',
    });
  const excs = urlOf(values.EXCS_URL);
  if (excs !== undefined)
    peers.push({
      ...{ variable: 'EXCS_URL', host: excs.hostname, tls: excs.protocol === 'https:' },
      secret: values.EXCS_API_TOKEN === undefined ? undefined : 'EXCS_API_TOKEN',
    });
  const secret = values.ENGAGE_APP_PASSWORD === undefined ? undefined : 'ENGAGE_APP_PASSWORD';
  for (const [variable, { host, tls }] of linksOf(values)) peers.push({ variable, host, tls, secret });
  return peers;
}

/** Of a file with several sites each of its addresses. */
function linksOf(values: Values): readonly (readonly [variable: string, address: PeerAddress])[] {
  const single = Object.entries(values).flatMap(([name, value]) =>
    /^(STAT|SIP)_SERVER_/.test(name) && value !== undefined ? [[name, value as PeerAddress] as const] : [],
  );
  if (values.SITES_FILE === undefined) return single;
  const { sites } = sitesOf(values as Parameters<typeof sitesOf>[0]);
  return sites.flatMap(({ servers }) =>
    connections.flatMap((connection) => servers[connection].map((one) => ['SITES_FILE', one] as const)),
  );
}

function* authorityFaults(values: Values): Iterable<ConfigurationFault> {
  const beside = (variable: string, other: string, tls: string): ConfigurationFault => ({
    variable,
    problem: `is set although ${other} is a plain address; expected ${tls} there, or no such file`,
  });
  const redis = urlOf(values.REDIS_URL);
  if (values.REDIS_CA_FILE !== undefined && redis !== undefined && redis.protocol !== 'rediss:')
    yield beside('REDIS_CA_FILE', 'REDIS_URL', 'rediss://');
  const excs = urlOf(values.EXCS_URL);
  if (values.EXCS_CA_FILE !== undefined && excs !== undefined && excs.protocol !== 'https:')
    yield beside('EXCS_CA_FILE', 'EXCS_URL', 'https://');
  const links = linksOf(values);
  if (links.length > 0 && !links.some(([, { tls }]) => tls))
    for (const name of ['ENGAGE_LINK_CA_FILE', 'ENGAGE_LINK_CERT_FILE', 'ENGAGE_LINK_KEY_FILE'])
      if (values[name] !== undefined)
        yield beside(name, [...new Set(links.map(([variable]) => variable))].join(', '), 'tls://');
  const db = urlOf(values.CONFIG_DB_URL);
  const files = ['sslrootcert', 'sslcert', 'sslkey'].filter((name) => db?.searchParams.has(name));
  if (db !== undefined && files.length > 0 && !hasTls(db))
    yield {
      variable: 'CONFIG_DB_URL',
      problem: `has ${files.join(' and ')} although sslmode=disable; expected sslmode=verify-full`,
    };
}

/** What each URL may say behind its `?`; a name that is misspelt would be no TLS, and no word about it. */
const options = {
  REDIS_URL: ['family'],
  CONFIG_DB_URL: ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host', 'port', 'application_name'],
  EXCS_URL: [],
  HTTPS_PROXY: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

function* optionFaults(values: Values): Iterable<ConfigurationFault> {
  for (const [variable, known] of Object.entries(options)) {
    const url = urlOf(values[variable]);
    const unknown = [...new Set(url?.searchParams.keys())].filter(
      (name) => !(known as readonly string[]).includes(name),
    );
    if (unknown.length > 0)
      yield {
        variable,
        problem: `has options that are not known (${unknown.map((name) => name.slice(0, 40)).join(', ')}); expected ${known.length === 0 ? 'none' : `of ${known.join(', ')}`}`,
      };
  }
  const mode = urlOf(values.CONFIG_DB_URL)?.searchParams.get('sslmode');
  if (mode == null || ['disable', 'verify-ca', 'verify-full', 'require', 'prefer'].includes(mode)) return;
  yield {
    variable: 'CONFIG_DB_URL',
    problem: `has sslmode=${mode.slice(0, 40)}, ${mode === 'no-verify' ? 'which trusts everybody' : 'which is not known'}; expected sslmode=verify-full`,
  };
}

function* sampleFaults(values: Values): Iterable<ConfigurationFault> {
  for (const [variable, value] of Object.entries(values)) {
    if (!(value instanceof Secret) || /_KEY$|_TOKEN$/.test(variable)) continue;
    const password = value.reveal().includes('://') ? urlOf(value)?.password : value.reveal();
    if (password === undefined || password === '' || !isSampleSecret(decoded(password))) continue;
    yield { variable, problem: 'has the password of a sample, which everybody knows; expected your own' };
  }
}

/** As the driver takes it: any of the options of TLS switches it on, but for `sslmode=disable`. */
function hasTls(db: URL): boolean {
  const mode = db.searchParams.get('sslmode');
  if (mode !== null) return mode !== 'disable';
  return ['sslrootcert', 'sslcert', 'sslkey'].some((name) => db.searchParams.has(name));
}

/** Loopback, or the folder of a socket file. */
function isHere(host: string): boolean {
  return host.startsWith('/') || host.startsWith('%2F') || isLoopbackHost(host) || host === '::1';
}

function urlOf(value: unknown): URL | undefined {
  const text = value instanceof Secret ? value.reveal() : value;
  return typeof text === 'string' ? (URL.parse(text.trim()) ?? undefined) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
