/** `GET /api/v1/conversations`: what is open, and of one conversation its legs and what still waits to be accepted. */
import { ExecError } from '@exec/common/errors';
import { readValue } from '@exec/common/formats';
import type { ServiceApp } from '@exec/common/http';
import { redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import type { Leg } from '../conversation/state.ts';
import { readOutboxEvent } from '../outbox/entry.ts';
import { type ConversationRecord, readRecord } from '../processor/record.ts';
import { conversationId } from '../translate/ids.ts';
import type { RoutesOptions } from './options.ts';
import { timeText } from './time-text.ts';

const summary = z.object({
  callUuid: z.string(),
  site: z.string(),
  conversationId: z.string(),
  calls: z.array(z.object({ site: z.string(), callUuid: z.string(), type: z.string(), ended: z.boolean() })),
  /** `untold`: no mapped queue or agent has taken part. `over`: kept for a disposition. */
  state: z.enum(['untold', 'open', 'over']),
});

const legAnswer = z.object({
  leg: z.string(),
  kind: z.string(),
  userId: z.string().optional(),
  queueId: z.string().optional(),
  state: z.enum(['alerting', 'connected', 'held', 'leaving', 'ended']),
  establishedAt: z.string(),
  endedAt: z.string().optional(),
});

const details = summary.extend({
  legs: z.array(legAnswer),
  told: z.object({ last: z.string().nullable() }),
  waiting: z.array(z.object({ event: z.string(), eventId: z.string(), at: z.string() })),
});

export function conversationRoutes(app: ServiceApp, { redis, keys, formats, scope }: RoutesOptions): void {
  const summaryOf = ({ conversation }: ConversationRecord): z.output<typeof summary> => ({
    callUuid: conversation.interactionId,
    site: siteOf(conversation.key),
    conversationId: conversationId(scope, conversation.key),
    calls: conversation.calls.map(({ site, uuid, type, endedAt }) => ({
      site,
      callUuid: uuid,
      type,
      ended: endedAt !== undefined,
    })),
    state: conversation.overAt !== undefined ? 'over' : conversation.reportable ? 'open' : 'untold',
  });

  app.get(
    '/conversations',
    {
      config: { right: 'read' },
      schema: {
        summary: 'Conversations that are known, in pages',
        querystring: z.strictObject({
          state: z.enum(['untold', 'open', 'over']).optional(),
          cursor: z.string().regex(/^\d+$/).default('0'),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
        }),
        response: { 200: z.object({ items: z.array(summary), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const { state, cursor, limit } = request.query;
      const [next, fields] = await redis.client
        .hscan(keys.conversations, cursor, 'COUNT', limit)
        .catch((error: unknown) => {
          throw redisFailure(error, 'read the conversations');
        });
      const items = fields.flatMap((text, index) => {
        const record = index % 2 === 1 ? readValue(readRecord(formats, text)) : undefined;
        const item = record === undefined ? undefined : summaryOf(record);
        return item === undefined || (state !== undefined && item.state !== state) ? [] : [item];
      });
      return { items, next: next === '0' ? null : next };
    },
  );

  app.get(
    '/conversations/:callUuid',
    {
      config: { right: 'read' },
      schema: {
        summary: 'One conversation by the CallUUID of any of its calls',
        params: z.strictObject({ callUuid: z.string().min(1).max(255) }),
        response: { 200: details },
      },
    },
    async (request) => {
      const { callUuid } = request.params;
      const record = await find(callUuid);
      if (record === undefined)
        throw new ExecError('conversation.not-found', 'No conversation with this CallUUID is known.');
      const { conversation, published } = record;
      const waiting = await waitingOf(conversation.key);
      return {
        ...summaryOf(record),
        legs: conversation.legs.map(legOf),
        told: { last: published.last === 0 ? null : timeText(published.last) },
        waiting,
      };
    },
  );

  async function find(callUuid: string): Promise<ConversationRecord | undefined> {
    let cursor = '0';
    do {
      const [next, fields] = await redis.client
        .hscan(keys.conversations, cursor, 'COUNT', 1_000)
        .catch((error: unknown) => {
          throw redisFailure(error, 'read the conversations');
        });
      cursor = next;
      for (const [index, text] of fields.entries()) {
        if (index % 2 === 0 || !text.includes(callUuid)) continue;
        const record = readValue(readRecord(formats, text));
        if (record === undefined) continue;
        const { interactionId, calls } = record.conversation;
        if (interactionId === callUuid || calls.some((call) => call.uuid === callUuid)) return record;
      }
    } while (cursor !== '0');
    return undefined;
  }

  async function waitingOf(key: string) {
    const entries = await redis.client.xrange(keys.out, '-', '+', 'COUNT', 50_000).catch((error: unknown) => {
      throw redisFailure(error, 'read the events');
    });
    return entries.flatMap(([, fields]) => {
      const out =
        fields[1]?.includes(key) === true ? readValue(readOutboxEvent(formats, fields[1])) : undefined;
      if (out?.conversation !== key) return [];
      const { eventId, eventDateTime } = out.event.event;
      return [{ event: out.event.kind, eventId, at: eventDateTime }];
    });
  }
}

function legOf(leg: Leg): z.output<typeof legAnswer> {
  return {
    leg: leg.key,
    kind: leg.kind,
    ...(leg.userId === undefined ? {} : { userId: leg.userId }),
    ...(leg.queueId === undefined ? {} : { queueId: leg.queueId }),
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
