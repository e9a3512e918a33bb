/**
 * A conversation that is over, as one short text: the names under which what comes late finds it, and what a disposition
 * is judged by. Tens of thousands wait out their grace time, so each is text until somebody asks for it.
 *
 * Event times are counted from the start (`at` of its earliest call), stream times from the same moment; what is usual is
 * 0, and zeros at the end are left out. Numbers of callers, and what only a leg that lasts needs, are not kept.
 */
import { asId, type Branded, type CallUuid, type CloudQueueId, type CloudUserId } from '@exec/common/ids';
import { type EngageMicros, earliest, engageMicros, type StreamMs, streamMs } from '@exec/common/instants';
import type { CallType } from '@exec/engage-link/wire';
import { type Call, type CallKey, type Conversation, callKey, type Incomplete, type Leg } from './state.ts';

/** JSON of {@link PackedConversation}. */
export type EndedText = Branded<string, 'EndedText'>;

/** A conversation that is over. */
export interface Ended {
  readonly key: CallKey;
  readonly text: EndedText;
}

type Usual<T> = T | 0 | undefined;
/** One of the calls of the conversation by its number, from 1 on; another one by its key. */
type CallName = CallKey | number;

export type PackedCall = readonly [
  /** 0: as in the key of the conversation. */
  uuid: string | 0,
  connIds: readonly string[],
  at?: Usual<number>,
  /** From `at` of the call. */
  endedAt?: Usual<number>,
  /** From the start. */
  seen?: Usual<number>,
  disposition?: Usual<string>,
  /** 0: inbound. */
  type?: Usual<CallType>,
  /** 0: as in the key of the conversation. */
  site?: Usual<string>,
  consultOf?: Usual<CallName>,
  /** 1: nothing but a queue has named it. */
  queuedOnly?: Usual<number>,
  /** Of one that nothing but a queue has named. */
  left?: Usual<number>,
];

export type PackedLeg = readonly [
  key: string,
  dn: string,
  at?: Usual<number>,
  /** From `at` of the leg. */
  endedAt?: Usual<number>,
  /** Before `keepUntil`; null: none. */
  disposableUntil?: Usual<number> | null,
  userId?: Usual<string>,
  queueId?: Usual<string>,
  disposition?: Usual<string>,
  /** Sum of {@link marks}. */
  marks?: Usual<number>,
  /** One more than from `at` of the leg; 0: never. */
  answeredAt?: Usual<number>,
  /** 0: the first call. */
  home?: Usual<CallName>,
  /** 0: as in the key of the conversation. */
  site?: Usual<string>,
  consult?: Usual<CallName>,
];

export type PackedConversation = readonly [
  /** Event time. */
  start: number,
  overAt: number,
  touchedAt: number,
  /** From `touchedAt`. */
  keepUntil: number,
  calls: readonly PackedCall[],
  legs: readonly PackedLeg[],
  incomplete?: Usual<Incomplete>,
  /** 0: the call that the key names. */
  interactionId?: Usual<string>,
];

const marks = { alerting: 1, leftOut: 2, disposed: 4 } as const;

/** Beyond it a difference of two times may be no whole number. */
const latestTime = 2 ** 52;

