/** Which persons, skills and queues take part at all: enabled, of the tenant, in the folder if one is named. */
import {
  type DnRow,
  type FolderRow,
  flag,
  objectType,
  type PersonRow,
  type SkillRow,
  state,
} from '../model/rows.ts';
import type { Case } from './model.ts';

export interface Eligible {
  readonly persons: readonly Readonly<PersonRow>[];
  /** Enabled agents whatever the folder: those among whom virtual groups choose. */
  readonly allAgents: readonly Readonly<PersonRow>[];
  readonly skills: readonly Readonly<SkillRow>[];
  readonly queues: readonly Readonly<DnRow>[];
  /** Queues whatever the folder. */
  readonly allQueues: readonly Readonly<DnRow>[];
}

export function eligible(of: Case): Eligible {
  const { store } = of.centre;
  const selected = foldersToMap(of);
  const inFolder = (type: number, dbid: number): boolean => {
    if (selected === undefined) return true;
    const item = store.find('cfg_folder_item', { object_type: type, object_dbid: dbid });
    return item !== undefined && selected.has(item.folder_dbid);
  };
  const byDbid = (a: { dbid: number }, b: { dbid: number }): number => a.dbid - b.dbid;
  const allAgents = [...store.rows('cfg_person')]
    .filter(
      (row) => row.tenant_dbid === of.tenantDbid && row.is_agent === flag.yes && row.state === state.enabled,
    )
    .sort(byDbid);
  const allQueues = [...store.rows('cfg_dn')]
    .filter(
      (row) =>
        row.tenant_dbid === of.tenantDbid &&
        of.dnTypes.includes(row.type) &&
        // A database without the state of numbers shows all of them as usable.
        (row.state === state.enabled || !of.complete),
    )
    .sort(byDbid);
  return {
    allAgents,
    allQueues,
    persons: allAgents.filter((row) => inFolder(objectType.person, row.dbid)),
    queues: allQueues.filter((row) => inFolder(objectType.dn, row.dbid)),
    skills: [...store.rows('cfg_skill')]
      .filter((row) => row.tenant_dbid === of.tenantDbid && row.state === state.enabled)
      .filter((row) => inFolder(objectType.skill, row.dbid))
      .sort(byDbid),
  };
}

/** The folders of the given name at the root of a unit, with all below them; undefined when none is asked for. */
function foldersToMap(of: Case): ReadonlySet<number> | undefined {
  if (of.folder === undefined) return undefined;
  if (!of.complete) return new Set();
  const folders = [...of.centre.store.rows('cfg_folder')];
  const parentOf = (folder: Readonly<FolderRow>): Readonly<FolderRow> | undefined =>
    folder.parent_type === objectType.folder
      ? folders.find((candidate) => candidate.dbid === folder.parent_dbid)
      : undefined;
  const depth = (folder: Readonly<FolderRow>): number => {
    const parent = parentOf(folder);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  const roots = folders.filter((folder) => folder.name.trim() === of.folder && depth(folder) <= 1);
  const within = (folder: Readonly<FolderRow>): boolean => {
    if (roots.includes(folder)) return true;
    const parent = parentOf(folder);
    return parent !== undefined && within(parent);
  };
  return new Set(folders.filter(within).map((folder) => folder.dbid));
}
