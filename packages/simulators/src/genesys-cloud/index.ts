/** The strict fake Genesys Cloud: `FakeGenesysCloud.start()` and the types of what it shows. */
export { ApiError } from './api-error.ts';
export type { StateCounts } from './control/views.ts';
export { brokenRules } from './events/judge.ts';
export {
  type ConversationEventKind,
  type EventKind,
  emailEventKinds,
  type StateEventKind,
  voiceEventKinds,
} from './events/kinds.ts';
export type {
  ConsultTransferView,
  ConversationView,
  DispositionView,
  LegType,
  LegView,
  TransferView,
} from './events/read-model.ts';
export { FakeGenesysCloud } from './fake-genesys-cloud.ts';
export type { EventMatch, Fault, FaultControl, FaultRule, InjectedFault } from './faults.ts';
export {
  defaultClients,
  defaultOrganizationId,
  type FakeGenesysCloudOptions,
  type OAuthClient,
  type Quirks,
  type RepeatMode,
} from './options.ts';
export type { CloudObserver, ObservedAnswer, ObservedDecision } from './record/observer.ts';
export type {
  CloudRecord,
  EventCounts,
  EventFilter,
  EventRefusal,
  RecordedEvent,
  RecordSnapshot,
  RefusalCause,
  Violation,
} from './record/types.ts';
export type { CloudDivision, CloudGrant, CloudRole } from './store/authorization.ts';
export type { CloudState } from './store/cloud-state.ts';
export type { ExternalId } from './store/external-ids.ts';
export type { CloudPresence, PresenceSource } from './store/presence.ts';
export type { PresenceDefinition } from './store/presence-definitions.ts';
export type { QueueMembership } from './store/queue-members.ts';
export type { CloudQueue } from './store/queues.ts';
export type { CloudRoutingStatus, InjectedRoutingStatus } from './store/routing-statuses.ts';
export type { CloudSkill } from './store/skills.ts';
export type { CloudUser, UserState } from './store/users.ts';
export type { CloudWrapupCode } from './store/wrapup-codes.ts';