/** Undefined when there is more to it than the text can say: it is not over yet, or its times are none. */
function packed(state: Conversation): PackedConversation | undefined {
  const { key, calls, legs, overAt, keepUntil } = state;
  if (overAt === undefined || keepUntil === undefined || !isAtRest(state)) return undefined;
  if (!timesOf(state).every((time) => Math.abs(time) < latestTime)) return undefined;
  const start = micros(earliest(overAt, ...calls.map((call) => call.at)));
  const base = Math.floor(start / 1000);
  const [touchedAt, until] = [millis(state.touchedAt), millis(keepUntil)];
  const { site, uuid } = namesIn(key);
  const siteOf = (one: { readonly site: string }) => (one.site === site ? 0 : one.site);
  const nameOf = (key: CallKey | undefined): CallName =>
    key === undefined ? 0 : calls.findIndex((call) => call.key === key) + 1 || key;
  return shortened([
    start,
    micros(overAt) - start,
    touchedAt - base,
    until - touchedAt,
    calls.map(
      (call): PackedCall =>
        shortened([
          call.uuid === uuid ? 0 : call.uuid,
          call.connIds,
          micros(call.at) - start,
          micros(call.endedAt ?? call.at) - micros(call.at),
          millis(call.seen) - base,
          call.disposition ?? 0,
          call.type === 'Inbound' ? 0 : call.type,
          siteOf(call),
          nameOf(call.consultOf),
          call.queuedOnly === true ? 1 : 0,
          call.queuedOnly === true ? call.left : 0,
        ]),
    ),
    legs.map(
      (leg): PackedLeg =>
        shortened([
          leg.key,
          leg.dn,
          micros(leg.at) - start,
          micros(leg.endedAt ?? leg.at) - micros(leg.at),
          leg.disposableUntil === undefined ? null : until - millis(leg.disposableUntil),
          leg.userId ?? 0,
          leg.queueId ?? 0,
          leg.disposition ?? 0,
          marksOf(leg),
          leg.answeredAt === undefined ? 0 : micros(leg.answeredAt) - micros(leg.at) + 1,
          leg.home === calls[0]?.key ? 0 : nameOf(leg.home),
          siteOf(leg),
          nameOf(leg.consult),
        ]),
    ),
    state.incomplete ?? 0,
    state.interactionId === uuid ? 0 : state.interactionId,
  ]);
}

function marksOf({ alerting, leftOut, disposed }: Leg): number {
  return (
    (alerting ? marks.alerting : 0) +
    (leftOut === true ? marks.leftOut : 0) +
    (disposed === true ? marks.disposed : 0)
  );
}

/** What was found out rather than told may have a part of a microsecond. */
const micros = (time: EngageMicros) => Math.round(time);
/** A wait may end a part of a millisecond later. */
const millis = (time: StreamMs) => Math.ceil(time);

/** Undefined: see {@link packed}. */
export function endedText(state: Conversation): EndedText | undefined {
  const values = packed(state);
  return values === undefined ? undefined : textOf(values);
}

export function textOf(values: PackedConversation): EndedText {
  return JSON.stringify(values) as EndedText;
}

export function valuesOf(text: EndedText): PackedConversation {
  return JSON.parse(text) as PackedConversation;
}

/** When the first of its calls began, without reading all of it. */
export function startOfText(text: EndedText): number {
  return Number(text.slice(1, text.indexOf(',')));
}

/** The conversation; of what is not kept it has what is usual for an end. */
export function conversationOf({ key, text }: Ended): Conversation {
  const [start, over, touched, kept, calls, legs, incomplete = 0, interactionId = 0] = valuesOf(text);
  const base = Math.floor(start / 1000);
  const keepUntil = base + touched + kept;
  const { site, uuid } = namesIn(key);
  const keys = calls.map(([name, , , , , , , where = 0]) => {
    const named = callKey(where === 0 ? site : where, name === 0 ? uuid : name);
    // One string for one name: an index that keeps it keeps it once.
    return named === key ? key : named;
  });
  const around: Around = { site, uuid, start, base, touchedAt: base + touched, keepUntil, keys };
  return {
    key,
    interactionId: asId<CallUuid>(interactionId === 0 ? uuid : interactionId),
    calls: calls.map((call, index) => callIn(call, keys[index] ?? '', around)),
    legs: legs.map((leg) => legIn(leg, around)),
    consults: [],
    reportable: true,
    published: true,
    unpublished: [],
    overAt: engageMicros(start + over),
    keepUntil: streamMs(keepUntil),
    ...(incomplete === 0 ? {} : { incomplete }),
    touchedAt: streamMs(base + touched),
  };
}

interface Names {
  readonly site: string;
  readonly uuid: string;
}

interface Around extends Names {
  readonly start: number;
  /** The same in milliseconds. */
  readonly base: number;
  readonly touchedAt: number;
  readonly keepUntil: number;
  /** Of its calls. */
  readonly keys: readonly CallKey[];
}

