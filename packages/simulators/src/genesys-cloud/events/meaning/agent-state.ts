/** The meaning of presence and routing-status events: what they name exists, and no user goes back in time. */
import type { Outcome, References } from './outcome.ts';
import { accepted, isUuidV4, refused } from './outcome.ts';

export interface AgentStateInput {
  readonly eventId: string;
  readonly userId: string;
  readonly sourceId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Presence only: absent members were not sent. */
  readonly presence?: { readonly definitionId?: string; readonly message?: string };
}

/** `lastAt`: time of the last event of this kind accepted for the user. The state is the new one. */
export function nextAgentState(
  lastAt: number | undefined,
  input: AgentStateInput,
  references: References,
): Outcome<number> {
  // The models ask for version 4 in presence events and for any version in routing-status events.
  if (input.presence !== undefined && !isUuidV4(input.eventId))
    return refused('id.not-v4', `eventId ${input.eventId} is not a version 4 UUID.`);
  const user = references.user(input.userId);
  if (user === undefined || user === 'deleted')
    return refused('user.unknown', `Unknown user ${input.userId}.`);
  if (!references.source(input.sourceId))
    return refused('source.unknown', `Unknown source ${input.sourceId}.`);
  if (input.presence !== undefined) {
    const { definitionId, message } = input.presence;
    if (definitionId === undefined && message === undefined)
      return refused('presence.says-nothing', 'Neither presenceDefinitionId nor message is given.');
    if (definitionId !== undefined && !references.definition(definitionId))
      return refused('definition.unknown', `Unknown presence definition ${definitionId}.`);
  }
  if (lastAt !== undefined && input.at <= lastAt)
    return refused('time.not-rising', 'eventDateTime is not later than that of the event before.');
  return accepted(input.at);
}
