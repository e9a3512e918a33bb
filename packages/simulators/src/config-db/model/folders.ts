/** Folders: the unit of each object type, folders in it, and which object lies where. */
import type { ContactCentre } from '../contact-centre.ts';
import { type FolderRow, objectType, state } from './rows.ts';

const folderClass = { folder: 1, unit: 2 } as const;

export interface Unit {
  /** Object type that the unit holds. */
  readonly type: number;
  readonly ownerType: number;
  readonly ownerDbid: number;
}

/** The topmost folder of a type, directly under its owner (tenant or switch). */
export function addUnit(centre: ContactCentre, unit: Unit, name: string): FolderRow {
  return insert(centre, unit, name, { type: unit.ownerType, dbid: unit.ownerDbid }, folderClass.unit);
}

/** A folder in another one, or, with no parent, beside the unit's topmost folder under the owner itself. */
export function addFolder(centre: ContactCentre, unit: Unit, name: string, parent?: FolderRow): FolderRow {
  const where =
    parent === undefined
      ? { type: unit.ownerType, dbid: unit.ownerDbid }
      : { type: objectType.folder, dbid: parent.dbid };
  const folder = insert(centre, unit, name, where, folderClass.folder);
  if (parent !== undefined) placeIn(centre, objectType.folder, folder.dbid, parent.dbid);
  return folder;
}

/** Puts an object into a folder, out of the one it lay in before. */
export function placeIn(centre: ContactCentre, type: number, dbid: number, folder: number): void {
  const key = { object_type: type, object_dbid: dbid };
  if (centre.store.find('cfg_folder_item', key) === undefined)
    centre.store.insert('cfg_folder_item', { folder_dbid: folder, ...key });
  else centre.store.update('cfg_folder_item', key, { folder_dbid: folder });
}

export function folderOf(centre: ContactCentre, type: number, dbid: number): number | undefined {
  return centre.store.find('cfg_folder_item', { object_type: type, object_dbid: dbid })?.folder_dbid;
}

/** All folders of a unit, the topmost first. */
export function foldersOf(centre: ContactCentre, unit: Unit): FolderRow[] {
  return [...centre.store.rows('cfg_folder')].filter(
    (folder) =>
      folder.type === unit.type &&
      folder.owner_type === unit.ownerType &&
      folder.owner_dbid === unit.ownerDbid,
  );
}

function insert(
  centre: ContactCentre,
  unit: Unit,
  name: string,
  parent: { type: number; dbid: number },
  kind: number,
): FolderRow {
  const row: FolderRow = {
    dbid: centre.store.nextDbid(objectType.folder),
    name,
    type: unit.type,
    owner_type: unit.ownerType,
    owner_dbid: unit.ownerDbid,
    parent_type: parent.type,
    parent_dbid: parent.dbid,
    folder_class: kind,
    custom_type: 0,
    state: state.enabled,
  };
  centre.store.insert('cfg_folder', row);
  return row;
}
