/** Checks of how a link opens, of either kind of server, and of what holds for both of them. */
import { ExecError } from '@exec/common/errors';
import type { ServerAddress } from '@exec/engage-link';
import { type Answer, handshake, type Probe } from '@exec/engage-link/probe';
import { type Frame, PROTOCOL_VERSION, parseOpening, type ServerConnected } from '@exec/engage-link/wire';
import { type Context, connect } from './context.ts';
import { printable } from './form.ts';
import type { Rows } from './rows.ts';

type OpeningChecks = 'connect' | 'opening' | 'role';
type AliveChecks = 'unknown-request' | 'keep-alive' | 'bad-line';

export interface Opened {
  readonly probe: Probe;
  readonly answer: ServerConnected;
}

/** Undefined when nothing further can be asked. */
export async function checkOpening(
  rows: Rows<OpeningChecks>,
  context: Context,
  address: ServerAddress,
): Promise<Opened | undefined> {
  let probe: Probe;
  try {
    probe = await connect(context, address);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    rows.add('connect', 'fail', error.message.replace(/^\S+ /, ''));
    return undefined;
  }
  rows.add('connect', 'pass', address.tls ? 'TLS' : 'TCP without TLS');
  const answer = await register(probe, context);
  const opened = answer.kind === 'frame' ? read(answer.frame) : ended(answer);
  if (typeof opened === 'string') {
    rows.add('opening', 'fail', opened);
    probe.close();
    return undefined;
  }
  const now = context.clock.now() / 1000;
  if (opened.ServerStartTime < 946_684_800 || opened.ServerStartTime > now + 86_400)
    rows.add(
      'opening',
      'fail',
      'ServerStartTime is no date between 2000 and tomorrow, in seconds since 1970',
    );
  else rows.add('opening', 'pass', opened.ProtocolVersion);
  const wanted = context.role;
  if (wanted !== undefined && wanted !== opened.ServerRole)
    rows.add('role', 'fail', `${opened.ServerRole}; expected is ${wanted}`);
  else rows.add('role', 'pass', opened.ServerRole);
  return { probe, answer: opened };
}

/** Another connection as a client has it; undefined when the peer does not let one more in. */
export async function another(
  context: Context,
  address: ServerAddress,
  kind: 'sip' | 'stat',
): Promise<Probe | string> {
  let probe: Probe;
  try {
    probe = await connect(context, address);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    return `a further connection ${error.message.replace(/^\S+ /, '')}`;
  }
  const { client, limits } = context;
  const shaken = await handshake(probe, {
    kind,
    tls: address.tls,
    applicationName: client.applicationName,
    password: client.password,
    limitMs: limits.answer,
  });
  if (shaken.outcome === 'accepted' && shaken.linkConnected !== false) return probe;
  probe.close();
  return shaken.outcome === 'failed'
    ? `a further connection ${shaken.message}`
    : 'a further connection is not told that the server is usable';
}

function register(probe: Probe, { client, limits }: Context): Promise<Answer> {
  return probe.ask(
    'RequestRegisterClient',
    {
      ProtocolVersion: PROTOCOL_VERSION,
      ApplicationName: client.applicationName,
      ...(client.password === undefined ? {} : { ApplicationPassword: client.password.reveal() }),
    },
    limits.answer,
  );
}

function read(frame: Frame): ServerConnected | string {
  const parsed = parseOpening(frame);
  if (parsed.kind === 'unknown') return `is answered with ${printable(frame.message)}`;
  if (parsed.kind === 'invalid') return `${frame.message} is wrong: ${printable(parsed.issues.join('; '))}`;
  if (parsed.value.message === 'EventError')
    return `is refused${errorCodeOf(frame)}: check the name and the password`;
  const { ProtocolVersion } = parsed.value.attributes;
  if (ProtocolVersion !== PROTOCOL_VERSION)
    return `speaks "${printable(ProtocolVersion)}", needed is "${PROTOCOL_VERSION}"`;
  return parsed.value.attributes;
}

/** Requests and lines that nobody should send, and the sign of life that everybody must give. */
export async function checkAlive(
  rows: Rows<AliveChecks>,
  context: Context,
  address: ServerAddress,
  probe: Probe,
): Promise<void> {
  const { limits } = context;
  const unknown = await probe.ask('RequestWhatNobodyKnows', {}, limits.answer);
  if (unknown.kind !== 'frame') rows.add('unknown-request', 'fail', ended(unknown));
  else if (unknown.frame.message !== 'EventError')
    rows.add('unknown-request', 'fail', `is answered with ${printable(unknown.frame.message)}`);
  else rows.add('unknown-request', 'pass', `EventError${errorCodeOf(unknown.frame)}`);

  const from = probe.seen.length;
  probe.send('KeepAliveRequest');
  const alive = await probe.until(({ frame }) => frame.message === 'KeepAliveResponse', limits.answer, from);
  if (alive.kind === 'frame') rows.add('keep-alive', 'pass', 'KeepAliveResponse');
  else rows.add('keep-alive', 'fail', ended(alive));

  const other = await connect(context, address).catch(() => undefined);
  if (other === undefined) {
    rows.add('bad-line', 'fail', 'a further connection is not taken');
    return;
  }
  await register(other, context);
  other.sendRaw(Buffer.from('this is no frame\n'));
  const ending = await other.ended(limits.answer);
  other.close();
  if (ending === undefined) rows.add('bad-line', 'fail', 'the connection stays open');
  else rows.add('bad-line', 'pass', 'the connection is closed');
}

/** Why there is no frame. */
export function ended(answer: Exclude<Answer, { readonly kind: 'frame' }>): string {
  return answer.kind === 'none' ? 'no answer in time' : answer.ending.detail;
}

/** ` with code 40`; the message beside it may name somebody and is not told. */
export function errorCodeOf({ attributes }: Frame): string {
  const { ErrorCode } = attributes;
  return typeof ErrorCode === 'number' || typeof ErrorCode === 'string'
    ? ` with code ${printable(String(ErrorCode))}`
    : '';
}
