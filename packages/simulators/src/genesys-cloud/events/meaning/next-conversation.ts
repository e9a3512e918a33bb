/** The meaning of conversation events: what one more event does to a conversation, or which rule it breaks. */
import type { ConversationView } from '../read-model.ts';
import { beginConsultTransfer, endConsultTransfer, progressConsultTransfer } from './consult-transfers.ts';
import type { ConversationInput } from './conversation-input.ts';
import { answer, applyDisposition, changeAudio, end, establish, hold, legOf, noteActivity } from './legs.ts';
import { accepted, isUuidV4, type Outcome, type References, refused } from './outcome.ts';
import { beginTransfer, endTransfer, progressTransfer } from './transfers.ts';

/** `conversation`: undefined before its first event. */
export function nextConversation(
  conversation: ConversationView | undefined,
  input: ConversationInput,
  references: References,
): Outcome<ConversationView> {
  for (const [name, id] of [
    ['eventId', input.eventId],
    ['conversationId', input.conversationId],
  ] as const)
    if (!isUuidV4(id)) return refused('id.not-v4', `${name} ${id} is not a version 4 UUID.`);
  if (conversation !== undefined) {
    if (conversation.media !== input.media)
      return refused('media.mixed', `The conversation is one of ${conversation.media}.`);
    if (input.at <= conversation.lastEventAt)
      return refused('time.not-rising', 'eventDateTime is not later than that of the event before.');
  }
  const outcome = apply(conversation, input, references);
  if (outcome.kind === 'refused') return outcome;
  const events = [...outcome.state.events, { kind: input.kind, at: input.at }];
  return accepted({ ...outcome.state, lastEventAt: input.at, events });
}

function apply(
  conversation: ConversationView | undefined,
  input: ConversationInput,
  references: References,
): Outcome<ConversationView> {
  if (conversation === undefined)
    return input.type === 'established'
      ? establish(undefined, input, references)
      : withoutConversation(input, references);
  switch (input.type) {
    case 'established':
      return establish(conversation, input, references);
    case 'answered':
      return answer(conversation, input, references);
    case 'activity':
      return noteActivity(conversation, input, references);
    case 'hold':
      return hold(conversation, input, references);
    case 'audio':
      return changeAudio(conversation, input, references);
    case 'ended':
      return end(conversation, input, references);
    case 'disposition':
      return applyDisposition(conversation, input, references);
    case 'transfer':
      return beginTransfer(conversation, input, references);
    case 'progress-transfer':
      return progressTransfer(conversation, input, references);
    case 'end-transfer':
      return endTransfer(conversation, input);
    case 'consult-transfer':
      return beginConsultTransfer(conversation, input, references);
    case 'progress-consult-transfer':
      return progressConsultTransfer(conversation, input, references);
    case 'end-consult-transfer':
      return endConsultTransfer(conversation, input);
  }
}

/** Nothing of this conversation has been established. */
function withoutConversation(input: ConversationInput, references: References): Outcome<ConversationView> {
  if (!('communicationId' in input))
    return refused('conversation.unknown', `The conversation ${input.conversationId} has no communication.`);
  const nothing: Pick<ConversationView, 'legs'> = { legs: [] };
  const leg = legOf(nothing, input.communicationId, references);
  return 'broken' in leg ? leg : refused('leg.unknown', 'The communication has not been established.');
}
