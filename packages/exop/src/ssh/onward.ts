/** Reaches peers and the service's own HTTP from a VM, through its SSH server. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { shell } from './quoting.ts';
import type { SshSession } from './session.ts';

const LIMIT_MS = 8_000;
const BODY_KEPT = 262_144;

export type Reach =
  | { readonly outcome: 'reached' }
  /** The machine answers, nothing listens on the port. */
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'failed'; readonly reason: string };

/** Whether the VM can open a TCP connection. */
export async function reach(session: SshSession, host: string, port: number): Promise<Reach> {
  try {
    const stream = await within(session.forward(host, port));
    stream.on('error', () => {});
    stream.destroy();
    return { outcome: 'reached' };
  } catch (error) {
    if (isForbidden(error)) return await reachByShell(session, host, port);
    const reason = reasonOf(error);
    if (/refused/i.test(reason)) return { outcome: 'refused' };
    return { outcome: 'failed', reason };
  }
}

/** Where the SSH server forbids forwarding, bash opens the connection. */
async function reachByShell(session: SshSession, host: string, port: number): Promise<Reach> {
  const script = 'timeout 6 bash -c \'exec 3<>"/dev/tcp/$0/$1"\' "$1" "$2"';
  const result = await session.run(shell(script, host, String(port)), { limitMs: LIMIT_MS * 2 });
  if (result.code === 0) return { outcome: 'reached' };
  if (/refused/i.test(result.stderr)) return { outcome: 'refused' };
  const reason = result.code === 124 ? 'no answer in 6 s' : result.stderr.trim().split('\n').at(0);
  return { outcome: 'failed', reason: reason ?? `exit code ${result.code}` };
}

export type HttpAnswer =
  | { readonly status: number; readonly body: string }
  | { readonly status: undefined; readonly reason: string };

export interface HttpTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** The certificate chain that the service was given, PEM; undefined without TLS. */
  readonly certificate: string | undefined;
}

/** GET from the service on the VM itself. */
export async function getFrom(session: SshSession, at: HttpTarget): Promise<HttpAnswer> {
  let stream: Duplex;
  try {
    stream = await within(session.forward(at.host, at.port));
  } catch (error) {
    return isForbidden(error)
      ? await getByShell(session, at)
      : { status: undefined, reason: reasonOf(error) };
  }
  try {
    return await within(overStream(stream, at));
  } catch (error) {
    return { status: undefined, reason: reasonOf(error) };
  } finally {
    stream.on('error', () => {});
    stream.destroy();
  }
}

function overStream(stream: Duplex, at: HttpTarget): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const socket = at.certificate === undefined ? stream : pinned(stream, at.certificate);
    socket.once('error', reject);
    const send = at.certificate === undefined ? httpRequest : httpsRequest;
    const request = send(
      {
        host: at.host,
        path: at.path,
        headers: { connection: 'close' },
        createConnection: () => socket as never,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (body.length < BODY_KEPT) body += chunk;
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    request.once('error', reject);
    request.end();
  });
}

/** Trusts the very certificate that was installed; its name is that of the VM for its users, not for this way. */
function pinned(stream: Duplex, certificate: string): Duplex {
  return tlsConnect({
    socket: stream,
    ca: certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
  });
}

async function getByShell(session: SshSession, at: HttpTarget): Promise<HttpAnswer> {
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  const url = `${at.certificate === undefined ? 'http' : 'https'}://${host}:${at.port}${at.path}`;
  const script = 'curl -qsSk --noproxy "*" -m 6 -w "\\n%{http_code}" -- "$1"';
  const result = await session.run(shell(script, url), { limitMs: LIMIT_MS * 2 });
  const end = result.stdout.lastIndexOf('\n');
  const status = Number(result.stdout.slice(end + 1));
  if (result.code === 0 && status > 0) return { status, body: result.stdout.slice(0, end) };
  const reason =
    result.code === 127 ? 'SSH forwarding is forbidden and curl is missing' : result.stderr.trim();
  return { status: undefined, reason };
}

async function within<T>(promise: Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`no answer in ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
    // What comes after the limit has nobody who waits for it.
    promise.catch(() => {});
  }
}

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1); OpenSSH's words for it are only "open failed". */
function isForbidden(error: unknown): boolean {
  return (error as { readonly reason?: unknown }).reason === 1;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(SSH\) Channel open failure:\s*/, '');
}
