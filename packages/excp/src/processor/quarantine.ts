/** Entries that made the model fail: set aside for people to look at, so that they harm no other call. */

import { type Formats, readValue } from '@exec/common/formats';
import { type WallMs, wallMs } from '@exec/common/instants';
import { z } from 'zod';
import type { Fault } from '../registry/effects.ts';

const stored = z.object({
  /** Wall time at which it was set aside. */
  at: z.number().transform(wallMs),
  /** Its ID in its stream, or the DN of an agent; absent where time alone or a stored conversation made the model fail. */
  entry: z.string().optional(),
  kind: z.string(),
  /** `<site>/<CallUUID>` of the calls that were given up. */
  calls: z.array(z.string()),
  /** Key of the conversation that was closed as lost. */
  conversation: z.string().optional(),
  /** What was thrown, and where. */
  reason: z.string(),
  /** The entry itself, cut at {@link contentMax} characters. */
  content: z.string(),
});
export type QuarantineEntry = z.output<typeof stored>;

/** Entries that are kept; older ones go. */
export const quarantineMost = 1_000;
const contentMax = 16_384;
const callsMax = 50;

/** One for each entry that failed, however many conversations it took along. */
export function quarantined(faults: readonly Fault[], now: WallMs): QuarantineEntry[] {
  const groups = Map.groupBy(
    faults,
    ({ about, conversation, unreadable }) => about?.ids.join() ?? unreadable?.id ?? `/${conversation}`,
  );
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { about, conversation, reason, unreadable } = first;
    const calls = [first, ...more].flatMap((fault) => fault.calls).slice(0, callsMax);
    return {
      at: now,
      entry: about?.ids.at(-1) ?? unreadable?.id,
      kind: about?.item.kind ?? (unreadable === undefined ? 'stored-conversation' : 'unreadable'),
      calls,
      conversation,
      reason,
      content: (about === undefined ? (unreadable?.text ?? '') : JSON.stringify(about.item)).slice(
        0,
        contentMax,
      ),
    };
  });
}

const what = 'excp:quarantine';

export function writeQuarantineEntry(formats: Formats, entry: QuarantineEntry): string {
  return formats.write(what, entry);
}

/** Undefined: not written by us, or by another release. */
export function readQuarantineEntry(formats: Formats, text: string | undefined): QuarantineEntry | undefined {
  return readValue(formats.read(what, text, stored));
}
