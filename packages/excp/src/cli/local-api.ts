/** The REST interface of a running EXCP on this machine or at an address, found by the same environment. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from '@exec/common/cli';
import { firstApiToken, isLoopbackHost, Secret } from '@exec/common/config';
import { type Carried, type CarriedBack, RestClient } from '@exec/common/operate';

export const whom =
  '\nAsks the EXCP at EXCP_URL, or on this machine at HTTP_PORT (3650), with API_TOKEN where it is set.\n';

/** @throws InvalidArgumentError when the token would go to another machine in plain text */
export function localApi(env: NodeJS.ProcessEnv): RestClient {
  const url = baseUrl(env);
  const token = tokenOf(env)?.reveal();
  if (token !== undefined && !mayCarryToken(url, env))
    throw new InvalidArgumentError(
      `API_TOKEN is not sent to ${url} in plain text: give EXCP_URL with https, or ALLOW_PLAINTEXT=true`,
    );
  return new RestClient({ name: url, carry: (request) => carried(url, token, request) });
}

async function carried(url: string, token: string | undefined, request: Carried): Promise<CarriedBack> {
  const { method, path, headers, body } = request;
  try {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    return { status: undefined, reason: describe(error) };
  }
}

function baseUrl(env: NodeJS.ProcessEnv): string {
  if (env.EXCP_URL) return env.EXCP_URL.replace(/\/+$/, '');
  const scheme = env.TLS_CERT_FILE ? 'https' : 'http';
  const host =
    env.HTTP_HOST && env.HTTP_HOST !== '0.0.0.0' && env.HTTP_HOST !== '::' ? env.HTTP_HOST : '127.0.0.1';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${env.HTTP_PORT || '3650'}`;
}

/** The token drops and sends again: it crosses a network only where nobody can read it. */
function mayCarryToken(url: string, env: NodeJS.ProcessEnv): boolean {
  const { protocol, hostname } = URL.parse(url) ?? {};
  if (protocol === 'https:' || env.ALLOW_PLAINTEXT === 'true') return true;
  return isLoopbackHost(hostname ?? '') || hostname === '[::1]';
}

function tokenOf(env: NodeJS.ProcessEnv): Secret | undefined {
  const list = env.API_TOKEN || (env.API_TOKEN_FILE ? readFileSync(env.API_TOKEN_FILE, 'utf8') : '');
  return list.trim() === '' ? undefined : firstApiToken(new Secret(list.trim()));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
