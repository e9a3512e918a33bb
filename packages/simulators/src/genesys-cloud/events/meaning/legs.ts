/** The life of a leg: established, answered, held, muted, ended, wrapped up. */
import type { ConversationView, LegView } from '../read-model.ts';
import type {
  AudioInput,
  DispositionInput,
  EndedInput,
  EstablishedInput,
  HoldInput,
  LegInput,
} from './conversation-input.ts';
import { accepted, isUuidV4, type Outcome, type References, refused } from './outcome.ts';

type Refused = ReturnType<typeof refused>;

/** The leg of this conversation, ended or not. */
export function legOf(
  conversation: Pick<ConversationView, 'legs'>,
  communicationId: string,
  references: References,
): LegView | Refused {
  const leg = conversation.legs.find((candidate) => candidate.communicationId === communicationId);
  if (leg !== undefined) return leg;
  return references.conversationOf(communicationId) === undefined
    ? refused('leg.unknown', `The communication ${communicationId} has not been established.`)
    : refused(
        'leg.other-conversation',
        `The communication ${communicationId} belongs to another conversation.`,
      );
}

export function openLegOf(
  conversation: ConversationView,
  communicationId: string,
  references: References,
): LegView | Refused {
  const leg = legOf(conversation, communicationId, references);
  if (isRefused(leg) || leg.endedAt === undefined) return leg;
  return refused('leg.ended', `The communication ${communicationId} has ended.`);
}

export function isRefused(value: LegView | Refused): value is Refused {
  return 'broken' in value;
}

/** Also opens the conversation. */
export function establish(
  conversation: ConversationView | undefined,
  input: EstablishedInput,
  references: References,
): Outcome<ConversationView> {
  const broken = establishmentFault(conversation, input, references);
  if (broken !== undefined) return broken;
  const leg: LegView = {
    sequence: conversation?.legs.length ?? 0,
    communicationId: input.communicationId,
    type: input.leg,
    ...pick(input, 'queueId', 'userId', 'phoneNumber', 'ani', 'dnis', 'skillIds', 'afterCallWorkRequired'),
    ...pick(input, 'inbound', 'invitedBy'),
    interactionId: input.interactionId,
    sourceId: input.sourceId,
    establishedAt: input.at,
    alerting: input.alerting,
    ...(input.alerting ? {} : { connectedAt: input.at }),
    held: input.held,
    holds: [],
    audio: [],
    dispositions: [],
  };
  if (conversation !== undefined) return accepted({ ...conversation, legs: [...conversation.legs, leg] });
  return accepted({
    conversationId: input.conversationId,
    media: input.media,
    legs: [leg],
    transfers: [],
    consultTransfers: [],
    startedAt: input.at,
    lastEventAt: input.at,
    events: [],
  });
}

function establishmentFault(
  conversation: ConversationView | undefined,
  input: EstablishedInput,
  references: References,
): Refused | undefined {
  if (!isUuidV4(input.communicationId))
    return refused('id.not-v4', `communicationId ${input.communicationId} is not a version 4 UUID.`);
  if (references.conversationOf(input.communicationId) !== undefined)
    return refused('leg.repeated', `The communication ${input.communicationId} exists already.`);
  if (conversation?.endedAt !== undefined)
    return refused('conversation.ended', 'The conversation has ended: its last communication has.');
  if (input.interactionId === '') return refused('interaction.empty', 'interactionId is empty.');
  if (!references.source(input.sourceId))
    return refused('source.unknown', `Unknown source ${input.sourceId}.`);
  if (input.invitedBy !== undefined) {
    if (conversation === undefined)
      return refused(
        'leg.unknown',
        `The inviting communication ${input.invitedBy} has not been established.`,
      );
    const inviting = legOf(conversation, input.invitedBy, references);
    if (isRefused(inviting)) return inviting;
  }
  if (input.leg === 'user' && input.queueId !== undefined && input.inbound === true)
    return refused('leg.queue-on-inbound', 'queueId of a user communication is for outbound calls only.');
  return destinationFault(input, references);
}

/** Users, queues, skills and languages that the event names. */
export function destinationFault(
  named: {
    readonly userId?: string | undefined;
    readonly queueId?: string | undefined;
    readonly skillIds?: readonly string[] | undefined;
    readonly languageId?: string | undefined;
  },
  references: References,
): Refused | undefined {
  if (named.userId !== undefined) {
    const state = references.user(named.userId);
    if (state === undefined || state === 'deleted')
      return refused('user.unknown', `Unknown user ${named.userId}.`);
    if (state !== 'active') return refused('user.not-active', `The user ${named.userId} is not active.`);
  }
  if (named.queueId !== undefined && !references.queue(named.queueId))
    return refused('queue.unknown', `Unknown queue ${named.queueId}.`);
  for (const skillId of named.skillIds ?? [])
    if (!references.skill(skillId)) return refused('skill.unknown', `Unknown skill ${skillId}.`);
  if (named.languageId !== undefined && !references.language(named.languageId))
    return refused('language.unknown', `Unknown language ${named.languageId}.`);
  return undefined;
}

