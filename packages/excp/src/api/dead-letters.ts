/** `/api/v1/dead-letters`: what the cloud refused for good, to be looked at, sent again or dropped. */
import { pageOf } from '@exec/common/answers/answer';
import { deadLetterAnswer, retriedAnswer } from '@exec/common/answers/conversations';
import { ExecError } from '@exec/common/errors';
import { readValue } from '@exec/common/formats';
import type { ServiceApp } from '@exec/common/http';
import { redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import { writeEntry } from '../events/in-stream-entry.ts';
import { type DeadLetter, readDeadLetter } from '../outbox/dead-letter.ts';
import { isOver, readRecord } from '../processor/record.ts';
import { conversationId } from '../translate/ids.ts';
import type { RoutesOptions } from './options.ts';
import { timeText } from './time-text.ts';

const params = z.strictObject({ id: z.string().min(1).max(64) });

export function deadLetterRoutes(
  app: ServiceApp,
  { redis, keys, formats, clock, scope, noteAction }: RoutesOptions,
): void {
  const answer = (letter: DeadLetter): z.output<typeof deadLetterAnswer> => ({
    id: letter.id,
    at: timeText(letter.at),
    callUuid: letter.conversation.slice(letter.conversation.lastIndexOf('/') + 1),
    conversationId: conversationId(scope, letter.conversation),
    reason: letter.reason,
    ...(letter.correlationId === undefined ? {} : { correlationId: letter.correlationId }),
    wholeLeg: letter.leg !== undefined,
    events: letter.events.map(({ event }) => ({
      event: event.kind,
      eventId: event.event.eventId,
      at: event.event.eventDateTime,
    })),
  });
  const read = async (id: string): Promise<DeadLetter> => {
    const letter = readDeadLetter(formats, await attempt(redis.client.hget(keys.dead, id)));
    if (letter !== undefined) return letter;
    throw new ExecError('dead-letter.not-found', 'There is no dead letter with this ID.');
  };

  app.get(
    '/dead-letters',
    {
      config: { right: 'read' },
      schema: {
        summary: 'Dead letters, newest first, in pages',
        querystring: z.strictObject({
          cursor: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
        }),
        response: { 200: pageOf(deadLetterAnswer) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const ids = await attempt(redis.client.zrevrange(keys.deadTimes, cursor, cursor + limit - 1));
      const texts = ids.length === 0 ? [] : await attempt(redis.client.hmget(keys.dead, ...ids));
      const items = texts.flatMap((text) => {
        const letter = readDeadLetter(formats, text);
        return letter === undefined ? [] : [answer(letter)];
      });
      return { items, next: ids.length < limit ? null : String(cursor + limit) };
    },
  );

  app.post(
    '/dead-letters/:id/retry',
    {
      config: { right: 'operate' },
      schema: {
        summary:
          'Sends a dead letter again, with its times moved forward; only while its conversation is open',
        params,
        response: { 202: retriedAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const letter = await read(id);
      const stored = await attempt(redis.client.hget(keys.conversations, letter.conversation));
      const record =
        stored === null ? undefined : readValue(readRecord(formats, letter.conversation, stored));
      if (record === undefined || isOver(record))
        throw new ExecError(
          'dead-letter.conversation-over',
          'The conversation of this dead letter is over; it can only be dropped.',
        );
      const entry = writeEntry(formats, {
        received: clock.now(),
        content: { kind: 'retry-dead-letter', id },
      });
      await attempt(redis.client.xadd(keys.in, '*', 'e', entry));
      noteAction(request, `Dead letter ${id} is to be sent again`);
      return reply.code(202).send({ id, state: 'queued' });
    },
  );

  app.delete(
    '/dead-letters/:id',
    {
      config: { right: 'operate' },
      schema: { summary: 'Drops a dead letter', params, response: { 204: z.undefined() } },
    },
    async (request, reply) => {
      const { id } = request.params;
      await read(id);
      await attempt(redis.client.multi().hdel(keys.dead, id).zrem(keys.deadTimes, id).exec());
      noteAction(request, `Dead letter ${id} dropped`);
      return reply.code(204).send(undefined);
    },
  );
}

async function attempt<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw redisFailure(error, 'reach the dead letters');
  }
}
