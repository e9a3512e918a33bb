/** Which objects lie in the folder that limits the synchronisation, and where an object lies in Engage. */
import { type EngageFolder, type EngageFolders, objectType } from '../engage/snapshot.ts';
import { nothingUnreadable, type UnreadableObjects } from '../engage/unreadable.ts';

/** Answers whether an object of one type is in scope; `unknown` when a row on its way up cannot be read. */
export type InFolder = (dbid: number) => boolean | 'unknown';

/** Which folders, and which objects' places in them, cannot be read. */
export interface UnreadableFolders {
  readonly folder: UnreadableObjects;
  readonly 'folder-item': UnreadableObjects;
}

/**
 * The objects of a type in the folder of that name, sub-folders included.
 *
 * The folder counts when it stands at the root of a unit: directly under the owner (tenant or switch), or under the
 * topmost folder of its type there. Folder names are compared exactly, as Configuration Server does.
 *
 * @rule A folder counts when it stands at the root of its unit; what lies in its sub-folders counts too.
 * @test scope.test.ts: takes what lies in it at the root of each unit and under each switch, sub-folders included
 * @test scope.test.ts: ignores a folder of that name deeper down
 * @returns undefined when no unit of the type has such a folder
 */
export function folderScope(
  folders: EngageFolders,
  name: string,
  type: number,
  unreadable: UnreadableFolders = nothingUnreadable,
): InFolder | undefined {
  const inside = new Set<number>();
  for (const folder of folders.folders.values())
    if (folder.type === type && folder.name === name && isAtRoot(folder, folders)) inside.add(folder.dbid);
  if (inside.size === 0) return undefined;

  // A sub-folder is inside when its parent is; each chain is walked once and what it shows is remembered.
  const outside = new Set<number>();
  // A folder that is not there may be one of which not even the number can be read.
  const mayBe = (folder: number) =>
    unreadable.folder.objects.has(folder) ||
    (unreadable.folder.unknown !== undefined && !folders.folders.has(folder));
  const isInside = (start: number): boolean | 'unknown' => {
    const walked: number[] = [];
    let at: number | undefined = start;
    while (at !== undefined && !inside.has(at) && !outside.has(at) && !walked.includes(at)) {
      if (mayBe(at)) return 'unknown';
      walked.push(at);
      at = parentFolder(folders.folders.get(at));
    }
    const found = at !== undefined && inside.has(at);
    for (const dbid of walked) (found ? inside : outside).add(dbid);
    return found;
  };
  const items = folders.itemsOf.get(type);
  return (dbid) => {
    const folder = items?.get(dbid);
    if (folder !== undefined) return isInside(folder);
    const { objects, unknown } = unreadable['folder-item'];
    return objects.has(dbid) || unknown !== undefined ? 'unknown' : false;
  };
}

/**
 * Names of the folders from the top down to the object; empty when its folder is not known.
 * @param type number of the object type (CfgObjectType)
 */
export function folderPath(folders: EngageFolders | undefined, type: number, dbid: number): string[] {
  const names: string[] = [];
  const walked = new Set<number>();
  let at = folders?.itemsOf.get(type)?.get(dbid);
  while (at !== undefined && !walked.has(at)) {
    walked.add(at);
    const folder: EngageFolder | undefined = folders?.folders.get(at);
    if (folder === undefined) break;
    names.unshift(folder.name);
    at = parentFolder(folder);
  }
  return names;
}

function isAtRoot(folder: EngageFolder, folders: EngageFolders): boolean {
  const parent = folderOfSameType(folder, folders);
  return parent === undefined || folderOfSameType(parent, folders) === undefined;
}

function folderOfSameType(folder: EngageFolder, folders: EngageFolders): EngageFolder | undefined {
  const parent = folders.folders.get(parentFolder(folder) ?? 0);
  return parent?.type === folder.type ? parent : undefined;
}

function parentFolder(folder: EngageFolder | undefined): number | undefined {
  return folder?.parentType === objectType.folder && folder.parentDbid > 0 ? folder.parentDbid : undefined;
}
