/** Lays out the folders of a tenant: units, the folder to map with sub-folders, and decoys of the same name. */
import type { ContactCentre } from '../contact-centre.ts';
import { addFolder, addUnit, type Unit } from '../model/folders.ts';
import { objectType } from '../model/rows.ts';
import type { FolderChoice } from './plan.ts';

/** `direct`: the folder hangs under the owner itself, not under the unit's topmost folder. */
export function layOutUnit(
  centre: ContactCentre,
  unit: Unit,
  name: string,
  style: 'in unit' | 'direct' = 'in unit',
): FolderChoice {
  const top = addUnit(centre, unit, name);
  const selected = addFolder(centre, unit, centre.options.folder, style === 'direct' ? undefined : top);
  const first = addFolder(centre, unit, 'Front Office', selected);
  const second = addFolder(centre, unit, 'Inbound', first);
  const archive = addFolder(centre, unit, 'Archive', top);
  // Deeper than the root of the unit the name means nothing.
  const decoy = addFolder(centre, unit, centre.options.folder, archive);
  return { inside: [selected, first, second], outside: [top, archive, decoy] };
}

export function tenantUnit(tenantDbid: number, type: number): Unit {
  return { type, ownerType: objectType.tenant, ownerDbid: tenantDbid };
}

/** The DNs of each switch are a unit of their own. */
export function dnUnit(switchDbid: number): Unit {
  return { type: objectType.dn, ownerType: objectType.switch, ownerDbid: switchDbid };
}
