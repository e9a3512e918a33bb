/** Switches and their directory numbers. */
import type { ContactCentre } from '../contact-centre.ts';
import { placeIn } from './folders.ts';
import { type DnRow, objectType, type State, type SwitchRow, state } from './rows.ts';

/** Switch type and link type of a SIP switch. */
const sipSwitch = { type: 58, link: 1 } as const;

export function addSwitch(centre: ContactCentre, tenantDbid: number, name: string): SwitchRow {
  const dbid = centre.store.nextDbid(objectType.switch);
  const row: SwitchRow = {
    dbid,
    tenant_dbid: tenantDbid,
    phys_switch_dbid: dbid,
    type: sipSwitch.type,
    name,
    link_type: sipSwitch.link,
    state: state.enabled,
  };
  centre.store.insert('cfg_switch', row);
  return row;
}

export interface NewDn {
  readonly switch: SwitchRow;
  readonly type: number;
  readonly number: string;
  readonly alias: string | null;
  readonly folder: number;
  readonly state?: State;
}

export function addDn(centre: ContactCentre, dn: NewDn): DnRow {
  const row: DnRow = {
    dbid: centre.store.nextDbid(objectType.dn),
    number_: dn.number,
    name: dn.alias,
    type: dn.type,
    switch_dbid: dn.switch.dbid,
    tenant_dbid: dn.switch.tenant_dbid,
    state: dn.state ?? state.enabled,
    association: null,
    route_type: 1,
    register_all: 2,
  };
  centre.store.insert('cfg_dn', row);
  placeIn(centre, objectType.dn, row.dbid, dn.folder);
  return row;
}

export function removeDn(centre: ContactCentre, dbid: number): void {
  const { store } = centre;
  for (const row of [...store.rows('cfg_group_route_dn')])
    if (row.dn_dbid === dbid) store.remove('cfg_group_route_dn', row);
  centre.annex.removeAll(objectType.dn, dbid);
  store.remove('cfg_folder_item', { object_type: objectType.dn, object_dbid: dbid });
  store.remove('cfg_dn', { dbid });
}
