/** A dead letter: what the cloud refused for good, kept for people to look at, retry or drop. */
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import { z } from 'zod';
import type { OutEntry } from './out-entry.ts';

export interface DeadLetter {
  readonly id: string;
  /** Wall time, milliseconds. */
  readonly at: number;
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

/** Events that one letter takes; a leg with more has its later ones cut off. */
export const eventsOfLetter = 500;

export function readDeadLetter(text: string | null | undefined): DeadLetter | undefined {
  if (text === null || text === undefined) return undefined;
  try {
    const parsed = stored.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as unknown as DeadLetter) : undefined;
  } catch {
    return undefined;
  }
}

export function writeDeadLetter(letter: DeadLetter): string {
  return JSON.stringify(letter);
}

export function deadEvent({ legs, establishes, event }: OutEntry): DeadEvent {
  return { legs, establishes, event };
}

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
