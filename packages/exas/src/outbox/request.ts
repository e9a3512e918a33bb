/** From what is to be sent to the events of one request; IDs depend on content alone, so that a repeat is the same. */
import type { PresenceEvent, RoutingStatusEvent } from '@exec/common/genesys-cloud';
import { toEventTime } from '@exec/common/genesys-cloud';
import { derivedUuid } from '@exec/common/ids';
import type { PresenceName, RoutingStatus } from '../state/table.ts';
import type { CloudIdentity } from './cloud-state.ts';
import type { OutgoingEvent } from './outbox.ts';

export function eventIdOf({ sourceId }: CloudIdentity, event: OutgoingEvent): string {
  return derivedUuid('agent-state', sourceId, event.userId, event.kind, event.at, event.value);
}

/** Undefined when the organisation has no presence of that name. */
export function presenceEventOf(identity: CloudIdentity, event: OutgoingEvent): PresenceEvent | undefined {
  const presenceDefinitionId = identity.presenceIds.get(event.value as PresenceName);
  if (presenceDefinitionId === undefined) return undefined;
  return {
    eventId: eventIdOf(identity, event),
    eventDateTime: toEventTime(event.at),
    userId: event.userId,
    sourceId: identity.sourceId,
    presenceDefinitionId,
  };
}

export function routingStatusEventOf(identity: CloudIdentity, event: OutgoingEvent): RoutingStatusEvent {
  return {
    eventId: eventIdOf(identity, event),
    eventDateTime: toEventTime(event.at),
    agentId: event.userId,
    status: event.value as RoutingStatus,
    sourceId: identity.sourceId,
  };
}
