/** One voice event on its way to the cloud, as it stands in the out-stream. */

import type { Formats, Stored } from '@exec/common/formats';
import { type ConversationEvent, voiceEventSchemas } from '@exec/common/genesys-cloud';
import { type WallMs, wallMs } from '@exec/common/instants';
import { z } from 'zod';

export interface OutboxEvent {
  /** Key of the conversation. */
  readonly conversation: string;
  /** Wall time at which the link event that brought it about was received. */
  readonly received: WallMs;
  /** Keys of the legs it speaks of. */
  readonly legs: readonly string[];
  /** Whether it establishes the first of them. */
  readonly establishes: boolean;
  /** Time of the event. */
  readonly at: WallMs;
  /** Whether it may have been accepted before: then a refusal counts as accepted. */
  readonly repeat: boolean;
  /** Key of a conversation that the event names: what was published of it before goes first. */
  readonly after?: string | undefined;
  readonly event: ConversationEvent;
}

/** An event with its place in the out-stream. */
export interface OutboxEntry extends OutboxEvent {
  readonly id: string;
  /** Size of its text, at least what it takes in a request. */
  readonly bytes: number;
}

const stored = z.object({
  c: z.string(),
  r: z.number(),
  l: z.array(z.string()),
  s: z.boolean(),
  a: z.number(),
  p: z.boolean(),
  w: z.string().optional(),
  e: z.object({
    kind: z.custom<ConversationEvent['kind']>(
      (kind) => typeof kind === 'string' && Object.hasOwn(voiceEventSchemas, kind),
    ),
    event: z.looseObject({ eventId: z.string(), conversationId: z.string(), eventDateTime: z.string() }),
  }),
});

const what = 'excp:outgoing';

export function writeOutboxEvent(formats: Formats, out: OutboxEvent): string {
  const { conversation: c, received: r, legs: l, establishes: s, at: a, repeat: p, after: w, event: e } = out;
  return formats.write(what, { c, r, l, s, a, p, w, e });
}

export function readOutboxEvent(formats: Formats, text: string | undefined): Stored<OutboxEvent> {
  const read = formats.read(what, text, stored);
  if (read.kind !== 'read') return read;
  const { c, r, l, s, a, p, w, e } = read.value;
  const event = e as unknown as ConversationEvent;
  const times = { received: wallMs(r), at: wallMs(a) };
  const value = { conversation: c, ...times, legs: l, establishes: s, repeat: p, after: w, event };
  return { ...read, value };
}
