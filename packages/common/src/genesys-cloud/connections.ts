/** Sockets to the cloud: one bounded pool per origin, own authorities, and the proxy with its exceptions. */
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';

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
  readonly proxy?: ProxyOptions | undefined;
  /** Connections per origin. */
  readonly connections: number;
  /** Backstop of undici, in milliseconds; the transport has its own clock for the whole request. */
  readonly timeoutMs: number;
}

/** @throws ExecError `config.invalid` if the file with the authorities cannot be read or the proxy is no address */
export function openConnections(options: ConnectionOptions): Dispatcher {
  const ca = options.caFile === undefined ? undefined : readAuthorities(options.caFile);
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
  if (options.proxy === undefined) return new Agent(common);
  try {
    return new EnvHttpProxyAgent({
      ...common,
      // Only https goes through the proxy; http is for loopback. Both must be given, else the environment counts.
      httpProxy: '',
      httpsProxy: options.proxy.url.reveal(),
      noProxy: options.proxy.except ?? '',
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
