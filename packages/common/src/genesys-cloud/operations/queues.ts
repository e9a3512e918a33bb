/** Queues, their members and the wrap-up codes assigned to them. */
import { z } from 'zod';
import type { CloudQueueId, CloudUserId, CloudWrapupCodeId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import type { Listing } from '../listing.ts';
import { byPageNumber, type ListOptions, listOperation } from '../paged.ts';
import {
  type CreateQueue,
  createQueue,
  member,
  type Queue,
  type QueueMember,
  queue,
} from './queue-schemas.ts';
import { checked } from './sending.ts';
import { type WrapupCode, wrapupCode } from './wrapup-code-schemas.ts';

/** Members or wrap-up codes per request. */
export const maxQueueItemsPerCall = 100;
/** Largest page of queues, as Genesys' Terraform provider uses it. */
const queuesPageSize = 500;

const getRoutingQueues = listOperation('getRoutingQueues', '/routing/queues', queue);
const getRoutingQueue = operation({
  name: 'getRoutingQueue',
  method: 'GET',
  path: '/routing/queues/{queueId}',
  answer: queue,
});
const postRoutingQueues = operation({
  name: 'postRoutingQueues',
  method: 'POST',
  path: '/routing/queues',
  answer: queue,
});
const putRoutingQueue = operation({
  name: 'putRoutingQueue',
  method: 'PUT',
  path: '/routing/queues/{queueId}',
  answer: queue,
});
const getMembers = listOperation('getRoutingQueueMembers', '/routing/queues/{queueId}/members', member);
// Adding a member that is there, or removing one that is not, changes nothing.
const postMembers = operation({
  name: 'postRoutingQueueMembers',
  method: 'POST',
  path: '/routing/queues/{queueId}/members',
  repeatable: true,
});
const getCodes = listOperation(
  'getRoutingQueueWrapupcodes',
  '/routing/queues/{queueId}/wrapupcodes',
  wrapupCode,
);
const postCodes = operation({
  name: 'postRoutingQueueWrapupcodes',
  method: 'POST',
  path: '/routing/queues/{queueId}/wrapupcodes',
  repeatable: true,
});
const deleteCode = operation({
  name: 'deleteRoutingQueueWrapupcode',
  method: 'DELETE',
  path: '/routing/queues/{queueId}/wrapupcodes/{codeId}',
});

const ids = z.array(z.strictObject({ id: z.string().min(1) })).max(maxQueueItemsPerCall);

export class QueueOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** All queues; `name` may have a `*` at either end. */
  list(options: ListOptions & { readonly name?: string; readonly peerId?: string } = {}): Listing<Queue> {
    return byPageNumber({
      caller: this.#caller,
      operation: getRoutingQueues,
      parts: { query: { name: options.name, peerId: options.peerId } },
      options,
      pageSize: queuesPageSize,
      idOf: (q) => q.id,
    });
  }

  get(id: CloudQueueId, options?: CallOptions): Promise<Queue> {
    return this.#caller.call(getRoutingQueue, { path: { queueId: id } }, options);
  }

  /** @throws CloudError `cloud.conflict` (isDuplicateName), `cloud.outcome-unknown`: look it up by name */
  create(body: CreateQueue, options?: CallOptions): Promise<Queue> {
    return this.#caller.call(
      postRoutingQueues,
      { body: checked(createQueue, body, postRoutingQueues.name) },
      options,
    );
  }

  /**
   * Writes a whole queue: pass one that was read, with changes, because the cloud may reset what is left out.
   * @throws CloudError `cloud.conflict` (isDuplicateName)
   */
  update(id: CloudQueueId, body: Queue, options?: CallOptions): Promise<Queue> {
    return this.#caller.call(putRoutingQueue, { path: { queueId: id }, body }, options);
  }

  /** Direct members. There is no total: compare with `userMemberCount` of the queue. */
  members(id: CloudQueueId, options?: ListOptions): Listing<QueueMember> {
    return byPageNumber({
      caller: this.#caller,
      operation: getMembers,
      parts: { path: { queueId: id }, query: { memberBy: 'user' } },
      options,
      pageSize: 100,
      idOf: (m) => m.id,
    });
  }

  /** Adds up to 100 members. The listing shows them some seconds later. */
  async addMembers(id: CloudQueueId, users: readonly CloudUserId[], options?: CallOptions): Promise<void> {
    await this.#changeMembers(id, users, undefined, options);
  }

  /** Removes up to 100 members. */
  async removeMembers(id: CloudQueueId, users: readonly CloudUserId[], options?: CallOptions): Promise<void> {
    await this.#changeMembers(id, users, true, options);
  }

  async #changeMembers(
    id: CloudQueueId,
    users: readonly CloudUserId[],
    remove: true | undefined,
    options: CallOptions | undefined,
  ): Promise<void> {
    if (users.length === 0) return;
    const body = checked(
      ids,
      users.map((user) => ({ id: user })),
      postMembers.name,
    );
    await this.#caller.call(postMembers, { path: { queueId: id }, query: { delete: remove }, body }, options);
  }

  wrapupCodes(id: CloudQueueId, options?: ListOptions): Listing<WrapupCode> {
    return byPageNumber({
      caller: this.#caller,
      operation: getCodes,
      parts: { path: { queueId: id } },
      options,
      pageSize: 100,
      idOf: (code) => code.id,
    });
  }

  /** Assigns up to 100 wrap-up codes; those assigned already stay. */
  async addWrapupCodes(
    id: CloudQueueId,
    codes: readonly CloudWrapupCodeId[],
    options?: CallOptions,
  ): Promise<void> {
    if (codes.length === 0) return;
    const body = checked(
      ids,
      codes.map((code) => ({ id: code })),
      postCodes.name,
    );
    await this.#caller.call(postCodes, { path: { queueId: id }, body }, options);
  }

  async removeWrapupCode(id: CloudQueueId, code: CloudWrapupCodeId, options?: CallOptions): Promise<void> {
    await this.#caller.call(deleteCode, { path: { queueId: id, codeId: code } }, options);
  }
}
