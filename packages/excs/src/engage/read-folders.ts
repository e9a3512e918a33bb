/** Reads the folders of the tenant and which folder each person, skill and queue lies in. */
import { asId, type Dbid } from '@exec/common/ids';
import type { ReadContext } from './read-context.ts';
import { type EngageFolder, type EngageFolders, objectType } from './snapshot.ts';

/** Undefined when the tables are not mapped. */
export async function readFolders(
  context: ReadContext,
  switches: readonly { readonly dbid: number }[],
  queueTypes: readonly number[],
): Promise<EngageFolders | undefined> {
  const { scanner, select, tenant } = context;
  if (!select.schema.has('cfg_folder') || !select.schema.has('cfg_folder_item')) return undefined;
  const t = 'cfg_folder';
  const ownSwitches = new Set(switches.map((found) => found.dbid));
  const folders = new Map<number, EngageFolder>();
  await scanner.scan(
    t,
    {
      columns: [
        select.number(t, 'dbid'),
        select.text(t, 'name'),
        select.number(t, 'type'),
        select.number(t, 'owner_type'),
        select.number(t, 'owner_dbid'),
        select.number(t, 'parent_type'),
        select.number(t, 'parent_dbid'),
      ],
      from: select.from(t),
      values: [],
    },
    { kind: 'folder', column: 0 },
    (cells) => {
      const folder = {
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        type: cells.number(2),
        ownerType: cells.number(3),
        ownerDbid: cells.id(4),
        parentType: cells.number(5),
        parentDbid: cells.id(6),
      };
      // Folders of other tenants have the same names: they must not count as found.
      const foreign =
        (folder.ownerType === objectType.tenant && folder.ownerDbid !== tenant) ||
        (folder.ownerType === objectType.switch && !ownSwitches.has(folder.ownerDbid));
      if (!foreign) folders.set(folder.dbid, folder);
    },
  );
  const itemsOf = new Map<number, Map<number, number>>([
    [objectType.person, new Map()],
    [objectType.skill, new Map()],
    [objectType.dn, new Map()],
  ]);
  const i = 'cfg_folder_item';
  const type = select.column(i, 'object_type');
  const object = select.column(i, 'object_dbid');
  await scanner.scan(
    i,
    {
      columns: [
        select.number(i, 'object_type'),
        select.number(i, 'object_dbid'),
        select.number(i, 'folder_dbid'),
      ],
      from:
        `${select.from(i)} WHERE ${type} IN (${objectType.person}, ${objectType.skill}) OR (${type} = ` +
        `${objectType.dn} AND ${object} IN (SELECT ${select.column('cfg_dn', 'dbid', 'd')} FROM ` +
        `${select.from('cfg_dn', 'd')} WHERE ${select.column('cfg_dn', 'type', 'd')} = ANY($1::int[])))`,
      values: [[...queueTypes]],
    },
    { kind: 'folder-item', column: 1 },
    (cells) => void itemsOf.get(cells.number(0))?.set(cells.id(1), cells.id(2)),
  );
  return { folders, itemsOf };
}