function keyOf(name: CallName, { keys }: Around): CallKey {
  return typeof name === 'string' ? name : (keys[name - 1] ?? '');
}

function callIn(call: PackedCall, key: CallKey, around: Around): Call {
  const [uuid, connIds, from = 0, ended = 0, seen = 0, disposition = 0, type = 0, ...rest] = call;
  const [site = 0, consultOf = 0, only = 0, left = 0] = rest;
  const at = around.start + from;
  return {
    key,
    site: site === 0 ? around.site : site,
    uuid: asId<CallUuid>(uuid === 0 ? around.uuid : uuid),
    connIds: [...connIds],
    type: type === 0 ? 'Inbound' : type,
    at: engageMicros(at),
    ...(consultOf === 0 ? {} : { consultOf: keyOf(consultOf, around) }),
    parties: [],
    links: [],
    ...(disposition === 0 ? {} : { disposition }),
    removed: [],
    left,
    endedAt: engageMicros(at + ended),
    ...(only === 0 ? {} : { queuedOnly: true }),
    seen: streamMs(around.base + seen),
  };
}

function legIn(leg: PackedLeg, around: Around): Leg {
  const [key, dn, from = 0, ended = 0, until = 0, userId = 0, queueId = 0, disposition = 0, ...rest] = leg;
  const [sum = 0, answered = 0, home = 0, site = 0, consult = 0] = rest;
  const at = around.start + from;
  return {
    key,
    kind: 'user',
    home: keyOf(home === 0 ? 1 : home, around),
    site: site === 0 ? around.site : site,
    dn,
    at: engageMicros(at),
    seen: streamMs(around.touchedAt),
    ...(userId === 0 ? {} : { userId: asId<CloudUserId>(userId) }),
    ...(queueId === 0 ? {} : { queueId: asId<CloudQueueId>(queueId) }),
    ...(consult === 0 ? {} : { consult: keyOf(consult, around) }),
    alerting: (sum & marks.alerting) !== 0,
    ...(answered === 0 ? {} : { answeredAt: engageMicros(at + answered - 1) }),
    held: false,
    canHear: true,
    canSpeak: true,
    endedAt: engageMicros(at + ended),
    ...((sum & marks.leftOut) === 0 ? {} : { leftOut: true }),
    ...(disposition === 0 ? {} : { disposition }),
    ...((sum & marks.disposed) === 0 ? {} : { disposed: true }),
    ...(until === null ? {} : { disposableUntil: streamMs(around.keepUntil - until) }),
  };
}

/** Over, published, and nothing is waited for in it but dispositions. */
function isAtRest({ published, reportable, unpublished, consults, calls, legs }: Conversation): boolean {
  return (
    published &&
    reportable &&
    unpublished.length === 0 &&
    consults.length === 0 &&
    calls.every(
      ({ endedAt, parties, links, removed }) =>
        endedAt !== undefined && parties.length + links.length + removed.length === 0,
    ) &&
    legs.every(
      ({ kind, endedAt, leaving, chosen }) =>
        kind === 'user' && endedAt !== undefined && leaving === undefined && chosen === undefined,
    )
  );
}

function timesOf({ calls, legs, overAt, keepUntil, touchedAt }: Conversation): number[] {
  return [
    ...calls.flatMap(({ at, endedAt, seen }) => [at, endedAt ?? at, seen]),
    ...legs.flatMap(({ at, endedAt, answeredAt, disposableUntil }) => [
      at,
      endedAt ?? at,
      answeredAt ?? at,
      disposableUntil ?? touchedAt,
    ]),
    overAt ?? 0,
    keepUntil ?? 0,
    touchedAt,
  ];
}

/** What the key of a conversation is made of; a name with a slash is taken apart elsewhere than it was put together. */
function namesIn(key: CallKey): Names {
  const slash = key.lastIndexOf('/');
  return { site: key.slice(0, slash), uuid: key.slice(slash + 1) };
}

/** Without the zeros at the end, which reading puts back. */
function shortened<const T extends readonly unknown[]>(values: T): T {
  return values.slice(0, values.findLastIndex((value) => value !== 0) + 1) as unknown as T;
}
