/** The two kinds of agent-state events: presence and routing status travel apart. */
import { z } from 'zod';
import { cloudId, eventTime, ourId } from './parts.ts';

export const presenceEvent = z.strictObject({
  eventId: ourId,
  eventDateTime: eventTime,
  userId: z.string().min(1),
  sourceId: cloudId,
  /** From the presence definitions of the organisation. */
  presenceDefinitionId: cloudId,
  message: z.string().optional(),
});
export type PresenceEvent = z.output<typeof presenceEvent>;

export const routingStatuses = ['OffQueue', 'Idle', 'Interacting', 'Communicating', 'NotResponding'] as const;
/** Routing status as events spell it; read-back spells it OFF_QUEUE. */
export type RoutingStatus = (typeof routingStatuses)[number];

export const routingStatusEvent = z.strictObject({
  eventId: ourId,
  eventDateTime: eventTime,
  /** The cloud user, called `userId` in presence events. */
  agentId: z.string().min(1),
  status: z.enum(routingStatuses),
  sourceId: z.string().min(1),
});
export type RoutingStatusEvent = z.output<typeof routingStatusEvent>;
