/** A dead letter: what the cloud refused for good, kept for people to look at, retry or drop. */

import { type Formats, readValue } from '@exec/common/formats';
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import type { WallMs } from '@exec/common/instants';
import { z } from 'zod';
import type { OutboxEntry } from './entry.ts';

export interface DeadLetter {
  readonly id: string;
  /** Wall time. */
  readonly at: WallMs;
  /** Key of the conversation. */
  readonly conversation: string;
  /** The leg that could not be established: all its events are in this letter. */
  readonly leg?: string | undefined;
  readonly reason: string;
  readonly correlationId?: string | undefined;
  readonly events: readonly DeadEvent[];
}

export interface DeadEvent {
  readonly legs: readonly string[];
  readonly establishes: boolean;
  readonly event: ConversationEvent;
}

const stored = z.object({
  id: z.string(),
  at: z.number(),
  conversation: z.string(),
  leg: z.string().optional(),
  reason: z.string(),
  correlationId: z.string().optional(),
  events: z.array(
    z.object({
      legs: z.array(z.string()),
      establishes: z.boolean(),
      event: z.looseObject({ kind: z.string() }),
    }),
  ),
});

/** Size of a letter beyond which the later events of its leg are cut off. */
export const letterBytes = 400_000;
/** Of a reason: it is text of the cloud. */
const reasonLength = 300;

const what = 'excp:dead-letter';

/** Undefined: there is none, or it is of another release. */
export function readDeadLetter(formats: Formats, text: string | null | undefined): DeadLetter | undefined {
  return readValue(formats.read(what, text, stored)) as DeadLetter | undefined;
}

/**
 * Text of a letter; its events come last, so that more can be put behind them without reading it. So they have one
 * form in all formats: what a format changes of a letter is not in its events.
 */
export function writeDeadLetter(formats: Formats, { events, reason, ...letter }: DeadLetter): string {
  const texts: string[] = [];
  let bytes = 0;
  for (const event of events) {
    const text = JSON.stringify(event);
    bytes += text.length;
    if (bytes > letterBytes && texts.length > 0) break;
    texts.push(text);
  }
  const head = formats.write(what, { ...letter, reason: reason.slice(0, reasonLength) });
  return `${head.slice(0, -1)},"events":[${texts.join(',')}]}`;
}

/** An event as a letter holds it. */
export function deadEvent({ legs, establishes, event }: OutboxEntry): DeadEvent {
  return { legs, establishes, event };
}

/**
 * In place of a dead leg, where the cloud refused an event that establishes none: the next term has to know that the
 * conversation is not complete.
 */
export const noLeg = '';

/** Field of the hash of dead legs. */
export function deadLegField(conversation: string, leg: string): string {
  return JSON.stringify([conversation, leg]);
}

export function readDeadLegField(field: string): readonly [string, string] | undefined {
  try {
    return z.tuple([z.string(), z.string()]).safeParse(JSON.parse(field)).data;
  } catch {
    return undefined;
  }
}
