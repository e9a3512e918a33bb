/** An EX organisation in memory for tests of single steps: it does what the requests say, notes them, fails on command. */
import { CloudError, Listing, type PresenceSettings, type User } from '@exec/common/genesys-cloud';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
} from '@exec/common/ids';
import type { CloudPort } from '../apply/ports.ts';
import { type QueueValues, queueFields } from '../desired/queue-fields.ts';
import { type UserValues, userFields } from '../desired/user-fields.ts';
import type { DetailCloud } from '../organization/read-details.ts';
import { cloudUser, type OrganizationRead } from '../organization/read-organization.ts';

/** What happens to a request: refused with this error, or carried out although the answer is lost. */
type Fault = { readonly error: CloudError; readonly carriedOut: boolean };

interface MemoryUser extends UserValues {
  readonly id: CloudUserId;
  state: 'active' | 'inactive' | 'deleted';
  version: number;
  skills: Map<CloudSkillId, number>;
}

interface MemoryQueue extends QueueValues {
  readonly id: CloudQueueId;
  readonly members: Set<CloudUserId>;
  readonly codes: Set<CloudWrapupCodeId>;
}

export class MemoryCloud implements CloudPort, DetailCloud {
  readonly skillNames = new Map<CloudSkillId, string>();
  readonly codeNames = new Map<CloudWrapupCodeId, string>();
  readonly queuesById = new Map<CloudQueueId, MemoryQueue>();
  readonly usersById = new Map<CloudUserId, MemoryUser>();
  readonly sourcesById = new Map<CloudSourceId, { name: string; description: string }>();
  /** `<authority>/<key>` → user. */
  readonly identities = new Map<string, CloudUserId>();
  readonly primarySources = new Map<CloudUserId, CloudSourceId>();
  presenceSettings: PresenceSettings = { requestingOffQueueEnabled: true };
  readonly supervisors = new Set<CloudUserId>();
  /** Names of the requests, in their order. */
  readonly requests: string[] = [];
  readonly #faults = new Map<string, Fault[]>();
  #made = 0;

  /** The next request of that name meets the fault; several are met one after the other. */
  failNext(request: string, error: CloudError, options: { readonly carriedOut?: boolean } = {}): void {
    const fault = { error, carriedOut: options.carriedOut ?? false };
    this.#faults.set(request, [...(this.#faults.get(request) ?? []), fault]);
  }

  /** Nothing fails any more. */
  clearFaults(): void {
    this.#faults.clear();
  }

  addUser(name: string, more: Partial<Omit<MemoryUser, 'id'>> = {}): CloudUserId {
    const id = this.#id<CloudUserId>('user');
    this.usersById.set(id, {
      id,
      ...userFields.shown({ name, email: `${name}@example.com` }),
      state: 'active',
      version: 1,
      skills: new Map(),
      ...more,
    });
    return id;
  }

  addQueue(values: Partial<QueueValues>): CloudQueueId {
    const id = this.#id<CloudQueueId>('queue');
    this.queuesById.set(id, { id, ...queueFields.shown(values), members: new Set(), codes: new Set() });
    return id;
  }

  addSkill(name: string): CloudSkillId {
    const id = this.#id<CloudSkillId>('skill');
    this.skillNames.set(id, name);
    return id;
  }

  addCode(name: string): CloudWrapupCodeId {
    const id = this.#id<CloudWrapupCodeId>('code');
    this.codeNames.set(id, name);
    return id;
  }

  /** What reading it in pages shows. */
  read(): OrganizationRead {
    const named = <Id extends string>(names: ReadonlyMap<Id, string>) =>
      [...names].map(([id, name]) => ({ id, name }));
    return {
      users: new Map([...this.usersById].map(([id, user]) => [id, cloudUser(shownUser(user))])),
      skills: named(this.skillNames),
      queues: [...this.queuesById.values()].map(shownQueue),
      wrapupCodes: named(this.codeNames),
      sources: [...this.sourcesById].map(([id, source]) => ({ id, ...source, deactivated: false })),
      defaultSourceId: this.presenceSettings.defaultPrimaryPresenceRegisteredSourceId,
      homeDivisionId: 'home',
      supervisorRoleId: 'role',
      supervisors: this.supervisors,
      protectedUsers: new Set(),
    };
  }

