/** Reaches peers and the service's own HTTP from a VM, through its SSH server. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { textOf } from '@exec/common/trouble';
import { shell } from './quoting.ts';
import type { SshSession } from './session.ts';

const LIMIT_MS = 8_000;
/** Of a plan for thousands of agents as well; an answer that is longer is refused, not cut. */
const BODY_MOST = 67_108_864;

export type Unreached =
  /** The machine answers, nothing listens on the port. */
  { readonly outcome: 'refused' } | { readonly outcome: 'failed'; readonly reason: string };
export type Reach = { readonly outcome: 'reached' } | Unreached;
/** With a TCP connection of the VM as a stream; whoever asked for it destroys it. */
export type Way = { readonly outcome: 'reached'; readonly stream: Duplex } | Unreached;

/** Whether the VM can open a TCP connection. */
export async function reach(session: SshSession, host: string, port: number): Promise<Reach> {
  const way = await wayTo(session, host, port, async () => undefined);
  if (way.outcome !== 'reached') return way;
  way.stream?.on('error', () => {});
  way.stream?.destroy();
  return { outcome: 'reached' };
}

/** A TCP connection that the VM opens, to be spoken over. */
export async function open(session: SshSession, host: string, port: number): Promise<Way> {
  return await wayTo(session, host, port, () => session.stream(shell(relayScript, host, String(port))));
}

async function wayTo<Stream extends Duplex | undefined>(
  session: SshSession,
  host: string,
  port: number,
  byShell: () => Promise<Stream>,
): Promise<{ readonly outcome: 'reached'; readonly stream: Duplex | Stream } | Unreached> {
  try {
    return { outcome: 'reached', stream: await within(session.forward(host, port)) };
  } catch (error) {
    if (isForbidden(error)) {
      const reached = await reachByShell(session, host, port);
      return reached.outcome === 'reached' ? { ...reached, stream: await byShell() } : reached;
    }
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

/** Input to the peer, what the peer says to the output; nothing of it is left on the VM when either side is done. */
const relayScript =
  'exec timeout 60 bash -c \'exec 3<>"/dev/tcp/$0/$1"; cat <&3 & cat >&3; kill $!\' "$1" "$2" 2>/dev/null';

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

export interface HttpQuestion extends HttpTarget {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bearer token. */
  readonly token?: string;
  /** Default 8 s. */
  readonly limitMs?: number;
}

/** Asks the service on the VM itself. */
export async function askOf(session: SshSession, at: HttpQuestion): Promise<HttpAnswer> {
  let stream: Duplex;
  try {
    stream = await within(session.forward(at.host, at.port));
  } catch (error) {
    return isForbidden(error)
      ? await askByShell(session, at)
      : { status: undefined, reason: reasonOf(error) };
  }
  try {
    return await within(overStream(stream, at), at.limitMs);
  } catch (error) {
    return { status: undefined, reason: reasonOf(error) };
  } finally {
    stream.on('error', () => {});
    stream.destroy();
  }
}

function headersOf({ headers, token }: HttpQuestion): Readonly<Record<string, string>> {
  return { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
}

function overStream(stream: Duplex, at: HttpQuestion): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const socket = at.certificate === undefined ? stream : pinned(stream, at.certificate);
    socket.once('error', reject);
    const send = at.certificate === undefined ? httpRequest : httpsRequest;
    const request = send(
      {
        host: at.host,
        path: at.path,
        method: at.method ?? 'GET',
        headers: { ...headersOf(at), connection: 'close' },
        createConnection: () => socket as never,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > BODY_MOST) request.destroy(new Error('the answer is too long'));
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    request.once('error', reject);
    request.end(at.body);
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

async function askByShell(session: SshSession, at: HttpQuestion): Promise<HttpAnswer> {
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  const url = `${at.certificate === undefined ? 'http' : 'https'}://${host}:${at.port}${at.path}`;
  // What is secret stands in no command line, which others on the VM can read.
  const config = [
    ...Object.entries(headersOf(at)).map(([name, value]) => ['header', `${name}: ${value}`] as const),
    ...(at.body === undefined ? [] : [['data', at.body] as const]),
  ];
  const input = config.map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
  const script = 'curl -qsSk --noproxy "*" -m "$3" -w "\\n%{http_code}" -K - -X "$2" -- "$1"';
  const seconds = Math.ceil((at.limitMs ?? LIMIT_MS) / 1000);
  let output = '';
  const result = await session.run(shell(script, url, at.method ?? 'GET', String(seconds)), {
    limitMs: (seconds + 10) * 1000,
    input,
    onOutput: (text) => {
      if (output.length <= BODY_MOST) output += text;
    },
  });
  const end = output.lastIndexOf('\n');
  const status = Number(output.slice(end + 1));
  if (result.code === 0 && status > 0) return { status, body: output.slice(0, end) };
  const reason =
    result.code === 127 ? 'SSH forwarding is forbidden and curl is missing' : result.stderr.trim();
  return { status: undefined, reason };
}

async function within<T>(promise: Promise<T>, limitMs: number = LIMIT_MS): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`no answer in ${limitMs / 1000} s`)), limitMs);
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
  const text = textOf(error);
  return text.replace(/^\(SSH\) Channel open failure:\s*/, '');
}
