/** Compares the wrap-up codes of queues: every mapped code on every mapped queue. */
import type { CloudWrapupCodeId, Dbid } from '@exec/common/ids';
import type { DiffContext } from './context.ts';
import type { QueueIds } from './diff-queues.ts';
import type { WrapupIds } from './diff-wrapup-codes.ts';

/** Codes per request, the highest number the cloud takes. */
const codesPerRequest = 100;

/**
 * @rule Every mapped wrap-up code belongs to every mapped queue; codes that somebody else attached stay.
 * @test plan/diff.test.ts: a code that was detached by hand
 * @test plan/diff.test.ts: a code that was attached by hand stays
 */
export function diffQueueCodes(context: DiffContext, queues: QueueIds, codes: WrapupIds): void {
  if (context.isRefused('queues') || !context.desired.wrapupKnown) return;
  const { desired, known } = context;
  const willExist = [...desired.wrapupCodes.keys()].filter(
    (dbid) => codes.has(dbid) || context.creates('wrapup-code.create', dbid),
  );
  const wanted = new Set<CloudWrapupCodeId>(codes.values());
  for (const queue of desired.queues.values()) {
    const id = queues.get(queue.dbid);
    if (id === undefined && !context.creates('queue.create', queue.dbid)) continue;
    const attached = id === undefined ? undefined : known.queueCodes(id);
    const missing = willExist.filter((dbid) => {
      const code = codes.get(dbid);
      const owner = code === undefined ? undefined : attached?.get(code);
      return owner === undefined || owner === 'adding';
    });
    for (let start = 0; start < missing.length; start += codesPerRequest)
      add(context, queue, id, missing.slice(start, start + codesPerRequest), start);
    if (id === undefined) continue;
    for (const [code, owner] of attached ?? []) {
      if (owner === 'foreign' || wanted.has(code)) continue;
      // Counted once per code: taking one disposition away is one decision, however many queues had it.
      const item = `queue-wrapup-code/${code}`;
      if (!context.confirmed(`${item}/${id}`)) continue;
      context.add({
        ...context.about('queue-wrapup-code.remove', 'queue', queue.dbid, queue.name, code),
        cloudId: id,
        reason: 'the value is gone from the business attribute',
        before: nameOf(context, code),
        serialKey: `queue-wrapup-code/${queue.dbid}`,
        code,
        counted: { limit: 'removals.queue-wrapup-code', items: [item] },
      });
    }
  }
}

function nameOf(context: DiffContext, code: CloudWrapupCodeId): string {
  for (const link of context.known.wrapupCodes.values()) if (link.id === code) return link.name;
  return code;
}

function add(
  context: DiffContext,
  queue: { readonly dbid: Dbid; readonly name: string },
  id: string | undefined,
  codes: readonly Dbid[],
  start: number,
): void {
  const part = start === 0 ? undefined : start / codesPerRequest + 1;
  context.add({
    ...context.about('queue-wrapup-code.add', 'queue', queue.dbid, queue.name, part),
    cloudId: id,
    reason: 'wrap-up codes belong to every mapped queue',
    after: `${codes.length} code${codes.length === 1 ? '' : 's'}`,
    serialKey: `queue-wrapup-code/${queue.dbid}`,
    codes,
  });
}