  readonly skills: CloudPort['skills'] = {
    list: ({ name } = {}) => this.#named('skills.list', this.skillNames, name),
    create: (name) =>
      this.#request('skills.create', () => {
        this.#unique([...this.skillNames.values()], name);
        return { id: this.addSkill(name), name };
      }),
  };

  readonly wrapupCodes: CloudPort['wrapupCodes'] = {
    list: ({ name } = {}) => this.#named('wrapupCodes.list', this.codeNames, name),
    get: (id) => this.#request('wrapupCodes.get', () => ({ id, name: there(this.codeNames.get(id)) })),
    create: ({ name }) =>
      this.#request('wrapupCodes.create', () => {
        this.#unique([...this.codeNames.values()], name);
        return { id: this.addCode(name), name };
      }),
    update: (id, { name }) =>
      this.#request('wrapupCodes.update', () => {
        there(this.codeNames.get(id));
        this.codeNames.set(id, name);
        return { id, name };
      }),
  };

  readonly queues: CloudPort['queues'] & DetailCloud['queues'] = {
    members: (id) =>
      this.#listing('queues.members', () =>
        [...there(this.queuesById.get(id)).members].map((user) => ({ id: user })),
      ),
    wrapupCodes: (id) =>
      this.#listing('queues.wrapupCodes', () =>
        [...there(this.queuesById.get(id)).codes].map((code) => ({
          id: code,
          name: this.codeNames.get(code) ?? '',
        })),
      ),
    list: ({ name } = {}) =>
      this.#listing('queues.list', () =>
        [...this.queuesById.values()].filter((one) => isSame(one.name, name)).map(shownQueue),
      ),
    get: (id) => this.#request('queues.get', () => shownQueue(there(this.queuesById.get(id)))),
    create: (body) =>
      this.#request('queues.create', () => {
        this.#unique(
          [...this.queuesById.values()].map((queue) => queue.name),
          body.name,
        );
        return shownQueue(there(this.queuesById.get(this.addQueue(queueFields.shown(body)))));
      }),
    update: (id, body) =>
      this.#request('queues.update', () => {
        const queue = there(this.queuesById.get(id));
        Object.assign(queue, queueFields.shown(body));
        return shownQueue(queue);
      }),
    addMembers: (id, users) =>
      this.#request('queues.addMembers', () => {
        for (const user of users) there(this.queuesById.get(id)).members.add(user);
      }),
    removeMembers: (id, users) =>
      this.#request('queues.removeMembers', () => {
        for (const user of users) there(this.queuesById.get(id)).members.delete(user);
      }),
    addWrapupCodes: (id, codes) =>
      this.#request('queues.addWrapupCodes', () => {
        for (const code of codes) there(this.queuesById.get(id)).codes.add(code);
      }),
    removeWrapupCode: (id, code) =>
      this.#request('queues.removeWrapupCode', () => {
        if (!there(this.queuesById.get(id)).codes.delete(code)) throw notFound();
      }),
  };

  readonly users: CloudPort['users'] = {
    create: (body) =>
      this.#request('users.create', () => {
        this.#unique(
          [...this.usersById.values()].map((user) => user.email),
          body.email,
        );
        return shownUser(there(this.usersById.get(this.addUser(body.name, userFields.shown(body)))));
      }),
    get: (id) => this.#request('users.get', () => shownUser(there(this.usersById.get(id)))),
    findByEmail: (email) =>
      this.#request('users.findByEmail', () =>
        [...this.usersById.values()].filter((user) => isSame(user.email, email)).map(shownUser),
      ),
    change: (id, wanted) =>
      this.#request('users.change', () => {
        const user = there(this.usersById.get(id));
        const change = wanted(shownUser(user));
        if (change !== undefined) Object.assign(user, change, { version: user.version + 1 });
        return shownUser(user);
      }),
    replaceSkills: (id, skills) =>
      this.#request('users.replaceSkills', () => {
        there(this.usersById.get(id)).skills = new Map(skills.map((skill) => [skill.id, skill.proficiency]));
      }),
    addSkills: (id, skills) =>
      this.#request('users.addSkills', () => {
        const user = there(this.usersById.get(id));
        for (const skill of skills) user.skills.set(skill.id, skill.proficiency);
      }),
    removeSkill: (id, skill) =>
      this.#request('users.removeSkill', () => {
        if (!there(this.usersById.get(id)).skills.delete(skill)) throw notFound();
      }),
  };

  readonly externalIds: CloudPort['externalIds'] & DetailCloud['externalIds'] = {
    list: (id) =>
      this.#request('externalIds.list', () =>
        [...this.identities]
          .filter(([, holder]) => holder === id)
          .map(([identity]) => {
            const at = identity.lastIndexOf('/');
            return { authorityName: identity.slice(0, at), externalKey: identity.slice(at + 1) };
          }),
      ),
    find: ({ authorityName, externalKey }) =>
      this.#request('externalIds.find', () => {
        const user = this.usersById.get(this.identities.get(`${authorityName}/${externalKey}`) ?? noUser);
        return user?.state === 'active' ? shownUser(user) : undefined;
      }),
    add: (id, { authorityName, externalKey }) =>
      this.#request('externalIds.add', () => {
        const identity = `${authorityName}/${externalKey}`;
        if (this.identities.has(identity))
          throw new CloudError('cloud.conflict', 'taken', { cloudCode: 'general.resource.conflict' });
        this.identities.set(identity, id);
      }),
    remove: (_id, { authorityName, externalKey }) =>
      this.#request('externalIds.remove', () => {
        if (!this.identities.delete(`${authorityName}/${externalKey}`)) throw notFound();
      }),
  };

  readonly presence: CloudPort['presence'] & DetailCloud['presence'] = {
    primarySource: (user) =>
      this.#request('presence.primarySource', () => ({
        sourceId:
          this.primarySources.get(user) ?? this.presenceSettings.defaultPrimaryPresenceRegisteredSourceId,
      })),
    settings: () => this.#request('presence.settings', () => this.presenceSettings),
    updateSettings: (settings) =>
      this.#request('presence.updateSettings', () => {
        this.presenceSettings = settings;
      }),
    sources: () =>
      this.#request('presence.sources', () =>
        [...this.sourcesById].map(([id, source]) => ({ id, ...source })),
      ),
    createSource: ({ name, description }) =>
      this.#request('presence.createSource', () => {
        const id = this.#id<CloudSourceId>('source');
        this.sourcesById.set(id, { name, description: description ?? '' });
        return { id, ...there(this.sourcesById.get(id)) };
      }),
    updateSource: (id, { name, description }) =>
      this.#request('presence.updateSource', () => {
        this.sourcesById.set(id, { name, description: description ?? '' });
        return { id, ...there(this.sourcesById.get(id)) };
      }),
    setPrimarySource: (user, source) =>
      this.#request('presence.setPrimarySource', () => {
        this.primarySources.set(user, source);
      }),
  };

  readonly authorization: CloudPort['authorization'] = {
    bulkAdd: (user) =>
      this.#request('authorization.bulkAdd', () => {
        this.supervisors.add(asId<CloudUserId>(user));
      }),
    removeGrant: (user) =>
      this.#request('authorization.removeGrant', () => {
        if (!this.supervisors.delete(asId<CloudUserId>(user))) throw notFound();
      }),
  };

  async #request<T>(name: string, carryOut: () => T): Promise<T> {
    this.requests.push(name);
    const fault = this.#faults.get(name)?.shift();
    if (fault === undefined) return carryOut();
    if (fault.carriedOut) carryOut();
    throw fault.error;
  }

  #listing<T extends { readonly id: string }>(name: string, items: () => T[]): Listing<T> {
    return new Listing({
      operation: name,
      idOf: (item) => item.id,
      read: () =>
        this.#request(name, () => {
          const all = items();
          return { items: all, total: all.length };
        }),
    });
  }

  #named<Id extends string>(request: string, names: ReadonlyMap<Id, string>, name: string | undefined) {
    return this.#listing(request, () =>
      [...names].filter(([, held]) => isSame(held, name)).map(([id, held]) => ({ id, name: held })),
    );
  }

  #unique(held: readonly string[], wanted: string): void {
    if (held.some((one) => isSame(one, wanted)))
      throw new CloudError('cloud.conflict', 'exists', { httpStatus: 409, cloudCode: 'general.conflict' });
  }

  /** IDs rise, so that their order is that in which the objects were made. */
  #id<Id extends Parameters<typeof asId>[0] & string>(kind: string): Id {
    return `${kind}-${String(++this.#made).padStart(3, '0')}` as Id;
  }
}

const noUser = asId<CloudUserId>('');

function isSame(a: string, b: string | undefined): boolean {
  return b === undefined || a.toLowerCase() === b.toLowerCase();
}

function notFound(): CloudError {
  return new CloudError('cloud.not-found', 'not there', { httpStatus: 404 });
}

function there<T>(found: T | undefined): T {
  if (found === undefined) throw notFound();
  return found;
}

function shownUser({ skills, ...user }: MemoryUser): User {
  return {
    ...user,
    skills: [...skills].map(([skill, proficiency]) => ({ id: skill, proficiency })),
  };
}

function shownQueue(queue: MemoryQueue) {
  return { id: queue.id, ...queueFields.pick(queue) };
}
