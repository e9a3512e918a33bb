/**
 * A conversation as it is stored: the model's state, and what has been published of it. One that is over is stored as short
 * as it is kept in memory, from the format on in which there is such a form.
 */

import type { Formats, Stored } from '@exec/common/formats';
import { asId, type EmployeeId } from '@exec/common/ids';
import { engageMicros, streamMs, wallMs } from '@exec/common/instants';
import { z } from 'zod';
import {
  conversationOf,
  type Ended,
  type EndedText,
  endedText,
  textOf,
  valuesOf,
} from '../conversation/ended.ts';
import type { CallKey, Conversation } from '../conversation/state.ts';
import { conversationSchema, storedConversation } from '../formats/conversation.ts';
import { endedSchema } from '../formats/ended.ts';
import type { DnShifts } from '../registry/effects.ts';
import type { Published } from '../translate/translate.ts';

export interface ConversationRecord {
  readonly conversation: Conversation;
  readonly published: Published;
}

/** Of a conversation that is over: it is made of its text when somebody asks for it. */
export class EndedRecord implements ConversationRecord, Ended {
  readonly key: CallKey;
  readonly text: EndedText;
  readonly published: Published;

  constructor({ key, text }: Ended, published: Published) {
    this.key = key;
    this.text = text;
    this.published = published;
  }

  get conversation(): Conversation {
    return conversationOf(this);
  }
}

export function keyOf(record: ConversationRecord): CallKey {
  return record instanceof EndedRecord ? record.key : record.conversation.key;
}

export function isOver(record: ConversationRecord): boolean {
  return record instanceof EndedRecord || record.conversation.overAt !== undefined;
}

const whole = z.object({ t: z.object({ last: z.number().transform(wallMs) }), c: conversationSchema });
const ended = z.object({ t: z.number().transform(wallMs), e: endedSchema });
const stored = z.union([ended, whole]);

/** The first format that has a form of its own for what is over. */
const endedSince = 2;

const conversationKind = 'excp:conversation';
const agentKind = 'excp:agent';

/** Of a conversation as it is kept; one that is over is text from then on. */
export function recordOf(
  kept: Conversation | EndedText,
  key: CallKey,
  published: Published,
): ConversationRecord {
  if (typeof kept === 'string') return new EndedRecord({ key, text: kept }, published);
  const text = endedText(kept);
  return text === undefined ? { conversation: kept, published } : new EndedRecord({ key, text }, published);
}

export function writeRecord(formats: Formats, record: ConversationRecord): string {
  const { published } = record;
  return record instanceof EndedRecord && formats.writes >= endedSince
    ? formats.write(conversationKind, { t: published.last, e: valuesOf(record.text) })
    : formats.write(conversationKind, { t: published, c: storedConversation(record.conversation) });
}

/** @param key under which it is stored: what is over does not say it again */
export function readRecord(formats: Formats, key: CallKey, text: string): Stored<ConversationRecord> {
  const found = formats.read(conversationKind, text, stored);
  if (found.kind !== 'read') return found;
  const { value } = found;
  return {
    ...found,
    value:
      'e' in value
        ? recordOf(textOf(value.e), key, { last: value.t })
        : recordOf(value.c, value.c.key, value.t),
  };
}

const storedShifts = z.object({
  site: z.string(),
  dn: z.string(),
  seen: z.number().transform(streamMs),
  shifts: z.array(
    z.object({
      at: z.number().transform(engageMicros),
      agentId: z.string().exactOptional(),
      employeeId: z
        .string()
        .transform((value) => asId<EmployeeId>(value))
        .exactOptional(),
    }),
  ),
});

export function writeShifts(formats: Formats, shifts: DnShifts): string {
  return formats.write(agentKind, shifts);
}

export function readShifts(formats: Formats, text: string): Stored<DnShifts> {
  return formats.read(agentKind, text, storedShifts);
}
