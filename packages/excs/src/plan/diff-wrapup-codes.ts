/** Compares wrap-up codes: created, adopted by name, renamed; never deleted. */
import type { CloudWrapupCodeId, Dbid } from '@exec/common/ids';
import { foldCase } from '../desired/names.ts';
import type { DiffContext } from './context.ts';
import { phases } from './operation.ts';
import { orderRenames, type Rename } from './renames.ts';

/** Cloud IDs of the desired codes that exist. */
export type WrapupIds = ReadonlyMap<Dbid, CloudWrapupCodeId>;

export function diffWrapupCodes(context: DiffContext): WrapupIds {
  const { desired, known } = context;
  const ids = new Map<Dbid, CloudWrapupCodeId>();
  if (!desired.wrapupKnown) {
    for (const [dbid, link] of known.wrapupCodes) ids.set(dbid, link.id);
    return ids;
  }
  const owners = new Map<string, Dbid>();
  for (const [dbid, link] of known.wrapupCodes) if (desired.wrapupCodes.has(dbid)) owners.set(link.id, dbid);

  const renames: Rename<Dbid>[] = [];
  for (const code of desired.wrapupCodes.values()) {
    const link = known.wrapupCodes.get(code.dbid);
    if (link === undefined) continue;
    ids.set(code.dbid, link.id);
    if (link.name !== code.name) renames.push({ key: code.dbid, from: link.name, to: code.name });
  }
  const moving = new Set(renames.map((rename) => rename.key));
  const { ordered, blocked } = orderRenames(renames, (name) => {
    const holder = known.wrapupCodeByName(name);
    return holder !== undefined && !moving.has(owners.get(holder.id) ?? (0 as Dbid));
  });
  for (const { key, to } of [...ordered, ...blocked]) {
    const link = known.wrapupCodes.get(key);
    context.add({
      id: `wrapup-code/update/${key}`,
      kind: 'wrapup-code',
      operation: 'update',
      engage: context.engage('wrapup-code', key, to),
      cloudId: link?.id,
      reason: 'the name differs',
      before: link?.name,
      after: to,
      phase: phases.objects,
      lane: 'wrapup-codes',
      work: { do: 'rename-wrapup-code' },
    });
  }
  for (const code of desired.wrapupCodes.values()) {
    if (ids.has(code.dbid)) continue;
    const found = known.wrapupCodeByName(code.name);
    const base = {
      kind: 'wrapup-code' as const,
      engage: context.engage('wrapup-code', code.dbid, code.name),
      after: code.name,
      phase: phases.objects,
      // Behind the renames, which may free the name.
      lane: renames.length > 0 ? 'wrapup-codes' : `wrapup-code/${code.dbid}`,
    };
    if (found === undefined || owners.has(found.id)) {
      context.add({
        ...base,
        id: `wrapup-code/create/${code.dbid}`,
        operation: 'create',
        reason: 'new in Engage',
        work: { do: 'create-wrapup-code' },
      });
      continue;
    }
    const added = context.add({
      ...base,
      id: `wrapup-code/adopt/${code.dbid}`,
      operation: 'adopt',
      cloudId: found.id,
      reason: 'a wrap-up code of that name exists',
      before: found.name,
      work: { do: 'link', cloudId: found.id },
    });
    if (!added) continue;
    ids.set(code.dbid, found.id);
    if (found.name !== code.name && foldCase(found.name) === foldCase(code.name))
      context.add({
        ...base,
        id: `wrapup-code/update/${code.dbid}`,
        operation: 'update',
        cloudId: found.id,
        reason: 'the name differs in case',
        before: found.name,
        work: { do: 'rename-wrapup-code' },
      });
  }
  return ids;
}
