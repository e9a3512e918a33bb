/** From a frame to a typed message: an event for clients, a request for servers. */
import { maskPersons } from '@exec/common/persons';
import { z } from 'zod';
import type { Frame } from './frame.ts';
import {
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
  type OpeningEvent,
  openingEvents,
  openingRequests,
  type RegisterClient,
} from './handshake.ts';
import { type SipEvent, sipEvents } from './sip-events.ts';
import { type SipRequestAttributes, sipRequests } from './sip-requests.ts';
import { type StatEvent, type StatRequestAttributes, statEvents, statRequests } from './stat-messages.ts';
import { type UnknownName, unknownNames } from './unknown-names.ts';

/** `unknown`: a message that this server kind does not have. `invalid`: a known one with attributes that are wrong. */
export type Parsed<Message> =
  | {
      readonly kind: 'message';
      readonly value: Message;
      /** Enumeration names that were not known and have been replaced. */
      readonly unknownNames: readonly UnknownName[];
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'invalid'; readonly issues: readonly string[] };

/** A request as a server reads it, with its kind of server's own set. */
export type RequestOf<Requests> = {
  [Name in keyof Requests]: { readonly message: Name; readonly attributes: Requests[Name] };
}[keyof Requests];
export type SipRequest = RequestOf<SipRequestAttributes & { RequestRegisterClient: RegisterClient }>;
export type StatRequest = RequestOf<StatRequestAttributes & { RequestRegisterClient: RegisterClient }>;

/** For clients that wait for the answer to their registration. */
export function parseOpening(frame: Frame): Parsed<OpeningEvent> {
  return parse(openingEvents, frame) as Parsed<OpeningEvent>;
}

/**
 * An event of a SIP Server with typed attributes; `unknown` for a message that is none, `invalid` with what is
 * wrong.
 */
export function parseSipEvent(frame: Frame): Parsed<SipEvent> {
  return parse(sipEvents, frame) as Parsed<SipEvent>;
}

/** An event of a Stat Server; as `parseSipEvent`. */
export function parseStatEvent(frame: Frame): Parsed<StatEvent> {
  return parse(statEvents, frame) as Parsed<StatEvent>;
}

/** For servers; keep-alive frames are not requests and read as unknown. */
export function parseSipRequest(frame: Frame): Parsed<SipRequest> {
  return parse(sipServerRequests, frame) as Parsed<SipRequest>;
}

/** For servers; keep-alive frames are not requests and read as unknown. */
export function parseStatRequest(frame: Frame): Parsed<StatRequest> {
  return parse(statServerRequests, frame) as Parsed<StatRequest>;
}

/** ReferenceID of any frame, when it has a usable one: needed to refuse a request that is not understood. */
export function referenceIdOf(frame: Frame): number | undefined {
  const value = frame.attributes.ReferenceID;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}

/** Checking is most of the cost of a frame, so each schema is turned into code when its message first comes. */
const compiled = new WeakMap<z.ZodType, z.ZodType>();

const sipServerRequests = { ...openingRequests, ...sipRequests };
const statServerRequests = { ...openingRequests, ...statRequests };

/** Every message a client may receive: the closed set of values for a metric label. */
export const receivedMessages: ReadonlySet<string> = new Set([
  ...Object.keys(sipEvents),
  ...Object.keys(statEvents),
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
]);

function parse(schemas: Readonly<Record<string, z.ZodType>>, frame: Frame): Parsed<unknown> {
  const schema = Object.hasOwn(schemas, frame.message) ? schemas[frame.message] : undefined;
  if (schema === undefined) return { kind: 'unknown' };
  const result = fast(schema).safeParse(frame.attributes);
  if (result.success) {
    const attributes = result.data as Frame['attributes'];
    const value = { message: frame.message, attributes };
    return {
      kind: 'message',
      value,
      unknownNames: unknownNames(frame.message, frame.attributes, attributes),
    };
  }
  return { kind: 'invalid', issues: result.error.issues.slice(0, 5).map(describe) };
}

function fast(schema: z.ZodType): z.ZodType {
  let made = compiled.get(schema);
  if (made === undefined) {
    made = z.compile(schema);
    compiled.set(schema, made);
  }
  return made;
}

/** Where and what was expected, never the value: it may be attached data, whose keys are words of others as well. */
function describe(issue: z.core.$ZodIssue): string {
  const place = maskPersons(issue.path.map(String).join('.').slice(0, 100));
  return `${place}: ${'expected' in issue ? `expected ${String(issue.expected)}` : issue.code}`;
}
