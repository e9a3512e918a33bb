/** `GET /api/v1/conversations`: what is open, and of one conversation its legs and what still waits to be accepted. */
import {
  conversationAnswer,
  conversationPageAnswer,
  type conversationSummaryAnswer,
  type legAnswer,
} from '@exec/common/answers/conversations';
import { ExecError } from '@exec/common/errors';
import { readValue } from '@exec/common/formats';
import { requireOperator, type ServiceApp } from '@exec/common/http';
import type { IdMap } from '@exec/common/id-map';
import { redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import type { Leg } from '../conversation/state.ts';
import { type OutboxEvent, readOutboxEvent } from '../outbox/entry.ts';
import { type ConversationRecord, EndedRecord, isOver, readRecord } from '../processor/record.ts';
import { conversationId } from '../translate/ids.ts';
import { eventsOf, mayName, Names, newest, numbersOf, peopleOf, searchFor } from './conversation-view.ts';
import type { RoutesOptions } from './options.ts';
import { timeText } from './time-text.ts';

type Summary = z.output<typeof conversationSummaryAnswer>;

/** Conversations that one request looks through in Redis at most. */
const mostLookedThrough = 2_000;

export function conversationRoutes(app: ServiceApp, options: RoutesOptions): void {
  const { redis, keys, formats, scope, inMemory, recent, map, noteAction } = options;
  const idOf = (key: string) => conversationId(scope, key);
  let known: { readonly map: IdMap | undefined; readonly names: Names } | undefined;
  const names = (): Names => {
    const current = map();
    if (known === undefined || known.map !== current) known = { map: current, names: new Names(current) };
    return known.names;
  };
  const stateOfAll = (record: ConversationRecord): Summary['state'] =>
    isOver(record) ? 'over' : record.conversation.reportable ? 'open' : 'untold';
  const summaryOf = (record: ConversationRecord): Summary => {
    const { conversation } = record;
    return {
      callUuid: conversation.interactionId,
      site: siteOf(conversation.key),
      conversationId: idOf(conversation.key),
      calls: conversation.calls.map(({ site, uuid, type, endedAt }) => ({
        site,
        callUuid: uuid,
        type,
        ended: endedAt !== undefined,
      })),
      state: stateOfAll(record),
      ...peopleOf(record, names()),
    };
  };

  app.get(
    '/conversations',
    {
      config: { right: 'read' },
      schema: {
        summary: 'Conversations that are known, in pages',
        querystring: z.strictObject({
          state: z.enum(['untold', 'open', 'over']).optional(),
          q: z
            .string()
            .max(255)
            .optional()
            .describe('CallUUID, ConnID, employee ID, queue, or an ID in the cloud: whole, in any case.'),
          sort: z
            .literal('newest')
            .optional()
            .describe('The newest first; only on the active instance, another one answers in no order.'),
          cursor: z
            .string()
            .regex(/^\d{1,20}$/)
            .default('0'),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
        }),
        response: { 200: conversationPageAnswer },
      },
    },
    async (request) => {
      const { state, q, sort, cursor, limit } = request.query;
      const isFound = q === undefined || q.trim() === '' ? () => true : searchFor(q, names(), idOf);
      const isWanted = (record: ConversationRecord) =>
        (state === undefined || stateOfAll(record) === state) && isFound(record);
      const memory = sort === undefined ? undefined : inMemory();
      if (memory === undefined) {
        const { records, next } = await lookThrough(cursor, limit, isWanted);
        return { items: records.map(summaryOf), next };
      }
      const wanted = memory.conversations().filter(isWanted);
      const from = Number(cursor);
      const items = newest(wanted, from, limit).map(summaryOf);
      const next = from + limit < wanted.length ? String(from + limit) : null;
      return { items, next, total: wanted.length };
    },
  );

  app.get(
    '/conversations/:callUuid',
    {
      config: { right: 'read' },
      schema: {
        summary: 'One conversation by the CallUUID of any of its calls',
        params: z.strictObject({ callUuid: z.string().min(1).max(255) }),
        querystring: z.strictObject({
          events: z.enum(['true', 'false']).default('false').describe('With what became of its events.'),
          numbers: z
            .enum(['masked', 'full'])
            .default('masked')
            .describe('`full`: for operators, and written to the audit.'),
        }),
        response: { 200: conversationAnswer },
      },
    },
    async (request) => {
      const { callUuid } = request.params;
      const { events, numbers } = request.query;
      if (numbers === 'full') requireOperator(request, `Numbers of call ${callUuid}`);
      const memory = inMemory();
      const record =
        memory === undefined ? await find(callUuid) : memory.conversations().find(hasCall(callUuid));
      if (record === undefined)
        throw new ExecError('conversation.not-found', 'No conversation with this CallUUID is known.');
      const { conversation, published } = record;
      const { key } = conversation;
      const outgoing =
        memory === undefined
          ? await storedWaiting(key)
          : memory.waiting().filter((out) => out.conversation === key);
      const waiting = outgoing.map(({ event: { kind, event }, legs }) => ({
        event: kind,
        eventId: event.eventId,
        at: event.eventDateTime,
        legs,
      }));
      if (numbers === 'full') noteAction(request, `Numbers of call ${callUuid} shown`);
      return {
        ...summaryOf(record),
        legs: conversation.legs.map((leg) => legOf(leg, names().of(leg))),
        told: { last: published.last === 0 ? null : timeText(published.last) },
        waiting: waiting.map(({ event, eventId, at }) => ({ event, eventId, at })),
        numbers: [...numbersOf(record, numbers === 'full')],
        ...(events === 'true' ? { events: [...eventsOf(recent.of(key), waiting)] } : {}),
      };
    },
  );

  async function find(callUuid: string): Promise<ConversationRecord | undefined> {
    let cursor = '0';
    do {
      const { next, stored } = await scan(cursor, 1_000);
      cursor = next;
      for (const [key, text] of stored) {
        if (!key.includes(callUuid) && !text.includes(callUuid)) continue;
        const record = readValue(readRecord(formats, key, text));
        if (record !== undefined && hasCall(callUuid)(record)) return record;
      }
    } while (cursor !== '0');
    return undefined;
  }

  /** A page of those that are wanted; fewer than asked for when many had to be looked through. */
  async function lookThrough(
    from: string,
    limit: number,
    isWanted: (record: ConversationRecord) => boolean,
  ): Promise<{ readonly records: readonly ConversationRecord[]; readonly next: string | null }> {
    const records: ConversationRecord[] = [];
    let cursor = from;
    let looked = 0;
    do {
      const { next, stored } = await scan(cursor, limit);
      cursor = next;
      looked += stored.length;
      for (const [key, text] of stored) {
        const record = readValue(readRecord(formats, key, text));
        if (record !== undefined && isWanted(record)) records.push(record);
      }
    } while (cursor !== '0' && records.length === 0 && looked < mostLookedThrough);
    return { records, next: cursor === '0' ? null : cursor };
  }

  async function scan(
    cursor: string,
    count: number,
  ): Promise<{ readonly next: string; readonly stored: readonly (readonly [key: string, text: string])[] }> {
    const [next, fields] = await redis.client
      .hscan(keys.conversations, cursor, 'COUNT', count)
      .catch((error: unknown) => {
        throw redisFailure(error, 'read the conversations');
      });
    const stored: [string, string][] = [];
    for (let at = 0; at + 1 < fields.length; at += 2) stored.push([fields[at] ?? '', fields[at + 1] ?? '']);
    return { next, stored };
  }

  async function storedWaiting(key: string): Promise<readonly OutboxEvent[]> {
    const entries = await redis.client.xrange(keys.out, '-', '+', 'COUNT', 50_000).catch((error: unknown) => {
      throw redisFailure(error, 'read the events');
    });
    return entries.flatMap(([, fields]) => {
      const out =
        fields[1]?.includes(key) === true ? readValue(readOutboxEvent(formats, fields[1])) : undefined;
      return out?.conversation === key ? [out] : [];
    });
  }
}

function hasCall(callUuid: string): (record: ConversationRecord) => boolean {
  const isOf = ({ conversation: { interactionId, calls } }: ConversationRecord) =>
    interactionId === callUuid || calls.some((call) => call.uuid === callUuid);
  return (record) =>
    (!(record instanceof EndedRecord) || mayName(record, callUuid.toLowerCase())) && isOf(record);
}

function legOf(leg: Leg, name: string | undefined): z.output<typeof legAnswer> {
  return {
    leg: leg.key,
    kind: leg.kind,
    ...(leg.userId === undefined ? {} : { userId: leg.userId }),
    ...(leg.queueId === undefined ? {} : { queueId: leg.queueId }),
    ...(name === undefined ? {} : { name }),
    ...(leg.answeredAt === undefined ? {} : { answeredAt: timeText(leg.answeredAt / 1000) }),
    ...(leg.consult === undefined ? {} : { consult: true }),
    state: stateOf(leg),
    establishedAt: timeText(leg.at / 1000),
    ...(leg.endedAt === undefined ? {} : { endedAt: timeText(leg.endedAt / 1000) }),
  };
}

function stateOf(leg: Leg): z.output<typeof legAnswer>['state'] {
  if (leg.endedAt !== undefined) return 'ended';
  if (leg.leaving !== undefined) return 'leaving';
  if (leg.alerting) return 'alerting';
  return leg.held ? 'held' : 'connected';
}

function siteOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
