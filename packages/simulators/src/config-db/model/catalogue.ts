/** Skills and business attributes: the lists of names that others refer to. */
import type { ContactCentre } from '../contact-centre.ts';
import { placeIn } from './folders.ts';
import {
  type EnumeratorRow,
  type EnumeratorValueRow,
  flag,
  objectType,
  type SkillRow,
  type State,
  state,
} from './rows.ts';

export interface NewSkill {
  readonly tenantDbid: number;
  readonly name: string;
  readonly folder: number;
  readonly state?: State;
}

export function addSkill(centre: ContactCentre, skill: NewSkill): SkillRow {
  const row: SkillRow = {
    dbid: centre.store.nextDbid(objectType.skill),
    name: skill.name,
    tenant_dbid: skill.tenantDbid,
    state: skill.state ?? state.enabled,
  };
  centre.store.insert('cfg_skill', row);
  placeIn(centre, objectType.skill, row.dbid, skill.folder);
  return row;
}

export function addEnumerator(
  centre: ContactCentre,
  tenantDbid: number,
  name: string,
  title: string,
): EnumeratorRow {
  const row: EnumeratorRow = {
    dbid: centre.store.nextDbid(objectType.enumerator),
    tenant_dbid: tenantDbid,
    name,
    display_name: title,
    description: null,
    type: 1,
    state: state.enabled,
  };
  centre.store.insert('cfg_enumerator', row);
  return row;
}

export function addEnumeratorValue(
  centre: ContactCentre,
  enumerator: Readonly<EnumeratorRow>,
  name: string,
  displayName: string,
  valueState: State = state.enabled,
): EnumeratorValueRow {
  const row: EnumeratorValueRow = {
    dbid: centre.store.nextDbid(objectType.enumeratorValue),
    enumerator_dbid: enumerator.dbid,
    tenant_dbid: enumerator.tenant_dbid,
    name,
    display_name: displayName === '' ? null : displayName,
    description: null,
    is_default: flag.no,
    state: valueState,
  };
  centre.store.insert('cfg_enumerator_value', row);
  return row;
}
