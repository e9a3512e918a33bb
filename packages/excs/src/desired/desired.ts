/** Puts all rules together: from a snapshot of Engage to what the EX organisation should hold. */
import { asId, type Dbid } from '@exec/common/ids';
import { dnType, type EngageDn, type EngageSnapshot } from '../engage/snapshot.ts';
import type { UnreadableObjects } from '../engage/unreadable.ts';
import { queueMembership } from './membership.ts';
import type { Conflict, Desired, DesiredQueue, DesiredSkill, DnOfSwitch, EngageKind } from './model.ts';
import { uniqueNames } from './names.ts';
import { EngagePaths } from './paths.ts';
import { queueFields } from './queue-fields.ts';
import { namedQueues } from './queues.ts';
import type { SyncRules } from './rules.ts';
import { type Scope, scopeOf } from './scope.ts';
import { desiredUsers } from './users.ts';
import { VirtualGroups } from './virtual-group.ts';
import { desiredWrapupCodes } from './wrapup-codes.ts';

/**
 * What the EX organisation should hold, with the conflicts that keep objects of Engage from being mapped.
 *
 * @rule What a conflict or an unreadable row keeps from being mapped is left as it is in the cloud.
 * @test plan/diff.test.ts: keeps the user, the memberships and the grant that it has
 * @test sync/unreadable-rows.test.ts
 */
export function desiredState(snapshot: EngageSnapshot, rules: SyncRules): Desired {
  const scope = scopeOf(snapshot, rules);
  const paths = new EngagePaths(snapshot);
  const conflicts: Conflict[] = [];
  const switchNames = new Map<number, string>();
  for (const found of snapshot.switches) if (found.enabled) switchNames.set(found.dbid, found.name);

  const skills = desiredSkills(scope.skills, paths, conflicts);
  const keptSkills = dbids(scope.unreadable.skills.keys());
  const { users, clampedLevels } = desiredUsers(
    { persons: scope.persons, skills, keptSkills, switchNames, paths, conflicts },
    rules,
  );
  const named = namedQueues(scope.queues, switchNames, paths, conflicts);
  const membership = queueMembership({
    groups: snapshot.groups,
    queueDns: scope.queues,
    allQueueDns: scope.allQueueDns,
    queues: named,
    users,
    switchNames,
    virtualGroups: new VirtualGroups(
      scope.agents,
      snapshot.skills,
      rules.virtualGroups,
      hasUnreadable(snapshot.unreadable.skill),
    ),
    unreadableGroup: snapshot.unreadable.group.unknown,
    paths,
    conflicts,
  });
  const queues = new Map<Dbid, DesiredQueue>();
  for (const queue of named.values())
    queues.set(queue.dn.dbid, {
      dbid: queue.dn.dbid,
      switch: queue.switch,
      number: queue.dn.number,
      ...queueFields.wanted(queue, rules),
      fallbackName: queue.fallbackName,
      members: membership.members.get(queue.dn.dbid) ?? nobody,
      keepMembers: membership.keepMembers === 'all' || membership.keepMembers.has(queue.dn.dbid),
    });

  if (snapshot.wrapupAttribute === undefined)
    conflicts.push({
      reason: 'wrapup.attribute-missing',
      object: paths.tenant(),
      detail:
        'The business attribute of the wrap-up codes is not in the Config DB; correct WRAPUP_ATTRIBUTE.',
    });
  reportUnreadable(snapshot, scope, conflicts);
  return {
    tenant: snapshot.tenant,
    skills,
    users,
    queues,
    wrapupCodes: desiredWrapupCodes(snapshot.wrapupAttribute, paths, conflicts),
    wrapupKnown:
      snapshot.wrapupAttribute !== undefined && snapshot.unreadable['wrapup-code'].unknown === undefined,
    dns: dnsBesideQueues(snapshot, scope.queues, switchNames),
    conflicts,
    frozen: {
      persons: new Set([
        ...scope.persons.map((person) => person.dbid).filter((dbid) => !users.has(dbid)),
        ...dbids(scope.unreadable.persons.keys()),
      ]),
      queues: new Set([
        ...scope.queues.map((dn) => dn.dbid).filter((dbid) => !queues.has(dbid)),
        ...dbids(scope.unreadable.queues.keys()),
      ]),
      skills: keptSkills,
      wrapupCodes: dbids(snapshot.unreadable['wrapup-code'].objects.keys()),
    },
    refused: scope.refused,
    clampedLevels,
    eligible: {
      persons: scope.persons.length,
      skills: scope.skills.length,
      queues: scope.queues.length,
    },
  };
}

