/** Compares wrap-up codes: created, adopted by name, renamed; never deleted. */
import type { CloudWrapupCodeId, Dbid } from '@exec/common/ids';
import { foldCase } from '../desired/names.ts';
import type { DiffContext } from './context.ts';
import { orderRenames, type Rename } from './renames.ts';

/** Cloud IDs of the desired codes that exist. */
export type WrapupIds = ReadonlyMap<Dbid, CloudWrapupCodeId>;

/**
 * @rule A wrap-up code is created, adopted by name or renamed, never deleted. A name that another code keeps is conflict
 *   wrapup.name-taken.
 * @test plan/taken-names.test.ts: whose name its holder keeps is a conflict, not a request that is refused again and again
 * @test plan/diff.test.ts: one more wrap-up code goes to every queue
 * @test sync/rules.test.ts: a skill and a wrap-up code stay and are orphans
 */
export function diffWrapupCodes(context: DiffContext): WrapupIds {
  const { desired, known } = context;
  const ids = new Map<Dbid, CloudWrapupCodeId>();
  if (!desired.wrapupKnown) {
    for (const [dbid, link] of known.wrapupCodes) ids.set(dbid, link.id);
    return ids;
  }
  const owners = new Map<string, Dbid>();
  for (const [dbid, link] of known.wrapupCodes) {
    const frozen = desired.frozen.wrapupCodes.has(dbid);
    if (desired.wrapupCodes.has(dbid) || frozen) owners.set(link.id, dbid);
    if (frozen) ids.set(dbid, link.id);
  }

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
  for (const { key, to } of blocked) reportTaken(context, key, to);
  const givenUp = new Set<CloudWrapupCodeId>();
  for (const { key, to } of ordered) {
    const link = known.wrapupCodes.get(key);
    if (link !== undefined) givenUp.add(link.id);
    context.add({
      ...context.about('wrapup-code.update', 'wrapup-code', key, to),
      cloudId: link?.id,
      reason: 'the name differs',
      before: link?.name,
      after: to,
      serialKey: 'wrapup-codes',
      name: to,
    });
  }
  for (const code of desired.wrapupCodes.values()) {
    if (ids.has(code.dbid)) continue;
    const found = known.wrapupCodeByName(code.name);
    const shown = {
      after: code.name,
      // Behind the renames, which may free the name.
      serialKey: renames.length > 0 ? 'wrapup-codes' : `wrapup-code/${code.dbid}`,
    };
    if (found !== undefined && owners.has(found.id) && !givenUp.has(found.id)) {
      reportTaken(context, code.dbid, code.name);
      continue;
    }
    if (found === undefined || owners.has(found.id)) {
      context.add({
        ...context.about('wrapup-code.create', 'wrapup-code', code.dbid, code.name),
        ...shown,
        reason: 'new in Engage',
        name: code.name,
      });
      continue;
    }
    const added = context.add({
      ...context.about('wrapup-code.adopt', 'wrapup-code', code.dbid, code.name),
      ...shown,
      cloudId: found.id,
      reason: 'a wrap-up code of that name exists',
      before: found.name,
    });
    if (!added) continue;
    ids.set(code.dbid, found.id);
    if (found.name !== code.name && foldCase(found.name) === foldCase(code.name))
      context.add({
        ...context.about('wrapup-code.update', 'wrapup-code', code.dbid, code.name),
        ...shown,
        cloudId: found.id,
        reason: 'the name differs in case',
        before: found.name,
        name: code.name,
      });
  }
  return ids;
}

function reportTaken(context: DiffContext, dbid: Dbid, name: string): void {
  context.report(
    'wrapup.name-taken',
    'wrapup-code',
    dbid,
    name,
    `The name "${name}" is held by another wrap-up code of the EX organisation; rename that one or the value.`,
  );
}
