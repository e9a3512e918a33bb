/** What people did by REST, kept in Redis for all instances of a service: two bounded lists, so that refusals push nothing else out. */
import { z } from 'zod';
import { ExecError } from '../errors/errors.ts';
import type { AuditEntry, ServiceHttp } from '../http/index.ts';
import { parseJson } from '../json-text.ts';
import type { Logger } from '../logging/logging.ts';
import { type KeySpace, type RedisConnection, redisFailure } from '../redis/index.ts';

/** Entries of what was done or has failed, and of what was refused. */
const mostEntries = 1000;
const mostRefusals = 200;
/** Entries on their way to Redis; a flood of refusals waits for nothing. */
const mostAtOnce = 50;

const stored = z.object({
  at: z.string(),
  who: z.string(),
  address: z.string(),
  requestId: z.string(),
  what: z.string(),
  outcome: z.enum(['done', 'refused', 'failed']),
  status: z.number(),
});

export interface AuditOptions {
  readonly service: string;
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly http: ServiceHttp;
  readonly logger: Logger;
}

/** Keeps the audit of a service, and serves it at `/api/v1/audit`. */
export function serveAudit({ service, redis, keys, http, logger }: AuditOptions): void {
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
      .flatMap((text) => stored.safeParse(parseJson(text)).data ?? [])
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
          response: { 200: z.object({ items: z.array(stored), next: z.string().nullable() }) },
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
}

/** Stays the same while newer entries come. */
function nameOf({ at, requestId, what }: AuditEntry): string {
  return Buffer.from(`${at} ${requestId} ${what}`.slice(0, 180)).toString('base64url');
}
