/**
 * The stored form of a conversation, field by field. Each shape is checked against the type of the model: a field that
 * is added there and forgotten here does not compile. A word of Engage Link that a later release has added reads as the
 * link reads it, as unknown.
 */

import { voiceEventSchemas } from '@exec/common/genesys-cloud';
import type {
  CallUuid,
  CloudQueueId,
  CloudSkillId,
  CloudUserId,
  CloudWrapupCodeId,
  PartyUuid,
} from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import {
  callTypes,
  causes,
  type PartyFlag,
  partyFlags,
  partyStates,
  partyTypes,
} from '@exec/engage-link/wire';
import { z } from 'zod';
import type {
  Change,
  ConsultChanged,
  Destination,
  DispositionApplied,
  LegAnswered,
  LegAudio,
  LegEnded,
  LegEstablished,
  LegHeld,
  LegIdentity,
  Transferred,
} from '../conversation/changes.ts';
import type {
  Call,
  Consult,
  Conversation,
  Leaving,
  Leg,
  Party,
  PartyPassed,
  Undecided,
  Wait,
} from '../conversation/state.ts';
import { incompletions } from '../conversation/state.ts';

/** A schema for every field of `T`, and for nothing else. */
type Shape<T> = { readonly [K in keyof T]-?: z.ZodType<T[K] | Exclude<T[K], undefined>> };

function asFlag(name: string): PartyFlag[] {
  return partyFlags.filter((flag) => flag === name);
}

/** Text that is an ID of that kind: a brand of the compiler, nothing of it is stored. */
function id<T extends string>(): z.ZodType<T> {
  return z.string() as unknown as z.ZodType<T>;
}

/** On the Engage side. */
const event = z.number().transform(engageMicros);
/** In the stream. */
const stream = z.number().transform(streamMs);
const text = z.string();
const yes = z.literal(true).exactOptional();

const disconnect = voiceEventSchemas.communicationEndedEvents.shape.disconnectType;
const callType = z.enum(callTypes).catch('Unknown');
const partyType = z.enum(partyTypes).catch('Unknown');
const partyState = z.enum([...partyStates, 'Unknown']).catch('Unknown');
const cause = z.enum(causes).catch('Empty');
const flags = z.array(text).transform((names) => names.flatMap(asFlag));
const legKind = z.enum(['external', 'phone', 'ivr', 'queue', 'user']);

const wait = {
  at: event,
  since: stream.exactOptional(),
  place: z.number().exactOptional(),
  until: stream,
} satisfies Shape<Wait>;

const undecided = z.object({
  ...wait,
  why: z.enum(['agent', 'queue', 'link']),
  later: z.array(
    z.object({
      state: z.union([z.literal('gone'), partyState]),
      at: event,
      cause: cause.exactOptional(),
      ctrl: id<PartyUuid>().exactOptional(),
    } satisfies Shape<PartyPassed>),
  ),
} satisfies Shape<Undecided>);

const party = z.object({
  id: id<PartyUuid>(),
  dn: text,
  type: partyType,
  state: partyState,
  at: event,
  foundAt: event.exactOptional(),
  seen: stream,
  agentId: text.exactOptional(),
  cause: cause.exactOptional(),
  ctrl: id<PartyUuid>().exactOptional(),
  ref: id<PartyUuid>().exactOptional(),
  flags,
  leg: text.exactOptional(),
  undecided: undecided.exactOptional(),
  link: yes,
} satisfies Shape<Party>);

const call = z.object({
  key: text,
  site: text,
  uuid: id<CallUuid>(),
  connIds: z.array(text),
  type: callType,
  ani: text.exactOptional(),
  dnis: text.exactOptional(),
  dialed: text.exactOptional(),
  at: event,
  consultOf: text.exactOptional(),
  parties: z.array(party),
  links: z.array(text),
  disposition: text.exactOptional(),
  routedAt: event.exactOptional(),
  removed: z.array(id<PartyUuid>()),
  left: z.number(),
  endedAt: event.exactOptional(),
  queuedOnly: yes,
  seen: stream,
} satisfies Shape<Call>);

const leaving = z.object({
  ...wait,
  why: z.enum(['transfer', 'unsure', 'unanswered', 'consult', 'moving', 'queue', 'last']),
  upTo: event.exactOptional(),
  towards: text.exactOptional(),
  otherwise: disconnect,
} satisfies Shape<Leaving>);

