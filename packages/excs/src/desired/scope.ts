/** Selects the objects that are eligible at all: enabled, of the right kind, in the folder if one is named. */
import type { EngageDn, EngagePerson, EngageSkill, EngageSnapshot } from '../engage/snapshot.ts';
import { objectType } from '../engage/snapshot.ts';
import { folderScope, type InFolder } from './folders.ts';
import type { RefusableKind, RefusedKind, SyncRules } from './model.ts';

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
}

export function scopeOf(snapshot: EngageSnapshot, rules: SyncRules): Scope {
  const refused: RefusedKind[] = [];
  const filter = (kind: RefusableKind, type: number, unit: string): InFolder => {
    if (rules.folder === undefined) return () => true;
    const scope =
      snapshot.folders === undefined ? undefined : folderScope(snapshot.folders, rules.folder, type);
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

  const enabledSwitches = new Set<number>();
  for (const found of snapshot.switches) if (found.enabled) enabledSwitches.add(found.dbid);
  const agents = snapshot.persons.filter((person) => person.enabled && person.isAgent);
  const allQueueDns = snapshot.dns.filter(
    (dn) => dn.enabled && rules.queueTypes.includes(dn.type) && enabledSwitches.has(dn.switchDbid),
  );
  return {
    agents,
    persons: agents.filter((person) => personInScope(person.dbid)),
    skills: snapshot.skills.filter((skill) => skill.enabled && skillInScope(skill.dbid)),
    queues: allQueueDns.filter((dn) => dnInScope(dn.dbid)),
    allQueueDns,
    refused,
  };
}
