/** Selects the objects that are eligible at all: enabled, of the right kind, in the folder if one is named. */
import type { EngageDn, EngagePerson, EngageSkill, EngageSnapshot } from '../engage/snapshot.ts';
import { objectType } from '../engage/snapshot.ts';
import type { UnreadableObjects } from '../engage/unreadable.ts';
import { folderScope, type InFolder } from './folders.ts';
import type { RefusableKind, RefusedKind } from './model.ts';
import type { SyncRules } from './rules.ts';

export interface Scope {
  /** Enabled agents in scope. */
  readonly persons: readonly EngagePerson[];
  /** Enabled agents of the tenant, whatever the folder: the candidates of virtual groups. */
  readonly agents: readonly EngagePerson[];
  readonly skills: readonly EngageSkill[];
  readonly queues: readonly EngageDn[];
  /** Enabled DNs of the queue types, whatever the folder. */
  readonly allQueueDns: readonly EngageDn[];
  readonly refused: readonly RefusedKind[];
  /** What may be in scope although it cannot be read, DBID → why. */
  readonly unreadable: {
    readonly persons: ReadonlyMap<number, string>;
    readonly skills: ReadonlyMap<number, string>;
    readonly queues: ReadonlyMap<number, string>;
  };
}

const unknownFolder = 'Its folder cannot be read.';

/**
 * @rule Mapped are enabled persons with Is Agent set, enabled skills, and enabled DNs of the queue types on enabled
 *   switches; with a folder name only what lies in that folder.
 * @test desired/scope.test.ts
 * @page docs/reference/mapping.md#which-objects-are-in-scope
 */
export function scopeOf(snapshot: EngageSnapshot, rules: SyncRules): Scope {
  const refused: RefusedKind[] = [];
  const { unreadable } = snapshot;
  const filter = (kind: RefusableKind, type: number, unit: string): InFolder => {
    if (rules.folder === undefined) return () => true;
    const scope =
      snapshot.folders === undefined
        ? undefined
        : folderScope(snapshot.folders, rules.folder, type, unreadable);
    if (scope !== undefined) return scope;
    // Not found is not empty: a renamed folder must not take everybody out of scope.
    refused.push({
      kind,
      detail: `No folder "${rules.folder}" at the root of ${unit}; create it there or correct SYNC_FOLDER.`,
    });
    return () => false;
  };
  const personInScope = filter('persons', objectType.person, 'the Persons unit');
  const skillInScope = filter('skills', objectType.skill, 'the Skills unit');
  const dnInScope = filter('queues', objectType.dn, 'the DNs unit of any switch');

  const hidden = (kind: RefusableKind, of: UnreadableObjects) => {
    if (of.unknown === undefined) return;
    refused.push({
      kind,
      detail: `A row does not tell whose it is, so that nothing can be said of what is missing: ${of.unknown}`,
    });
  };
  hidden('persons', unreadable.person);
  hidden('skills', unreadable.skill);
  hidden('queues', unreadable.queue);

  const enabledSwitches = new Set<number>();
  for (const found of snapshot.switches) if (found.enabled) enabledSwitches.add(found.dbid);
  const agents = snapshot.persons.filter((person) => person.enabled && person.isAgent);
  const allQueueDns = snapshot.dns.filter(
    (dn) => dn.enabled && rules.queueTypes.includes(dn.type) && enabledSwitches.has(dn.switchDbid),
  );
  const persons = new Map(unreadable.person.objects);
  const skills = new Map(unreadable.skill.objects);
  const queues = new Map(unreadable.queue.objects);
  const select = <T extends { readonly dbid: number }>(
    objects: readonly T[],
    inScope: InFolder,
    broken: Map<number, string>,
  ) =>
    objects.filter(({ dbid }) => {
      if (broken.has(dbid)) return false;
      const found = inScope(dbid);
      if (found === 'unknown') broken.set(dbid, unknownFolder);
      return found === true;
    });
  return {
    agents,
    persons: select(agents, personInScope, persons),
    skills: select(
      snapshot.skills.filter((skill) => skill.enabled),
      skillInScope,
      skills,
    ),
    queues: select(allQueueDns, dnInScope, queues),
    allQueueDns,
    refused,
    unreadable: { persons, skills, queues },
  };
}
