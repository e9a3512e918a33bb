/** What people see of conversations: names from the mapping, events with what became of them, numbers masked. Pure. */
import type { IdMap } from '@exec/common/id-map';
import { maskNumber } from '@exec/common/persons';
import { startOfText } from '../conversation/ended.ts';
import type { Leg } from '../conversation/state.ts';
import type { RecentEvent } from '../outbox/recent-events.ts';
import { type ConversationRecord, EndedRecord } from '../processor/record.ts';
import { timeText } from './time-text.ts';

/** Who stands behind the IDs of the cloud. */
export class Names {
  readonly #users = new Map<string, string>();
  readonly #queues = new Map<string, { readonly name: string; readonly texts: readonly string[] }>();

  constructor(map: IdMap | undefined) {
    for (const { userId, employeeId } of map?.content.agents ?? []) this.#users.set(userId, employeeId);
    for (const { queueId, name, number, switch: on } of map?.content.queues ?? [])
      this.#queues.set(queueId, { name, texts: [name, number, `${number}@${on}`, queueId] });
  }

  of({ userId, queueId }: Pick<Leg, 'userId' | 'queueId'>): string | undefined {
    if (userId !== undefined) return this.#users.get(userId) ?? userId;
    return queueId === undefined ? undefined : (this.#queues.get(queueId)?.name ?? queueId);
  }

  /** IDs of the users and queues that a search is for. */
  idsOf(wanted: string): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const [userId, employeeId] of this.#users)
      if (lower(employeeId) === wanted || userId === wanted) ids.add(userId);
    for (const [queueId, { texts }] of this.#queues)
      if (texts.some((text) => lower(text) === wanted)) ids.add(queueId);
    return ids;
  }
}

/** The conversations that a text is for: CallUUID, ConnID, agent, queue, ID in the cloud; in any case, whole. */
export function searchFor(
  text: string,
  names: Names,
  conversationIdOf: (key: string) => string,
): (record: ConversationRecord) => boolean {
  const wanted = lower(text.trim());
  const ids = names.idsOf(wanted);
  const mayBeCloudId = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(wanted);
  const named = [wanted, ...ids].map(lower);
  const isFound = ({ conversation }: ConversationRecord) =>
    lower(conversation.interactionId) === wanted ||
    conversation.calls.some(
      ({ uuid, connIds }) => lower(uuid) === wanted || connIds.some((connId) => lower(connId) === wanted),
    ) ||
    (ids.size > 0 &&
      conversation.legs.some(
        ({ userId, queueId }) =>
          (userId !== undefined && ids.has(userId)) || (queueId !== undefined && ids.has(queueId)),
      )) ||
    (mayBeCloudId && conversationIdOf(conversation.key) === wanted);
  const mayBeFound = (record: EndedRecord) =>
    named.some((name) => mayName(record, name)) || (mayBeCloudId && conversationIdOf(record.key) === wanted);
  return (record) => (!(record instanceof EndedRecord) || mayBeFound(record)) && isFound(record);
}

/** Whether a record that is over may name this, a text in lower case: only then it has to be read. */
export function mayName(record: EndedRecord, name: string): boolean {
  return lower(record.key).includes(name) || lower(record.text).includes(JSON.stringify(name).slice(1, -1));
}

/** When the first of its calls began, microseconds. */
export function startOf(record: ConversationRecord): number {
  if (record instanceof EndedRecord) return startOfText(record.text);
  const { conversation } = record;
  let start = Number.POSITIVE_INFINITY;
  for (const { at } of conversation.calls) start = Math.min(start, at);
  return start;
}

/** The newest first, from `offset` on. Of many thousands only those that may be on the page are put in order. */
export function newest(
  records: readonly ConversationRecord[],
  offset: number,
  limit: number,
): readonly ConversationRecord[] {
  const starts = Float64Array.from(records, startOf);
  const oldest = starts.toSorted()[Math.max(0, starts.length - offset - limit)] ?? 0;
  const page: { readonly start: number; readonly record: ConversationRecord }[] = [];
  for (const [index, record] of records.entries()) {
    const start = starts[index] ?? 0;
    if (start >= oldest) page.push({ start, record });
  }
  return page
    .sort((one, other) => other.start - one.start)
    .slice(offset, offset + limit)
    .map(({ record }) => record);
}

export function peopleOf({ conversation }: ConversationRecord, names: Names) {
  const of = (kind: Leg['kind']) => [
    ...new Set(conversation.legs.filter((leg) => leg.kind === kind).flatMap((leg) => names.of(leg) ?? [])),
  ];
  const start = startOf({ conversation } as ConversationRecord);
  return {
    ...(Number.isFinite(start) ? { startedAt: timeText(start / 1000) } : {}),
    ...(conversation.overAt === undefined ? {} : { endedAt: timeText(conversation.overAt / 1000) }),
    agents: of('user'),
    queues: of('queue'),
  };
}

export interface ShownEvent {
  readonly event: string;
  readonly eventId: string;
  readonly at: string;
  readonly state: 'accepted' | 'waiting' | 'refused';
  readonly leg?: string;
  readonly target?: string;
  readonly sentAt?: string;
  readonly reason?: string;
}

export interface WaitingEvent {
  readonly event: string;
  readonly eventId: string;
  readonly at: string;
  /** Keys of the legs that it speaks of. */
  readonly legs: readonly string[];
}

/** What was answered and what waits, in the order of the times; what is sent once more waits. */
export function eventsOf(
  answered: readonly RecentEvent[],
  waiting: readonly WaitingEvent[],
): readonly ShownEvent[] {
  const waits = new Set(waiting.map(({ eventId }) => eventId));
  const events: ShownEvent[] = answered
    .filter(({ eventId }) => !waits.has(eventId))
    .map(({ event, eventId, at, legs, answeredAt, state, reason }) => ({
      event,
      eventId,
      at,
      state,
      ...legsOf(event, legs),
      ...(state === 'accepted'
        ? { sentAt: timeText(answeredAt) }
        : { reason: reason ?? 'refused for good: see the dead letters' }),
    }));
  for (const { event, eventId, at, legs } of waiting)
    events.push({ event, eventId, at, state: 'waiting', ...legsOf(event, legs) });
  return events.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** The leg that an event speaks of first; of a transfer who began it, and the one that it leads to. */
function legsOf(event: string, legs: readonly string[]): { readonly leg?: string; readonly target?: string } {
  const [leg, second, third] = legs;
  const target = /ConsultTransferEvents$/i.test(event)
    ? second
    : /TransferEvents$/.test(event)
      ? third
      : undefined;
  return { ...(leg === undefined ? {} : { leg }), ...(target === undefined ? {} : { target }) };
}

/** Numbers of a conversation, masked unless they were asked for. */
export function numbersOf({ conversation }: ConversationRecord, full: boolean) {
  const shown = (number: string) => (full ? number : maskNumber(number));
  return conversation.calls.flatMap(({ uuid, ani, dnis, dialed }) =>
    [
      { what: 'ANI', number: ani },
      { what: 'DNIS', number: dnis },
      { what: 'Dialled', number: dialed },
    ].flatMap(({ what, number }) =>
      number === undefined || number === ''
        ? []
        : [
            {
              what: conversation.calls.length === 1 ? what : `${what} of ${uuid}`,
              number: shown(number),
            },
          ],
    ),
  );
}

function lower(text: string): string {
  return text.toLowerCase();
}
