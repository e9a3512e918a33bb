/** Transfers with a command: begun, progressed to a destination leg, ended; one command ID holds the three together. */
import type { ConversationView, LegView, TransferView } from '../read-model.ts';
import type { EndTransferInput, ProgressTransferInput, TransferInput } from './conversation-input.ts';
import { destinationFault, isRefused, openLegOf } from './legs.ts';
import { accepted, isUuidV4, type Outcome, type References, refused } from './outcome.ts';

/** All three legs it names must be open. */
export function beginTransfer(
  conversation: ConversationView,
  input: TransferInput,
  references: References,
): Outcome<ConversationView> {
  if (!isUuidV4(input.commandId))
    return refused('id.not-v4', `commandId ${input.commandId} is not a version 4 UUID.`);
  if (conversation.transfers.some((transfer) => transfer.commandId === input.commandId))
    return refused('transfer.repeated', `The transfer ${input.commandId} has begun already.`);
  for (const id of [
    input.initiatingCommunicationId,
    input.targetCommunicationId,
    input.objectCommunicationId,
  ]) {
    const leg = openLegOf(conversation, id, references);
    if (isRefused(leg)) return leg;
  }
  const broken = destinationFault(
    {
      userId: input.to === 'user' ? input.destination : undefined,
      queueId: input.to === 'routing' ? input.destination : undefined,
      skillIds: input.skillIds,
      languageId: input.languageId,
    },
    references,
  );
  if (broken !== undefined) return broken;
  const begun: TransferView = {
    kind: input.to,
    transferType: input.transferType,
    commandId: input.commandId,
    initiatingCommunicationId: input.initiatingCommunicationId,
    targetCommunicationId: input.targetCommunicationId,
    objectCommunicationId: input.objectCommunicationId,
    destination: input.destination,
    startedAt: input.at,
    progress: [],
  };
  return accepted({ ...conversation, transfers: [...conversation.transfers, begun] });
}

export function progressTransfer(
  conversation: ConversationView,
  input: ProgressTransferInput,
  references: References,
): Outcome<ConversationView> {
  const transfer = openTransfer(conversation, input.commandId, input.objectCommunicationId);
  if ('broken' in transfer) return transfer;
  const object = openLegOf(conversation, input.objectCommunicationId, references);
  if (isRefused(object)) return object;
  const destination = openLegOf(conversation, input.destinationCommunicationId, references);
  if (isRefused(destination)) return destination;
  if (!leadsTo(transfer, destination))
    return refused(
      'transfer.wrong-destination',
      'The destination communication is not what the transfer names.',
    );
  return replaceTransfer(conversation, {
    ...transfer,
    progress: [
      ...transfer.progress,
      { at: input.at, destinationCommunicationId: input.destinationCommunicationId },
    ],
  });
}

/** The object may have gone meanwhile; the conversation must not have ended. */
export function endTransfer(
  conversation: ConversationView,
  input: EndTransferInput,
): Outcome<ConversationView> {
  const transfer = openTransfer(conversation, input.commandId, input.objectCommunicationId);
  if ('broken' in transfer) return transfer;
  if (conversation.endedAt !== undefined)
    return refused('conversation.ended', 'The conversation has ended: its last communication has.');
  if (input.finalState === 'Completed' && transfer.progress.length === 0)
    return refused('transfer.no-progress', 'The transfer is completed without having reached a destination.');
  return replaceTransfer(conversation, { ...transfer, endedAt: input.at, finalState: input.finalState });
}

function openTransfer(
  conversation: ConversationView,
  commandId: string,
  objectCommunicationId: string,
): TransferView | ReturnType<typeof refused> {
  const transfer = conversation.transfers.find((begun) => begun.commandId === commandId);
  if (transfer === undefined) return refused('transfer.unknown', `The transfer ${commandId} has not begun.`);
  if (transfer.endedAt !== undefined)
    return refused('transfer.ended', `The transfer ${commandId} has ended.`);
  if (transfer.objectCommunicationId !== objectCommunicationId)
    return refused('transfer.wrong-object', 'The transfer moves another communication.');
  return transfer;
}

/** A queue hands the call on: a transfer to a queue may also progress to the agent who took it there. */
function leadsTo(transfer: TransferView, leg: LegView): boolean {
  switch (transfer.kind) {
    case 'user':
      return leg.type === 'user' && leg.userId === transfer.destination;
    case 'routing':
      return leg.type === 'user' || (leg.type === 'routing' && leg.queueId === transfer.destination);
    case 'phone':
      return leg.type === 'phone' || leg.type === 'external' || leg.type === 'ivr';
  }
}

function replaceTransfer(conversation: ConversationView, transfer: TransferView): Outcome<ConversationView> {
  const transfers = conversation.transfers.map((other) =>
    other.commandId === transfer.commandId ? transfer : other,
  );
  return accepted({ ...conversation, transfers });
}
