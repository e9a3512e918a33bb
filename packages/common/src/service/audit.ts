/** What people did by REST, kept in Redis for all instances of a service: two bounded lists, so that refusals push nothing else out. */
import { z } from 'zod';
import { pageOf } from '../answers/answer.ts';
import { auditEntryAnswer } from '../answers/service.ts';
import { ExecError } from '../errors/errors.ts';
import type { AuditEntry, ServiceHttp } from '../http/index.ts';
import { parseJson } from '../json-text.ts';
import type { Logger } from '../logging/logging.ts';
import { defineScript, type KeySpace, type RedisConnection, redisFailure } from '../redis/index.ts';
import type { Clock } from '../time/clock.ts';
import { removeByAge } from './removal-by-age.ts';

/** Entries of what was done or has failed, and of what was refused. */
const mostEntries = 1000;
const mostRefusals = 200;
/** Entries on their way to Redis; a flood of refusals waits for nothing. */
const mostAtOnce = 50;

/** Entries stand in the order of their times, the newest first; a time is ISO 8601 in UTC, so that texts compare as times. */
const removeOldEntries = defineScript({
  name: 'audit-age',
  keys: ['kept', 'refused'],
  args: ['since'],
  lua: `
local removed = 0
for _, list in ipairs(KEYS) do
  local entries = redis.call('LRANGE', list, 0, -1)
  local left = #entries
  while left > 0 and (string.match(entries[left], '"at":"([^"]+)"') or '') < since do left = left - 1 end
  if left < #entries then
    removed = removed + #entries - left
    redis.call('LTRIM', list, 0, left - 1)
    if left == 0 then redis.call('DEL', list) end
  end
end
return removed`,
  result: z.number(),
});

export interface AuditOptions {
  readonly service: string;
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly keys: KeySpace;
  readonly http: ServiceHttp;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Milliseconds for which an entry is kept. */
  readonly keepMs: number;
}

/** Keeps the audit of a service, and serves it at `/api/v1/audit`; the answer ends the removal of old entries. */
export function serveAudit(options: AuditOptions): () => void {
  const { service, redis, keys, http, logger, clock, keepMs } = options;
  const lists = { kept: keys.key(service, 'audit'), refused: keys.key(service, 'audit-refused') };
  let atOnce = 0;
  http.onAction((entry) => {
    if (atOnce >= mostAtOnce) return;
    atOnce += 1;
    keep(entry)
      .catch((error: unknown) => {
        // The line in the log stands; a change is not undone because its entry could not be kept.
        logger.warn({ err: redisFailure(error, 'keep an entry of the audit') }, 'The audit lacks an entry');
      })
      .finally(() => {
        atOnce -= 1;
      });
  });

  async function keep(entry: AuditEntry): Promise<void> {
    const isRefusal = entry.outcome === 'refused';
    const list = isRefusal ? lists.refused : lists.kept;
    await redis.client
      .multi()
      .lpush(list, JSON.stringify(entry))
      .ltrim(list, 0, (isRefusal ? mostRefusals : mostEntries) - 1)
      .exec();
  }

  async function all(): Promise<readonly AuditEntry[]> {
    const texts = await Promise.all(
      [lists.kept, lists.refused].map((list) => redis.client.lrange(list, 0, -1)),
    ).catch((error: unknown) => {
      throw redisFailure(error, 'read the audit');
    });
    return texts
      .flat()
      .flatMap((text) => auditEntryAnswer.safeParse(parseJson(text)).data ?? [])
      .sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0));
  }

  http.api((app) => {
    app.get(
      '/audit',
      {
        config: { right: 'read' },
        schema: {
          summary: 'What people did by this interface, also what was refused; newest first, in pages',
          querystring: z.strictObject({
            cursor: z.string().min(1).max(300).optional(),
            limit: z.coerce.number().int().min(1).max(1000).default(100),
          }),
          response: { 200: pageOf(auditEntryAnswer) },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query;
        const entries = await all();
        const from = cursor === undefined ? 0 : entries.findIndex((entry) => nameOf(entry) === cursor) + 1;
        if (cursor !== undefined && from === 0)
          throw new ExecError('request.invalid', 'cursor: this entry is not kept any more; begin anew.');
        const items = entries.slice(from, from + limit);
        const last = items.at(-1);
        return {
          items,
          next: last === undefined || from + limit >= entries.length ? null : nameOf(last),
        };
      },
    );
  });

  return removeByAge({
    what: 'entries of the audit',
    clock,
    logger,
    remove: () => removeOldEntries(redis, lists, { since: new Date(clock.now() - keepMs).toISOString() }),
  });
}

/** Stays the same while newer entries come. */
function nameOf({ at, requestId, what }: AuditEntry): string {
  return Buffer.from(`${at} ${requestId} ${what}`.slice(0, 180)).toString('base64url');
}
