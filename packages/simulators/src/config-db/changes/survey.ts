/** What there is to change in the main tenant at this moment. */
import type { ContactCentre } from '../contact-centre.ts';
import { groupType, linkOf } from '../model/groups.ts';
import {
  type DnRow,
  dnType,
  type EnumeratorValueRow,
  flag,
  type GroupRow,
  type PersonRow,
  type SkillRow,
  type SwitchRow,
  state,
} from '../model/rows.ts';

export interface Survey {
  readonly centre: ContactCentre;
  readonly tenant: number;
  readonly agents: readonly Readonly<PersonRow>[];
  readonly disabledAgents: readonly Readonly<PersonRow>[];
  readonly skills: readonly Readonly<SkillRow>[];
  readonly disabledSkills: readonly Readonly<SkillRow>[];
  readonly switches: readonly Readonly<SwitchRow>[];
  readonly queues: readonly Readonly<DnRow>[];
  readonly disabledQueues: readonly Readonly<DnRow>[];
  /** Groups with a link to a queue, listed members or a script. */
  readonly listedGroups: readonly Readonly<GroupRow>[];
  readonly virtualGroups: readonly Readonly<GroupRow>[];
  readonly unlinkedGroups: readonly Readonly<GroupRow>[];
  /** DBID of the business attribute of the wrap-up codes. */
  readonly attribute: number | undefined;
  readonly values: readonly Readonly<EnumeratorValueRow>[];
  readonly disabledValues: readonly Readonly<EnumeratorValueRow>[];
}

export function survey(centre: ContactCentre): Survey {
  const { store, tenantDbid: tenant } = centre;
  const mine = <T extends { tenant_dbid: number }>(rows: Iterable<T>): T[] =>
    [...rows].filter((row) => row.tenant_dbid === tenant);
  const enabled = <T extends { state: number }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.state === state.enabled);
  const disabled = <T extends { state: number }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.state === state.disabled);
  const persons = mine(store.rows('cfg_person')).filter((row) => row.is_agent === flag.yes);
  const skills = mine(store.rows('cfg_skill'));
  const queues = mine(store.rows('cfg_dn')).filter((row) => row.type === dnType.virtualQueue);
  const groups = enabled(mine(store.rows('cfg_group'))).filter((row) => row.group_type === groupType.agent);
  const linked = groups.filter((row) => linkOf(centre, row.dbid) !== undefined);
  const attribute = mine(store.rows('cfg_enumerator')).find((row) => row.name === 'DispositionCode')?.dbid;
  const values = mine(store.rows('cfg_enumerator_value')).filter((row) => row.enumerator_dbid === attribute);
  return {
    centre,
    tenant,
    agents: enabled(persons),
    disabledAgents: disabled(persons),
    skills: enabled(skills),
    disabledSkills: disabled(skills),
    switches: enabled(mine(store.rows('cfg_switch'))),
    queues: enabled(queues),
    disabledQueues: disabled(queues),
    listedGroups: linked.filter((row) => !centre.scripts.has(row.dbid)),
    virtualGroups: linked.filter((row) => centre.scripts.has(row.dbid)),
    unlinkedGroups: groups.filter((row) => linkOf(centre, row.dbid) === undefined),
    attribute,
    values: enabled(values),
    disabledValues: disabled(values),
  };
}
