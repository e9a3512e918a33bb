/** What a rule of the events says to one event, and the things outside a conversation that the rules ask about. */

/** Stable names of the rules; tests and records use them, the API answers text only. */
export type RuleCode =
  | 'id.not-v4'
  | 'time.not-rising'
  | 'time.in-future'
  | 'media.mixed'
  | 'conversation.ended'
  | 'conversation.unknown'
  | 'conversation.concurrent'
  | 'leg.unknown'
  | 'leg.other-conversation'
  | 'leg.repeated'
  | 'leg.ended'
  | 'leg.not-alerting'
  | 'leg.not-connected'
  | 'leg.queue-on-inbound'
  | 'leg.wrong-target'
  | 'disposition.repeated'
  | 'disposition.not-agent'
  | 'transfer.repeated'
  | 'transfer.unknown'
  | 'transfer.ended'
  | 'transfer.wrong-object'
  | 'transfer.wrong-destination'
  | 'transfer.no-progress'
  | 'consult.open'
  | 'consult.none'
  | 'consult.other-legs'
  | 'interaction.empty'
  | 'source.unknown'
  | 'user.unknown'
  | 'user.not-active'
  | 'queue.unknown'
  | 'skill.unknown'
  | 'language.unknown'
  | 'wrapup-code.unknown'
  | 'definition.unknown'
  | 'presence.says-nothing'
  | 'event-id.other-content';

export interface RuleBroken {
  readonly code: RuleCode;
  readonly message: string;
}

export type Outcome<State> =
  | { readonly kind: 'accepted'; readonly state: State }
  | { readonly kind: 'refused'; readonly broken: RuleBroken };

export function accepted<State>(state: State): Outcome<State> {
  return { kind: 'accepted', state };
}

export function refused(
  code: RuleCode,
  message: string,
): { readonly kind: 'refused'; readonly broken: RuleBroken } {
  return { kind: 'refused', broken: { code, message } };
}

/** What exists beside the conversation. */
export interface References {
  user(id: string): 'active' | 'inactive' | 'deleted' | undefined;
  queue(id: string): boolean;
  skill(id: string): boolean;
  language(id: string): boolean;
  wrapupCode(id: string): boolean;
  /** An active presence source. */
  source(id: string): boolean;
  /** An active presence definition. */
  definition(id: string): boolean;
  conversation(id: string): boolean;
  /** The conversation that has this leg. */
  conversationOf(communicationId: string): string | undefined;
}

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Whether a client-made ID is a version 4 UUID, as the models specify. */
export function isUuidV4(id: string): boolean {
  return uuidV4.test(id);
}
