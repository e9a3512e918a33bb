/** `/api/v1/quarantine`: entries that made the model fail, to be looked at and dropped. */
import { pageOf } from '@exec/common/answers/answer';
import { quarantineContentAnswer, quarantineEntryAnswer } from '@exec/common/answers/conversations';
import { ExecError } from '@exec/common/errors';
import { requireOperator, type ServiceApp } from '@exec/common/http';
import { maskPersonsInJson } from '@exec/common/persons';
import { redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import { type QuarantineEntry, readQuarantineEntry } from '../processor/quarantine.ts';
import { conversationId } from '../translate/ids.ts';
import type { RoutesOptions } from './options.ts';
import { timeText } from './time-text.ts';

const params = z.strictObject({ id: z.string().regex(/^\d{1,20}-\d{1,20}$/) });

export function quarantineRoutes(
  app: ServiceApp,
  { redis, keys, formats, scope, noteAction }: RoutesOptions,
): void {
  const answer = (id: string, one: QuarantineEntry): z.output<typeof quarantineEntryAnswer> => ({
    id,
    at: timeText(one.at),
    kind: one.kind,
    ...(one.entry === undefined ? {} : { entry: one.entry }),
    calls: one.calls.map((call) => {
      const slash = call.lastIndexOf('/');
      return { site: call.slice(0, slash), callUuid: call.slice(slash + 1) };
    }),
    ...(one.conversation === undefined ? {} : { conversationId: conversationId(scope, one.conversation) }),
    reason: one.reason,
  });

  app.get(
    '/quarantine',
    {
      config: { right: 'read' },
      schema: {
        summary: 'Entries that made the model fail and were set aside, newest first, in pages',
        querystring: z.strictObject({
          cursor: z
            .string()
            .regex(/^\d{1,20}-\d{1,20}$/)
            .optional(),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
        }),
        response: { 200: pageOf(quarantineEntryAnswer) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      // One more than asked for: it is the first of the next page.
      const found = await attempt(
        redis.client.xrevrange(keys.quarantine, cursor ?? '+', '-', 'COUNT', limit + 1),
      );
      const items = found.slice(0, limit).flatMap(([id, fields]) => {
        const one = readQuarantineEntry(formats, fields[1]);
        return one === undefined ? [] : [answer(id, one)];
      });
      return { items, next: found[limit]?.[0] ?? null };
    },
  );

  app.get(
    '/quarantine/:id',
    {
      config: { right: 'read' },
      schema: {
        summary: 'One entry of the quarantine, with its content',
        params,
        querystring: z.strictObject({
          numbers: z
            .enum(['masked', 'full'])
            .default('masked')
            .describe('Of the content. `full`: as it was stored; for operators, and written to the audit.'),
        }),
        response: { 200: quarantineContentAnswer },
      },
    },
    async (request) => {
      const { id } = request.params;
      const full = request.query.numbers === 'full';
      if (full) requireOperator(request, `Content of entry ${id} of the quarantine`);
      const [found] = await attempt(redis.client.xrange(keys.quarantine, id, id));
      const one = readQuarantineEntry(formats, found?.[1][1]);
      if (one === undefined) throw notFound();
      if (full) noteAction(request, `Content of entry ${id} of the quarantine shown`);
      return { ...answer(id, one), content: full ? one.content : maskPersonsInJson(one.content) };
    },
  );

  app.delete(
    '/quarantine/:id',
    {
      config: { right: 'operate' },
      schema: { summary: 'Drops an entry of the quarantine', params, response: { 204: z.undefined() } },
    },
    async (request, reply) => {
      if ((await attempt(redis.client.xdel(keys.quarantine, request.params.id))) === 0) throw notFound();
      noteAction(request, `Entry ${request.params.id} of the quarantine dropped`);
      return reply.code(204).send(undefined);
    },
  );
}

function notFound(): ExecError {
  return new ExecError('quarantine.not-found', 'There is no entry with this ID in the quarantine.');
}

async function attempt<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw redisFailure(error, 'reach the quarantine');
  }
}
