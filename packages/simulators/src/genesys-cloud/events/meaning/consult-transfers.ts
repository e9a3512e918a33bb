/** Consult transfers: they carry no command ID, so one conversation has at most one open at a time. */
import type { ConsultTransferView, ConversationView } from '../read-model.ts';
import type { ConsultInput, EndConsultInput } from './conversation-input.ts';
import { isRefused, openLegOf } from './legs.ts';
import { accepted, type Outcome, type References, refused } from './outcome.ts';

/** The consulted leg exists already; all three legs must be open. */
export function beginConsultTransfer(
  conversation: ConversationView,
  input: ConsultInput,
  references: References,
): Outcome<ConversationView> {
  if (openConsult(conversation) !== undefined)
    return refused(
      'consult.open',
      'Another consult transfer of the conversation is open: its end could mean either.',
    );
  for (const id of [
    input.initiatingCommunicationId,
    input.destinationCommunicationId,
    input.objectCommunicationId,
  ]) {
    const leg = openLegOf(conversation, id, references);
    if (isRefused(leg)) return leg;
  }
  if (input.destinationCommunicationId === input.initiatingCommunicationId)
    return refused('consult.other-legs', 'A consult transfer leads to another communication than its own.');
  const begun: ConsultTransferView = {
    initiatingCommunicationId: input.initiatingCommunicationId,
    destinationCommunicationId: input.destinationCommunicationId,
    objectCommunicationId: input.objectCommunicationId,
    startedAt: input.at,
    progress: [],
  };
  return accepted({ ...conversation, consultTransfers: [...conversation.consultTransfers, begun] });
}

/** The initiating leg may have ended just before. Behind a queue that was consulted it is another leg that is reached. */
export function progressConsultTransfer(
  conversation: ConversationView,
  input: ConsultInput,
  references: References,
): Outcome<ConversationView> {
  const open = openConsult(conversation);
  if (open === undefined) return refused('consult.none', 'No consult transfer of the conversation is open.');
  if (
    open.initiatingCommunicationId !== input.initiatingCommunicationId ||
    open.objectCommunicationId !== input.objectCommunicationId ||
    (open.destinationCommunicationId !== input.destinationCommunicationId &&
      !leadsToQueue(conversation, open.destinationCommunicationId))
  )
    return refused('consult.other-legs', 'The open consult transfer names other communications.');
  for (const id of [input.destinationCommunicationId, input.objectCommunicationId]) {
    const leg = openLegOf(conversation, id, references);
    if (isRefused(leg)) return leg;
  }
  return replaceLast(conversation, { ...open, progress: [...open.progress, { at: input.at }] });
}

export function endConsultTransfer(
  conversation: ConversationView,
  input: EndConsultInput,
): Outcome<ConversationView> {
  const open = openConsult(conversation);
  if (open === undefined) return refused('consult.none', 'No consult transfer of the conversation is open.');
  if (conversation.endedAt !== undefined)
    return refused('conversation.ended', 'The conversation has ended: its last communication has.');
  return replaceLast(conversation, { ...open, endedAt: input.at });
}

function leadsToQueue(conversation: ConversationView, communicationId: string): boolean {
  return conversation.legs.some((leg) => leg.communicationId === communicationId && leg.type === 'routing');
}

function openConsult(conversation: ConversationView): ConsultTransferView | undefined {
  const last = conversation.consultTransfers.at(-1);
  return last?.endedAt === undefined ? last : undefined;
}

function replaceLast(
  conversation: ConversationView,
  consult: ConsultTransferView,
): Outcome<ConversationView> {
  return accepted({
    ...conversation,
    consultTransfers: [...conversation.consultTransfers.slice(0, -1), consult],
  });
}
