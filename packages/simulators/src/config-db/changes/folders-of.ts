/** Folders among which a change can choose: those that are mapped by name, and the others of the same unit. */
import type { ContactCentre } from '../contact-centre.ts';
import { foldersOf, type Unit } from '../model/folders.ts';
import { objectType } from '../model/rows.ts';

/** Folders of a tenant's persons or skills, or of a switch's numbers; the topmost is the first. */
export function personFolders(centre: ContactCentre, tenant: number): number[] {
  return dbids(centre, { type: objectType.person, ownerType: objectType.tenant, ownerDbid: tenant });
}

export function skillFolders(centre: ContactCentre, tenant: number): number[] {
  return dbids(centre, { type: objectType.skill, ownerType: objectType.tenant, ownerDbid: tenant });
}

export function dnFolders(centre: ContactCentre, switchDbid: number): number[] {
  return dbids(centre, { type: objectType.dn, ownerType: objectType.switch, ownerDbid: switchDbid });
}

/** Where a new number goes that nobody placed. */
export function dnFolderOf(centre: ContactCentre, switchDbid: number): number {
  return dnFolders(centre, switchDbid)[0] ?? 0;
}

function dbids(centre: ContactCentre, unit: Unit): number[] {
  return foldersOf(centre, unit).map((folder) => folder.dbid);
}
