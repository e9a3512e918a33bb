/** A conversation as it is stored: the model's state, and what has been published of it. */

import type { Formats, Stored } from '@exec/common/formats';
import { asId, type EmployeeId } from '@exec/common/ids';
import { engageMicros, streamMs, wallMs } from '@exec/common/instants';
import { z } from 'zod';
import type { Conversation } from '../conversation/state.ts';
import { conversationSchema, storedConversation } from '../formats/conversation.ts';
import type { DnShifts } from '../registry/effects.ts';
import type { Published } from '../translate/translate.ts';

export interface ConversationRecord {
  readonly conversation: Conversation;
  readonly published: Published;
}

const stored = z
  .object({ t: z.object({ last: z.number().transform(wallMs) }), c: conversationSchema })
  .transform(({ t, c }): ConversationRecord => ({ conversation: c, published: t }));

const conversationKind = 'excp:conversation';
const agentKind = 'excp:agent';

export function writeRecord(formats: Formats, record: ConversationRecord): string {
  return formats.write(conversationKind, { t: record.published, c: storedConversation(record.conversation) });
}

export function readRecord(formats: Formats, text: string): Stored<ConversationRecord> {
  return formats.read(conversationKind, text, stored);
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
