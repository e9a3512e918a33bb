/** The opening of a link as a question: who is there, in which role, and can it be worked with. */
import type { Secret } from '@exec/common/config';
import type { ErrorCode } from '@exec/common/errors';
import { type EngageSeconds, engageSeconds } from '@exec/common/instants';
import { readRegistrationAnswer, refusalText } from '../connection/registration.ts';
import { PROTOCOL_VERSION, parseOpening, parseSipEvent, type ServerRole } from '../wire/index.ts';
import type { Answer, Probe } from './probe.ts';

export type ServerKind = 'sip' | 'stat';

export interface HandshakeOptions {
  readonly kind: ServerKind;
  /** Whether the stream is TLS: a peer that closes without a word may have expected it. */
  readonly tls: boolean;
  readonly applicationName: string;
  readonly password?: Secret | undefined;
  /** For each answer, milliseconds. Default 10,000, as the contract says. */
  readonly limitMs?: number;
}

export interface Shaken {
  readonly outcome: 'accepted';
  readonly role: ServerRole;
  readonly protocolVersion: string;
  /** Unix time in seconds. */
  readonly serverStartTime: EngageSeconds;
  /** Version of the server behind the link, where it says one. */
  readonly serverVersion?: string;
  /** SIP Server: whether its link to the switch is up. */
  readonly linkConnected?: boolean;
}

export type Handshake =
  | Shaken
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly message: string };

const LIMIT_MS = 10_000;
/** For the version: servers may leave it out, and no check depends on it. */
const VERSION_LIMIT_MS = 3_000;

/** Registers, and asks a SIP Server whether it is usable. The messages name no server. */
export async function handshake(probe: Probe, options: HandshakeOptions): Promise<Handshake> {
  const limitMs = options.limitMs ?? LIMIT_MS;
  const opened = await register(probe, options, limitMs);
  if (opened.outcome === 'failed' || options.kind === 'stat') return opened;
  if (opened.role === 'Backup') return { ...opened, ...(await askServer(probe, limitMs)) };
  const linked = await probe.until(({ frame }) => frame.message === 'EventLinkConnected', limitMs);
  if (linked.kind === 'ended') return failed('link.lost', linked.ending.detail);
  return { ...opened, ...(await askServer(probe, limitMs)), linkConnected: linked.kind === 'frame' };
}

async function register(probe: Probe, o: HandshakeOptions, limitMs: number): Promise<Handshake> {
  const { password } = o;
  const answer = await probe.ask(
    'RequestRegisterClient',
    {
      ProtocolVersion: PROTOCOL_VERSION,
      ApplicationName: o.applicationName,
      ...(password === undefined ? {} : { ApplicationPassword: password.reveal() }),
    },
    limitMs,
  );
  if (answer.kind !== 'frame') return withoutAnswer(probe, answer, o);
  const read = readRegistrationAnswer(answer.frame, Number(answer.frame.attributes.ReferenceID), password);
  if (read.kind === 'failed') return failed(read.ending.code, read.ending.message);
  if (read.kind === 'other')
    return failed('link.answer-invalid', `answered the registration with ${name(answer.frame.message)}`);
  const { ServerRole, ProtocolVersion, ServerStartTime } = read.answer;
  return {
    outcome: 'accepted',
    role: ServerRole,
    protocolVersion: ProtocolVersion,
    serverStartTime: engageSeconds(ServerStartTime),
  };
}

/** A refusal may come without a ReferenceID, and something that is no Engage Link says anything at all. */
function withoutAnswer(
  probe: Probe,
  answer: Exclude<Answer, { readonly kind: 'frame' }>,
  { password, tls }: HandshakeOptions,
): Handshake {
  for (const { frame } of probe.seen) {
    const parsed = parseOpening(frame);
    if (frame.message === 'EventError' && parsed.kind === 'message') {
      const { ErrorCode, ErrorMessage } = frame.attributes as {
        readonly ErrorCode?: string | number;
        readonly ErrorMessage?: string;
      };
      return failed(
        'link.registration-refused',
        `refused the registration${refusalText(ErrorCode, ErrorMessage, password)}`,
      );
    }
  }
  if (answer.kind === 'none') return failed('link.registration-timeout', 'did not answer the registration');
  const { by, detail } = answer.ending;
  if (by === 'protocol') return failed('link.protocol', `does not speak Engage Link: ${detail}`);
  const hint = tls ? '' : '; if it speaks TLS, its address must begin with tls://';
  return failed('link.lost', `${detail} without an answer to the registration${hint}`);
}

/** What the server says of itself; nothing when it does not answer, which the opening has made bearable. */
async function askServer(probe: Probe, limitMs: number): Promise<{ readonly serverVersion?: string }> {
  const answer = await probe.ask('RequestQueryServer', {}, Math.min(limitMs, VERSION_LIMIT_MS));
  if (answer.kind !== 'frame') return {};
  const parsed = parseSipEvent(answer.frame);
  if (parsed.kind !== 'message' || parsed.value.message !== 'EventServerInfo') return {};
  const { ServerVersion } = parsed.value.attributes;
  return ServerVersion === undefined ? {} : { serverVersion: name(ServerVersion) };
}

function failed(code: ErrorCode, message: string): Handshake {
  return { outcome: 'failed', code, message };
}

function name(text: string): string {
  return text.slice(0, 64).replace(/[^\x20-\x7e]/g, ' ');
}
