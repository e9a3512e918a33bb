/** Sockets to the cloud: one bounded pool per origin, own authorities, and the proxy with its exceptions. */
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';
import { certificatesIn } from '../files/certificates.ts';
import type { FollowedFiles } from '../files/followed-files.ts';
import { RenewableDispatcher } from '../files/renewable-dispatcher.ts';

/** Milliseconds for the connection itself, TLS included. */
export const connectTimeoutMs = 5_000;

export interface ProxyOptions {
  /** Address of the proxy for https; may hold user and password. */
  readonly url: Secret;
  /** Comma list of hosts that are reached directly. */
  readonly except?: string | undefined;
}

export interface ConnectionOptions {
  /** PEM file with the authorities that sign the cloud's certificates, instead of the public ones. */
  readonly caFile?: string | undefined;
  /** Follows `caFile`. */
  readonly files?: FollowedFiles | undefined;
  readonly proxy?: ProxyOptions | undefined;
  /** Connections per origin. */
  readonly connections: number;
  /** Backstop of undici, in milliseconds; the transport has its own clock for the whole request. */
  readonly timeoutMs: number;
}

/**
 * Connections that follow the file of authorities and the address of the proxy when they change.
 *
 * @throws ExecError `config.invalid` if the file with the authorities cannot be read or the proxy is no address
 */
export function openConnections(options: ConnectionOptions): Dispatcher {
  const { caFile, files, proxy } = options;
  const now = {
    ca: caFile === undefined ? undefined : readAuthorities(caFile),
    proxy: proxy?.url.reveal(),
  };
  const connections = new RenewableDispatcher(open(options, now));
  const renew = (change: Partial<typeof now>): void => {
    connections.renew(open(options, { ...now, ...change }));
    Object.assign(now, change);
  };
  const unfollow = [
    proxy?.url.onChange((url) => renew({ proxy: url })),
    caFile === undefined
      ? undefined
      : files?.follow({ GENESYS_CLOUD_CA_FILE: caFile }, ({ GENESYS_CLOUD_CA_FILE: ca }) => {
          certificatesIn(ca);
          renew({ ca });
        }),
  ];
  connections.onEnd(() => {
    for (const one of unfollow) one?.();
  });
  return connections;
}

function open(
  options: ConnectionOptions,
  { ca, proxy }: { readonly ca: string | undefined; readonly proxy: string | undefined },
): Dispatcher {
  const tls = { timeout: connectTimeoutMs, ...(ca === undefined ? {} : { ca }) };
  const common = {
    connections: options.connections,
    pipelining: 1,
    // One request per connection at a time: the bound on connections is the bound on requests.
    allowH2: false,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    connectTimeout: connectTimeoutMs,
    // Below the idle time after which the far side closes: a request on a closing connection is lost.
    keepAliveTimeout: 4_000,
    maxOrigins: 8,
    connect: tls,
  } as const;
  if (proxy === undefined) return new Agent(common);
  try {
    return new EnvHttpProxyAgent({
      ...common,
      // Only https goes through the proxy; http is for loopback. Both must be given, else the environment counts.
      httpProxy: '',
      httpsProxy: proxy,
      noProxy: options.proxy?.except ?? '',
      requestTls: tls,
      proxyTls: { timeout: connectTimeoutMs },
      // The way to the proxy itself would else wait five minutes for its answer to CONNECT.
      clientFactory: (origin, more) =>
        new Pool(origin, { ...more, headersTimeout: connectTimeoutMs, connections: options.connections }),
    });
  } catch {
    // The cause would show the address, which may hold a password.
    throw new ExecError('config.invalid', 'HTTPS_PROXY is not an address like http://proxy.example.com:3128');
  }
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExecError('config.invalid', `GENESYS_CLOUD_CA_FILE: ${file} cannot be read`, { cause });
  }
}
