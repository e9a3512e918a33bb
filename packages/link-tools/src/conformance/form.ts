/** Judges single frames: their form, and the times in them. Pure. */
import type { WallMs } from '@exec/common/instants';
import { boundsFault, type Frame, parseSipEvent, parseStatEvent } from '@exec/engage-link/wire';
import type { Server } from './checks.ts';
import { isResync, timeOf } from './order.ts';

/** `wrong`: the services drop it. `odd`: they take it, but not all of it. */
export interface FormFault {
  readonly kind: 'wrong' | 'odd';
  /** Names of messages and attributes, never a value of anybody. */
  readonly what: string;
}

const keepAlive = new Set(['KeepAliveRequest', 'KeepAliveResponse']);

/** @param now the receiver's clock */
export function formFaults(server: Server, frame: Frame, now: WallMs): FormFault[] {
  const { message } = frame;
  if (keepAlive.has(message)) return [];
  const parsed = server === 'sip' ? parseSipEvent(frame) : parseStatEvent(frame);
  if (parsed.kind === 'unknown')
    return [{ kind: 'odd', what: `${printable(message)} is not in the contract` }];
  if (parsed.kind === 'invalid')
    return parsed.issues.map((issue) => ({ kind: 'wrong', what: `${message} ${printable(issue)}` }));
  const bounds = boundsFault(frame, now);
  // Times have a check of their own.
  if (bounds === 'text-too-long')
    return [{ kind: 'wrong', what: `${message} holds a text that is too long` }];
  return parsed.unknownNames.map(({ attribute, name }) => ({
    kind: 'odd',
    what: `${message} has the ${attribute} "${printable(name)}"`,
  }));
}

export interface TimeFault {
  readonly kind: 'wrong' | 'odd';
  readonly what: string;
}

const answers =
  /^Event(?:ServerConnected|Error|LinkConnected|LinkDisconnected|Registered|Unregistered|ACK|ServerInfo)$/;
/** A clock may be that much off before it is worth a word, and before nothing can be made of its times. */
const worthAWordMs = 5_000;
const wrongMs = 3_600_000;

/** Of an event of a SIP Server that came at `at`; undefined: nothing to say. */
export function timeFault(frame: Frame, at: WallMs): TimeFault | undefined {
  const { message, attributes } = frame;
  if (!message.startsWith('Event') || answers.test(message)) return undefined;
  const micros = timeOf(attributes);
  if (micros === undefined) return { kind: 'wrong', what: `${message} has no TimeinSecs` };
  const { TimeinuSecs } = attributes;
  if (TimeinuSecs !== undefined && !isMicroseconds(TimeinuSecs))
    return { kind: 'wrong', what: `${message} has a TimeinuSecs that is not from 0 to 999,999` };
  if (TimeinuSecs === undefined) return { kind: 'odd', what: `${message} has no TimeinuSecs` };
  if (boundsFault({ message, attributes: { TimeinSecs: attributes.TimeinSecs } }, at) !== undefined)
    return { kind: 'wrong', what: `${message} has a time before 2000 or more than a day ahead` };
  const ahead = micros / 1000 - at;
  // What is repeated in a resync keeps its old time.
  if (isResync(attributes))
    return ahead > wrongMs ? { kind: 'wrong', what: offBy(message, ahead) } : undefined;
  if (Math.abs(ahead) > wrongMs) return { kind: 'wrong', what: offBy(message, ahead) };
  if (Math.abs(ahead) > worthAWordMs) return { kind: 'odd', what: offBy(message, ahead) };
  return undefined;
}

/** Of the states in a value of a Stat Server. */
export function stateTimeFault(frame: Frame, at: WallMs): TimeFault | undefined {
  if (frame.message !== 'EventInfo') return undefined;
  const parsed = parseStatEvent(frame);
  if (parsed.kind !== 'message') return undefined;
  if (boundsFault(frame, at) === 'time-out-of-bounds')
    return { kind: 'wrong', what: 'EventInfo has a time before 2000 or more than a day ahead' };
  const value = frame.attributes.ObjectValue as { readonly Time: number };
  const ahead = value.Time * 1000 - at;
  if (ahead > wrongMs) return { kind: 'wrong', what: offBy('EventInfo', ahead) };
  return ahead > worthAWordMs ? { kind: 'odd', what: offBy('EventInfo', ahead) } : undefined;
}

function isMicroseconds(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 999_999;
}

function offBy(message: string, ahead: number): string {
  const side = ahead > 0 ? 'ahead of' : 'behind';
  const seconds = Math.abs(ahead) / 1000;
  const much = seconds >= 7_200 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds)} s`;
  return `${message} is ${much} ${side} the clock here`;
}

/** A peer's word as it may be printed: short, and without what could steer a terminal. */
export function printable(text: string): string {
  return text.slice(0, 60).replace(/[^\x20-\x7e]/g, ' ');
}