export function answer(
  conversation: ConversationView,
  input: LegInput,
  references: References,
): Outcome<ConversationView> {
  const leg = openLegOf(conversation, input.communicationId, references);
  if (isRefused(leg)) return leg;
  if (leg.connectedAt !== undefined)
    return refused('leg.not-alerting', `The communication ${leg.communicationId} is not alerting.`);
  return withLeg(conversation, { ...leg, connectedAt: input.at, answeredAt: input.at });
}

export function hold(
  conversation: ConversationView,
  input: HoldInput,
  references: References,
): Outcome<ConversationView> {
  const leg = openLegOf(conversation, input.communicationId, references);
  if (isRefused(leg)) return leg;
  if (leg.connectedAt === undefined)
    return refused('leg.not-connected', `The communication ${leg.communicationId} is not connected.`);
  return withLeg(conversation, {
    ...leg,
    held: input.held,
    holds: [...leg.holds, { at: input.at, held: input.held }],
  });
}

export function changeAudio(
  conversation: ConversationView,
  input: AudioInput,
  references: References,
): Outcome<ConversationView> {
  const leg = openLegOf(conversation, input.communicationId, references);
  if (isRefused(leg)) return leg;
  const change = { at: input.at, ...pick(input, 'canHear', 'canSpeak') };
  return withLeg(conversation, { ...leg, audio: [...leg.audio, change] });
}

/** An event that only shows that the leg lives. */
export function noteActivity(
  conversation: ConversationView,
  input: LegInput,
  references: References,
): Outcome<ConversationView> {
  const leg = openLegOf(conversation, input.communicationId, references);
  return isRefused(leg) ? leg : accepted(conversation);
}

/** The conversation ends with its last leg. */
export function end(
  conversation: ConversationView,
  input: EndedInput,
  references: References,
): Outcome<ConversationView> {
  const leg = openLegOf(conversation, input.communicationId, references);
  if (isRefused(leg)) return leg;
  const destination = input.destinationConversationId;
  if (
    destination !== undefined &&
    (destination === input.conversationId || !references.conversation(destination))
  )
    return refused('conversation.unknown', `There is no other conversation ${destination}.`);
  const legs = replaceLeg(conversation.legs, {
    ...leg,
    endedAt: input.at,
    disconnectType: input.disconnectType,
    ...pick(input, 'destinationConversationId'),
  });
  const isLast = legs.every((other) => other.endedAt !== undefined);
  return accepted({ ...conversation, legs, ...(isLast ? { endedAt: input.at } : {}) });
}

/** While the agent's leg lasts the agent may choose again; after its end one more is taken. */
export function applyDisposition(
  conversation: ConversationView,
  input: DispositionInput,
  references: References,
): Outcome<ConversationView> {
  const leg = legOf(conversation, input.communicationId, references);
  if (isRefused(leg)) return leg;
  if (leg.type !== 'user')
    return refused(
      'disposition.not-agent',
      `The communication ${leg.communicationId} is not that of a user.`,
    );
  const { endedAt } = leg;
  if (endedAt !== undefined && leg.dispositions.some((disposition) => disposition.at >= endedAt))
    return refused('disposition.repeated', `The communication ${leg.communicationId} is wrapped up already.`);
  if (input.code !== undefined && !references.wrapupCode(input.code))
    return refused('wrapup-code.unknown', `Unknown wrap-up code ${input.code}.`);
  return withLeg(conversation, {
    ...leg,
    dispositions: [{ at: input.at, ...pick(input, 'code', 'notes', 'tags') }],
  });
}

function withLeg(conversation: ConversationView, leg: LegView): Outcome<ConversationView> {
  return accepted({ ...conversation, legs: replaceLeg(conversation.legs, leg) });
}

function replaceLeg(legs: readonly LegView[], leg: LegView): readonly LegView[] {
  return legs.map((other) => (other.communicationId === leg.communicationId ? leg : other));
}

/** The named members that are there: an absent one stays absent. */
function pick<From extends object, Name extends keyof From>(
  from: From,
  ...names: readonly Name[]
): Pick<From, Name> {
  const found: Partial<From> = {};
  for (const name of names) if (from[name] !== undefined) found[name] = from[name];
  return found as Pick<From, Name>;
}