const leg = z.object({
  key: text,
  kind: legKind,
  home: text,
  site: text,
  dn: text,
  at: event,
  seen: stream,
  userId: id<CloudUserId>().exactOptional(),
  queueId: id<CloudQueueId>().exactOptional(),
  by: text.exactOptional(),
  cause: cause.exactOptional(),
  stay: text.exactOptional(),
  consult: text.exactOptional(),
  alerting: z.boolean(),
  answeredAt: event.exactOptional(),
  held: z.boolean(),
  failed: yes,
  muted: z.boolean().exactOptional(),
  canHear: z.boolean(),
  canSpeak: z.boolean(),
  leaving: leaving.exactOptional(),
  endedAt: event.exactOptional(),
  leftOut: yes,
  disposition: text.exactOptional(),
  chosen: z.object({ value: text, at: event }).exactOptional(),
  disposed: yes,
  disposableUntil: stream.exactOptional(),
} satisfies Shape<Leg>);

const consult = z.object({
  call: text,
  main: text,
  initiator: text.exactOptional(),
  target: text.exactOptional(),
  reached: text.exactOptional(),
  object: text.exactOptional(),
  phase: z.enum(['waiting', 'begun', 'joined', 'over']),
  until: stream.exactOptional(),
  joinedAt: event.exactOptional(),
} satisfies Shape<Consult>);

const identity = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    userId: id<CloudUserId>(),
    queueId: id<CloudQueueId>().exactOptional(),
  } satisfies Shape<Extract<LegIdentity, { kind: 'user' }>>),
  z.object({
    kind: z.literal('queue'),
    queueId: id<CloudQueueId>(),
    skillIds: z.array(id<CloudSkillId>()).exactOptional(),
  } satisfies Shape<Extract<LegIdentity, { kind: 'queue' }>>),
  z.object({ kind: z.enum(['external', 'phone', 'ivr']) }),
]) satisfies z.ZodType<LegIdentity>;

const destination = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), userId: id<CloudUserId>() }),
  z.object({ kind: z.literal('queue'), queueId: id<CloudQueueId>() }),
  z.object({ kind: z.literal('phone'), number: text }),
]) satisfies z.ZodType<Destination>;

const change = z.discriminatedUnion('change', [
  z.object({
    change: z.literal('established'),
    at: event,
    leg: text,
    is: identity,
    alerting: z.boolean(),
    inbound: z.boolean(),
    invitedBy: text.exactOptional(),
    number: text.exactOptional(),
    ani: text.exactOptional(),
    dnis: text.exactOptional(),
  } satisfies Shape<LegEstablished>),
  z.object({ change: z.literal('answered'), at: event, leg: text } satisfies Shape<LegAnswered>),
  z.object({
    change: z.literal('held'),
    at: event,
    leg: text,
    held: z.boolean(),
  } satisfies Shape<LegHeld>),
  z.object({
    change: z.literal('audio'),
    at: event,
    leg: text,
    canHear: z.boolean(),
    canSpeak: z.boolean(),
  } satisfies Shape<LegAudio>),
  z.object({
    change: z.literal('ended'),
    at: event,
    leg: text,
    disconnect,
    into: text.exactOptional(),
  } satisfies Shape<LegEnded>),
  z.object({
    change: z.literal('transferred'),
    at: event,
    initiating: text,
    object: text,
    target: text,
    destination,
  } satisfies Shape<Transferred>),
  z.object({
    change: z.enum(['consult-begun', 'consult-progressed', 'consult-ended']),
    at: event,
    initiating: text,
    target: text,
    reached: text,
    object: text,
  } satisfies Shape<ConsultChanged>),
  z.object({
    change: z.literal('disposition'),
    at: event,
    leg: text,
    code: id<CloudWrapupCodeId>().exactOptional(),
  } satisfies Shape<DispositionApplied>),
]) satisfies z.ZodType<Change>;

/** What stands in Redis: three of its names are those of the first release, and stay. */
interface StoredConversation extends Omit<Conversation, 'reportable' | 'published' | 'unpublished'> {
  readonly open: boolean;
  readonly told: boolean;
  readonly untold: readonly Change[];
}

/** Reads the stored form. */
export const conversationSchema = z
  .object({
    key: text,
    interactionId: id<CallUuid>(),
    calls: z.array(call),
    legs: z.array(leg),
    consults: z.array(consult),
    open: z.boolean(),
    told: z.boolean(),
    untold: z.array(change),
    overAt: event.exactOptional(),
    keepUntil: stream.exactOptional(),
    incomplete: z.enum(incompletions).catch('gap').exactOptional(),
    touchedAt: stream,
  } satisfies Shape<StoredConversation>)
  .transform(
    ({ open, told, untold, ...rest }): Conversation => ({
      ...rest,
      reportable: open,
      published: told,
      unpublished: untold,
    }),
  );

/** The form that is stored. */
export function storedConversation(conversation: Conversation): StoredConversation {
  const { reportable, published, unpublished, ...rest } = conversation;
  return { ...rest, open: reportable, told: published, untold: unpublished };
}
