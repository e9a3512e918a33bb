/** Finds the members of each queue: the union over all agent groups that are linked to it. */
import type { Dbid } from '@exec/common/ids';
import type { EngageDn, EngageGroup } from '../engage/snapshot.ts';
import type { Conflict, DesiredUser } from './model.ts';
import type { EngagePaths } from './paths.ts';
import type { NamedQueue } from './queues.ts';
import type { VirtualGroups } from './virtual-group.ts';

export interface MembershipSources {
  readonly groups: readonly EngageGroup[];
  /** Queue DNs in scope, and those of the whole tenant. */
  readonly queueDns: readonly EngageDn[];
  readonly allQueueDns: readonly EngageDn[];
  readonly queues: ReadonlyMap<Dbid, NamedQueue>;
  readonly users: ReadonlyMap<Dbid, DesiredUser>;
  readonly switchNames: ReadonlyMap<number, string>;
  readonly virtualGroups: VirtualGroups;
  /** Why, when there is a group of which not even the DBID can be read. */
  readonly unreadableGroup?: string | undefined;
  readonly paths: EngagePaths;
  readonly conflicts: Conflict[];
}

export interface Membership {
  readonly members: ReadonlyMap<Dbid, ReadonlySet<Dbid>>;
  /**
   * Queues with a linked group that cannot be read or evaluated: their members stay until it can. `all`: a group may be
   * linked to any of them.
   */
  readonly keepMembers: ReadonlySet<Dbid> | 'all';
}

const anyQueue = 'Which queue it is linked to is not known, so nobody is taken out of any queue:';

/**
 * @rule The members of a queue are the union over all enabled agent groups that are linked to it by number, alias or
 *   `<number>@<switch>`.
 * @test desired.test.ts: are the union over all groups that are linked to the queue
 * @test desired.test.ts: do not come through a link that fits two queues
 * @test desired.test.ts: stay when a script cannot be read: the queue is never emptied
 */
export function queueMembership(sources: MembershipSources): Membership {
  const members = new Map<Dbid, Set<Dbid>>();
  const keepMembers = new Set<Dbid>();
  const inScope = new LinkIndex(sources.queueDns, sources.switchNames);
  const anywhere = new LinkIndex(sources.allQueueDns, sources.switchNames);
  let mayBeAny = sources.unreadableGroup !== undefined;
  if (sources.unreadableGroup !== undefined)
    sources.conflicts.push({
      reason: 'group.unreadable',
      object: sources.paths.tenant(),
      detail: `${anyQueue} ${sources.unreadableGroup}`,
    });
  for (const group of sources.groups) {
    if (group.unreadable?.linkUnknown === true) {
      mayBeAny = true;
      const { why } = group.unreadable;
      const object = sources.paths.group(group);
      sources.conflicts.push({ reason: 'group.unreadable', object, detail: `${anyQueue} ${why}` });
      continue;
    }
    const link = group.queueLink;
    if (!group.enabled || link === undefined || link === '') continue;
    const report = (reason: Conflict['reason'], detail: string) =>
      sources.conflicts.push({ reason, object: sources.paths.group(group), detail });
    const found = inScope.find(link);
    if (found.length > 1) {
      report(
        'group.ambiguous-queue',
        `WFM_queue_number "${link}" fits ${found.length} queues; write <number>@<switch>.`,
      );
      continue;
    }
    const [dn] = found;
    if (dn === undefined) {
      // A link to a queue outside the folder is a group out of scope, not a mistake.
      if (anywhere.find(link).length === 0)
        report('group.unknown-queue', `WFM_queue_number "${link}" is no enabled queue.`);
      continue;
    }
    if (!sources.queues.has(dn.dbid)) continue;
    if (group.unreadable !== undefined) {
      keepMembers.add(dn.dbid);
      report('group.unreadable', `Nobody is taken out of its queue: ${group.unreadable.why}`);
      continue;
    }
    const listed = listedMembers(group, sources.virtualGroups);
    if ('problem' in listed) {
      keepMembers.add(dn.dbid);
      report(
        'group.bad-script',
        `The script cannot be read at character ${listed.at + 1}: ${listed.problem}.`,
      );
      continue;
    }
    const ofQueue = members.get(dn.dbid) ?? new Set();
    for (const person of listed.members) if (sources.users.has(person)) ofQueue.add(person);
    members.set(dn.dbid, ofQueue);
  }
  return { members, keepMembers: mayBeAny ? 'all' : keepMembers };
}

function listedMembers(group: EngageGroup, virtualGroups: VirtualGroups) {
  return group.script === undefined ? { members: group.members } : virtualGroups.membersOf(group.script);
}

/** Finds queue DNs by number first, then by alias, then by `<number>@<switch>`; a link is never empty. */
class LinkIndex {
  readonly #byNumber = new Map<string, EngageDn[]>();
  readonly #byAlias = new Map<string, EngageDn[]>();
  readonly #bySwitch = new Map<string, EngageDn[]>();

  constructor(dns: readonly EngageDn[], switchNames: ReadonlyMap<number, string>) {
    for (const dn of dns) {
      add(this.#byNumber, dn.number, dn);
      add(this.#byAlias, dn.alias, dn);
      add(this.#bySwitch, `${dn.number}@${switchNames.get(dn.switchDbid) ?? ''}`, dn);
    }
  }

  find(link: string): readonly EngageDn[] {
    return this.#byNumber.get(link) ?? this.#byAlias.get(link) ?? this.#bySwitch.get(link) ?? [];
  }
}

function add(index: Map<string, EngageDn[]>, key: string, dn: EngageDn): void {
  const found = index.get(key);
  if (found === undefined) index.set(key, [dn]);
  else found.push(dn);
}