function hasUnreadable({ objects, unknown }: UnreadableObjects): boolean {
  return objects.size > 0 || unknown !== undefined;
}

const nobody: ReadonlySet<Dbid> = new Set();

function dbids(numbers: Iterable<number>): ReadonlySet<Dbid> {
  return new Set([...numbers].map((number) => asId<Dbid>(number)));
}

/** Each is left as it is; what it is called can often not be read either. */
function reportUnreadable(snapshot: EngageSnapshot, scope: Scope, conflicts: Conflict[]): void {
  const report = (
    reason: Conflict['reason'],
    kind: EngageKind,
    unit: string,
    objects: ReadonlyMap<number, string>,
  ) => {
    for (const [dbid, why] of objects)
      conflicts.push({
        reason,
        object: {
          kind,
          dbid: asId<Dbid>(dbid),
          name: '',
          path: `/${snapshot.tenant.name}/${unit}/(DBID ${dbid})`,
        },
        detail: `A row cannot be read, so that it is left as it is: ${why}`,
      });
  };
  report('person.unreadable', 'person', 'Persons', scope.unreadable.persons);
  report('skill.unreadable', 'skill', 'Skills', scope.unreadable.skills);
  report('queue.unreadable', 'queue', 'DNs', scope.unreadable.queues);
  const codes = snapshot.unreadable['wrapup-code'].objects;
  report('wrapup.unreadable', 'wrapup-code', 'Business Attributes', codes);
}

function desiredSkills(
  eligible: EngageSnapshot['skills'],
  paths: EngagePaths,
  conflicts: Conflict[],
): ReadonlyMap<Dbid, DesiredSkill> {
  const { winners, clashes } = uniqueNames(eligible.filter((skill) => skill.name !== ''));
  for (const skill of eligible)
    if (skill.name === '')
      conflicts.push({
        reason: 'skill.no-name',
        object: paths.skill(skill),
        detail: 'The skill has no name.',
      });
  for (const { loser, winner } of clashes)
    conflicts.push({
      reason: 'skill.name-case',
      object: paths.skill(loser),
      detail: `The name differs at most in case from that of ${paths.skill(winner).path}, which is mapped.`,
    });
  return new Map(winners.map(({ dbid, name }) => [dbid, { dbid, name }]));
}

/**
 * @rule Telephones are the enabled Extensions and ACD Positions of the switches that have a queue in scope, whatever
 *   the folder.
 * @test desired.test.ts: are every enabled Extension and ACD Position of the switches that have a queue in scope
 */
function dnsBesideQueues(
  snapshot: EngageSnapshot,
  queues: readonly EngageDn[],
  switchNames: ReadonlyMap<number, string>,
): DnOfSwitch[] {
  const withQueue = new Set<number>(queues.map((dn) => dn.switchDbid));
  const dns: DnOfSwitch[] = [];
  for (const dn of snapshot.dns) {
    const type = positionType(dn.type);
    const name = switchNames.get(dn.switchDbid);
    if (type !== undefined && dn.enabled && name !== undefined && withQueue.has(dn.switchDbid))
      dns.push({ switch: name, number: dn.number, type });
  }
  return dns;
}

function positionType(type: number): DnOfSwitch['type'] | undefined {
  if (type === dnType.extension) return 'Extension';
  return type === dnType.acdPosition ? 'ACDPosition' : undefined;
}
