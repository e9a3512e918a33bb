/** Everything a fake organisation holds. Tests read it, and change it as an administrator of the organisation would. */
import type { Quirks } from '../options.ts';
import { AuthorizationStore } from './authorization.ts';
import { ConversationStore } from './conversations.ts';
import { PresenceStore } from './presence.ts';
import { QueueStore } from './queues.ts';
import { RoutingStatusStore } from './routing-statuses.ts';
import { SkillStore } from './skills.ts';
import { UserStore } from './users.ts';
import type { Visibility } from './visibility.ts';
import { WrapupCodeStore } from './wrapup-codes.ts';

export interface OrganizationFacts {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
}

export class CloudState {
  readonly organization: OrganizationFacts;
  readonly authorization: AuthorizationStore;
  readonly users: UserStore;
  readonly skills: SkillStore;
  readonly queues: QueueStore;
  readonly wrapupCodes: WrapupCodeStore;
  readonly presence: PresenceStore;
  readonly routingStatuses = new RoutingStatusStore();
  readonly conversations: ConversationStore;

  constructor(o: {
    readonly organization: OrganizationFacts;
    readonly quirks: Quirks;
    readonly visibility: Visibility;
    readonly keepConversations: number;
  }) {
    const { quirks, visibility } = o;
    this.organization = o.organization;
    this.authorization = new AuthorizationStore(visibility);
    const homeDivisionId = this.authorization.homeDivision.id;
    this.users = new UserStore(quirks, visibility, homeDivisionId);
    const conflictStatus = () => quirks.duplicateStatus;
    this.skills = new SkillStore({ conflictStatus, visibility, homeDivisionId });
    this.queues = new QueueStore(quirks, visibility, homeDivisionId);
    this.wrapupCodes = new WrapupCodeStore(visibility, homeDivisionId);
    this.presence = new PresenceStore(visibility);
    this.conversations = new ConversationStore(o.keepConversations);
  }
}
