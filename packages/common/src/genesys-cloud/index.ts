/** The client of the Genesys Cloud platform API. */
export { type CloudAccess, isSameAccess } from './access.ts';
export type { CloudHealth } from './availability.ts';
export { type BudgetUsage, RequestBudget } from './budget.ts';
export { type CallOptions, type Permit, type Priority, priorities } from './call.ts';
export { GenesysCloud, type GenesysCloudOptions } from './client.ts';
export type { ProxyOptions } from './connections.ts';
export {
  CloudError,
  type CloudErrorCode,
  isDuplicate,
  isDuplicateName,
  isExternalIdConflict,
  isNotFound,
  isVersionConflict,
} from './errors.ts';
export {
  type PresenceEvent,
  presenceEvent,
  type RoutingStatus,
  type RoutingStatusEvent,
  routingStatusEvent,
  routingStatuses,
} from './events/agent-state.ts';
export { type Answer, type DeliverOptions, deliver, type Verdict } from './events/deliver.ts';
export { Dispatcher, type EventBudget } from './events/dispatcher.ts';
export {
  type AudioState,
  type InitialConfiguration,
  type SourceConfiguration,
  toEventTime,
} from './events/parts.ts';
export {
  type ConversationEvent,
  type DisconnectType,
  type TransferFinalState,
  type TransferType,
  type VoiceEventKind,
  type VoiceEventOf,
  voiceEventKinds,
  voiceEventSchemas,
} from './events/voice.ts';
export { Listing, type ListingLimits, type ListingPage } from './listing.ts';
export type {
  Grant,
  HomeDivision,
  Role,
  RoleDivision,
  RoleUser,
  Subject,
  SubjectGrants,
} from './operations/authorization.ts';
export type { EventBatchResult, EventRejection } from './operations/events.ts';
export type { ExternalId } from './operations/external-ids.ts';
export type { Limit, LimitNamespace, Organization, TokenInfo } from './operations/organization.ts';
export type {
  PresenceDefinition,
  PresenceSettings,
  PresenceSource,
  PrimarySource,
  SourceRequest,
} from './operations/presence-schemas.ts';
export type { CreateQueue, Queue, QueueMember } from './operations/queue-schemas.ts';
export { maxQueueItemsPerCall } from './operations/queues.ts';
export type { Skill } from './operations/skills.ts';
export type {
  CloudRoutingStatus,
  CreateUser,
  User,
  UserChange,
  UserExpand,
  UserPatch,
  UserSkill,
  UserState,
} from './operations/user-schemas.ts';
export { maxSkillsPerCall, type SkillAssignment, type UserListOptions } from './operations/users.ts';
export type { WrapupCode, WrapupCodeRequest } from './operations/wrapup-code-schemas.ts';
export type { ListOptions } from './paged.ts';
