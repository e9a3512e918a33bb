/** One entry of the stream: an item of the model, or a command, with the time at which it was received. */
import { z } from 'zod';
import type { Item } from './items.ts';

/** A dead letter is to be sent again. */
export interface RetryDeadLetter {
  readonly kind: 'retry-dead-letter';
  readonly id: string;
}

/** Part of the call was lost because a bound was reached: what was told of it is closed. */
export interface CallShed {
  readonly kind: 'call-shed';
  readonly site: string;
  readonly call: string;
}

export type Content = Item | RetryDeadLetter | CallShed;

export interface Entry {
  /** Wall time of the instance that received it, milliseconds. */
  readonly received: number;
  readonly content: Content;
}

export function writeEntry(entry: Entry): string {
  return JSON.stringify({ r: entry.received, c: entry.content });
}

const envelope = z.object({ r: z.number(), c: z.looseObject({ kind: z.string() }) });

/** Undefined: not written by us, or not by this version. */
export function readEntry(text: string | undefined): Entry | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = envelope.safeParse(JSON.parse(text));
    if (!parsed.success || !kinds.has(parsed.data.c.kind)) return undefined;
    return { received: parsed.data.r, content: parsed.data.c as unknown as Content };
  } catch {
    return undefined;
  }
}

const kinds = new Set<string>([
  'call-created',
  'call-data',
  'party-added',
  'party-state',
  'party-moved',
  'party-deleted',
  'call-deleted',
  'queued',
  'diverted',
  'abandoned',
  'agent-login',
  'agent-logout',
  'disposition',
  'mute',
  'calls-found',
  'queues-found',
  'agents-found',
  'retry-dead-letter',
  'call-shed',
] satisfies Content['kind'][]);
