/** A conversation as it is stored: the model's state, and what has been told of it. */
import { z } from 'zod';
import type { DnShifts } from '../conversation/agents.ts';
import type { Conversation } from '../conversation/state.ts';
import type { Told } from '../translate/told.ts';

export interface ConversationRecord {
  readonly conversation: Conversation;
  readonly told: Told;
}

/** Written with every record; another number is another layout. */
const layout = 1;

const stored = z.object({
  v: z.literal(layout),
  t: z.object({ last: z.number() }),
  c: z.looseObject({
    key: z.string(),
    interactionId: z.string(),
    calls: z.array(z.looseObject({ key: z.string(), parties: z.array(z.looseObject({})) })),
    legs: z.array(z.looseObject({ key: z.string() })),
    consults: z.array(z.looseObject({})),
    open: z.boolean(),
    told: z.boolean(),
    untold: z.array(z.looseObject({ change: z.string() })),
    touchedAt: z.number(),
  }),
});

export function writeRecord(record: ConversationRecord): string {
  return JSON.stringify({ v: layout, t: record.told, c: record.conversation });
}

/** Undefined: not written by us, or not by this version. */
export function readRecord(text: string): ConversationRecord | undefined {
  const parsed = stored.safeParse(parse(text));
  if (!parsed.success) return undefined;
  return { conversation: parsed.data.c as unknown as Conversation, told: parsed.data.t };
}

const storedShifts = z.object({
  site: z.string(),
  dn: z.string(),
  seen: z.number(),
  shifts: z.array(
    z.object({ at: z.number(), agentId: z.string().optional(), employeeId: z.string().optional() }),
  ),
});

export function writeShifts(shifts: DnShifts): string {
  return JSON.stringify(shifts);
}

export function readShifts(text: string): DnShifts | undefined {
  const parsed = storedShifts.safeParse(parse(text));
  return parsed.success ? (parsed.data as unknown as DnShifts) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
