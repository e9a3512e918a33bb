/** The state of the fake as plain data, for those who drive it from another process. */
import type { CloudState } from '../store/cloud-state.ts';

export interface StateCounts {
  readonly organizationId: string;
  readonly users: number;
  readonly activeUsers: number;
  readonly skills: number;
  readonly queues: number;
  /** Memberships over all queues. */
  readonly queueMembers: number;
  readonly wrapupCodes: number;
  /** Users with at least one injected presence. */
  readonly presences: number;
  readonly routingStatuses: number;
  readonly conversations: number;
  readonly openConversations: number;
}

export function stateCounts(state: CloudState): StateCounts {
  let users = 0;
  let activeUsers = 0;
  let presences = 0;
  for (const user of state.users.all()) {
    if (user.state !== 'deleted') users++;
    if (user.state === 'active') activeUsers++;
    if (state.presence.presencesOf(user.id).size > 0) presences++;
  }
  let queueMembers = 0;
  for (const queue of state.queues.all()) queueMembers += queue.members.size;
  return {
    organizationId: state.organization.id,
    users,
    activeUsers,
    skills: [...state.skills.all()].filter((skill) => skill.state === 'active').length,
    queues: state.queues.size,
    queueMembers,
    wrapupCodes: state.wrapupCodes.size,
    presences,
    routingStatuses: state.routingStatuses.size,
    conversations: state.conversations.total,
    openConversations: state.conversations.open,
  };
}

export function userViews(state: CloudState): unknown[] {
  return [...state.users.all()].map((user) => ({
    id: user.id,
    name: user.name,
    email: user.email,
    state: user.state,
    version: user.version,
    externalIds: state.users.externalIds.of(user.id),
    skills: [...user.skills].map(([id, proficiency]) => ({
      id,
      name: state.skills.get(id)?.name,
      proficiency,
    })),
    roles: state.authorization.grants(user.id).map((grant) => state.authorization.role(grant.roleId)?.name),
    invitations: user.invitations,
  }));
}

export function queueViews(state: CloudState): unknown[] {
  return [...state.queues.all()].map((queue) => ({
    id: queue.id,
    name: queue.name,
    peerId: queue.attributes.peerId,
    members: queue.members.userIds(),
    wrapupCodes: [...queue.wrapupCodeIds],
  }));
}

export function agentStateViews(state: CloudState): unknown[] {
  return [...state.users.all()].map((user) => ({
    userId: user.id,
    email: user.email,
    presences: [...state.presence.presencesOf(user.id).values()].map((presence) => ({
      ...presence,
      systemPresence: state.presence.definitions.get(presence.presenceDefinitionId ?? '')?.systemPresence,
    })),
    routingStatus: state.routingStatuses.get(user.id),
  }));
}
