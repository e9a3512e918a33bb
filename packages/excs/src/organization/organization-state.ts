/** What is known of the EX organisation, in memory and changeable; the ledger keeps the part that is ours. */
import type { CloudQueueId, CloudSkillId, CloudUserId, CloudWrapupCodeId, Dbid } from '@exec/common/ids';
import { foldCase } from '../desired/names.ts';
import type {
  CloudSource,
  CloudUser,
  FormerSkill,
  IdentityHolder,
  NamedEntity,
  NamedQueue,
  Organization,
  Owner,
  PrimarySourceScope,
  QueueLink,
  SkillLink,
  UserLink,
  WrapupLink,
} from '../plan/organization.ts';

/** An index of everything of one kind that the organisation holds, by ID and by name in any case. */
export class NameIndex<Id extends string, T extends NamedEntity<Id>> {
  readonly #byId = new Map<Id, T>();
  readonly #byName = new Map<string, Id>();

  set(entity: T): void {
    const before = this.#byId.get(entity.id);
    if (before !== undefined) this.delete(before.id);
    this.#byId.set(entity.id, entity);
    this.#byName.set(foldCase(entity.name), entity.id);
  }

  delete(id: Id): void {
    const before = this.#byId.get(id);
    if (before === undefined) return;
    this.#byId.delete(id);
    if (this.#byName.get(foldCase(before.name)) === id) this.#byName.delete(foldCase(before.name));
  }

  get(id: Id): T | undefined {
    return this.#byId.get(id);
  }

  named(name: string): T | undefined {
    const id = this.#byName.get(foldCase(name));
    return id === undefined ? undefined : this.#byId.get(id);
  }

  ids(): Iterable<Id> {
    return this.#byId.keys();
  }
}

export class OrganizationState implements Organization {
  readonly authority: string;
  wantedSource: { name: string; description: string };
  source: CloudSource | undefined;
  readonly primarySourceScope: PrimarySourceScope;
  defaultSourceId: string | undefined;
  homeDivisionId: string | undefined;
  supervisorRoleId: string | undefined;
  identitiesLikely = false;
  readonly users = new Map<Dbid, UserLink>();
  readonly skills = new Map<Dbid, SkillLink>();
  readonly queues = new Map<Dbid, QueueLink>();
  readonly wrapupCodes = new Map<Dbid, WrapupLink>();
  readonly formerSkills = new Map<CloudSkillId, FormerSkill>();
  readonly identityHolders = new Map<Dbid, IdentityHolder>();
  readonly identitiesRead = new Set<CloudUserId>();
  readonly supervisors = new Map<CloudUserId, Owner>();
  protectedUsers: ReadonlySet<CloudUserId> = new Set();
  /** Everything of a kind, linked or not. */
  readonly skillIndex = new NameIndex<CloudSkillId, NamedEntity<CloudSkillId>>();
  readonly queueIndex = new NameIndex<CloudQueueId, NamedQueue>();
  readonly codeIndex = new NameIndex<CloudWrapupCodeId, NamedEntity<CloudWrapupCodeId>>();
  readonly queueMembers = new Map<CloudQueueId, Map<CloudUserId, Owner>>();
  readonly codesOfQueues = new Map<CloudQueueId, Map<CloudWrapupCodeId, Owner>>();
  /** When members or codes of a queue were last written, milliseconds since 1970. */
  readonly queueWrites = new Map<CloudQueueId, number>();
  readonly #others = new Map<CloudUserId, CloudUser>();
  readonly #emails = new Map<string, CloudUserId>();
  readonly #persons = new Map<CloudUserId, Dbid>();

  constructor(options: {
    readonly authority: string;
    readonly source: { name: string; description: string };
    readonly primarySourceScope?: PrimarySourceScope | undefined;
  }) {
    this.authority = options.authority;
    this.wantedSource = options.source;
    this.primarySourceScope = options.primarySourceScope ?? 'user';
  }

  /** Whether a plan has been applied, as far as the ledger remembers. */
  get mapsAnything(): boolean {
    return this.users.size + this.skills.size + this.queues.size + this.wrapupCodes.size > 0;
  }

  user(id: CloudUserId): CloudUser | undefined {
    const person = this.#persons.get(id);
    return person === undefined ? this.#others.get(id) : this.users.get(person);
  }

  userByEmail(email: string): CloudUser | undefined {
    const id = this.#emails.get(foldCase(email));
    return id === undefined ? undefined : this.user(id);
  }

  personOf(id: CloudUserId): Dbid | undefined {
    return this.#persons.get(id);
  }

  skillByName(name: string): NamedEntity<CloudSkillId> | undefined {
    return this.skillIndex.named(name);
  }

  queueByName(name: string): NamedQueue | undefined {
    return this.queueIndex.named(name);
  }

  wrapupCodeByName(name: string): NamedEntity<CloudWrapupCodeId> | undefined {
    return this.codeIndex.named(name);
  }

  members(queue: CloudQueueId): ReadonlyMap<CloudUserId, Owner> | undefined {
    return this.queueMembers.get(queue);
  }

  queueCodes(queue: CloudQueueId): ReadonlyMap<CloudWrapupCodeId, Owner> | undefined {
    return this.codesOfQueues.get(queue);
  }

  /** Users that no person stands behind. */
  otherUsers(): Iterable<CloudUser> {
    return this.#others.values();
  }

  /** Links the user to the person; answers the DBID of a person it was linked to before. */
  setUser(link: UserLink): Dbid | undefined {
    const former = this.#persons.get(link.id);
    const before = this.users.get(link.dbid);
    if (before !== undefined && before.id !== link.id) this.dropUser(link.dbid);
    if (former !== undefined && former !== link.dbid) this.users.delete(former);
    this.#forgetEmail(this.user(link.id));
    this.#others.delete(link.id);
    this.users.set(link.dbid, link);
    this.#persons.set(link.id, link.dbid);
    this.#emails.set(foldCase(link.email), link.id);
    return former === link.dbid ? undefined : former;
  }

  /** Forgets the link and the user. */
  dropUser(dbid: Dbid): void {
    const link = this.users.get(dbid);
    if (link === undefined) return;
    this.#forgetEmail(link);
    this.users.delete(dbid);
    this.#persons.delete(link.id);
  }

  /** A user of the organisation that stands for nobody. */
  setOther(user: CloudUser): void {
    if (this.#persons.has(user.id)) return;
    this.#forgetEmail(this.#others.get(user.id));
    this.#others.set(user.id, user);
    this.#emails.set(foldCase(user.email), user.id);
  }

  dropOther(id: CloudUserId): void {
    this.#forgetEmail(this.#others.get(id));
    this.#others.delete(id);
  }

  #forgetEmail(user: CloudUser | undefined): void {
    if (user === undefined) return;
    const key = foldCase(user.email);
    if (this.#emails.get(key) === user.id) this.#emails.delete(key);
  }
}

/** The DBID under which a cloud object is linked; for take-overs by another Engage object. */
export function linkedTo<Id extends string>(
  links: ReadonlyMap<Dbid, { readonly id: Id }>,
  id: Id,
): Dbid | undefined {
  for (const [dbid, link] of links) if (link.id === id) return dbid;
  return undefined;
}
