/** One voice event on its way to the cloud, as it stands in the out-stream. */
import { type ConversationEvent, voiceEventSchemas } from '@exec/common/genesys-cloud';
import { z } from 'zod';

export interface OutEvent {
  /** Key of the conversation. */
  readonly conversation: string;
  /** Wall time (ms) at which the link event that brought it about was received. */
  readonly received: number;
  /** Keys of the legs it speaks of. */
  readonly legs: readonly string[];
  /** Whether it establishes the first of them. */
  readonly establishes: boolean;
  /** Time of the event, milliseconds since 1970. */
  readonly at: number;
  /** Whether it may have been accepted before: then a refusal counts as accepted. */
  readonly repeat: boolean;
  /** Key of a conversation that the event names: what was told of it before goes first. */
  readonly after?: string | undefined;
  readonly event: ConversationEvent;
}

/** An event with its place in the out-stream. */
export interface OutEntry extends OutEvent {
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

export function writeOutEvent(out: OutEvent): string {
  const { conversation: c, received: r, legs: l, establishes: s, at: a, repeat: p, after: w, event: e } = out;
  return JSON.stringify({ c, r, l, s, a, p, w, e });
}

/** Undefined: not written by us, or not by this version. */
export function readOutEvent(text: string | undefined): OutEvent | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = stored.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    const { c, r, l, s, a, p, w, e } = parsed.data;
    const event = e as unknown as ConversationEvent;
    return { conversation: c, received: r, legs: l, establishes: s, at: a, repeat: p, after: w, event };
  } catch {
    return undefined;
  }
}
