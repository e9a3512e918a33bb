/** Finds cloud objects whose Engage object is gone and which stay: skills, wrap-up codes, queues. */
import type { Desired } from '../desired/model.ts';
import type { Organization } from './organization.ts';

export const orphanTypes = ['skill', 'wrapup-code', 'queue'] as const;
export type OrphanType = (typeof orphanTypes)[number];

export interface Orphan {
  readonly type: OrphanType;
  readonly cloudId: string;
  readonly name: string;
  /** DBID it stood for. */
  readonly dbid: number;
  readonly reason: string;
}

const goneReason = 'deleted, disabled or out of scope in Engage';

/**
 * A kind whose read was refused has no orphans: its objects are only not seen.
 *
 * @rule Skills, wrap-up codes and queues whose Engage object is gone stay and are listed as orphans.
 * @test sync/rules.test.ts: a skill and a wrap-up code stay and are orphans
 * @page docs/reference/mapping.md#synchronisation
 */
export function orphansOf(desired: Desired, known: Organization): Orphan[] {
  const orphans: Orphan[] = [];
  const refused = new Set(desired.refused.map((entry) => entry.kind));
  if (!refused.has('skills')) {
    for (const link of known.skills.values())
      if (!desired.skills.has(link.dbid) && !desired.frozen.skills.has(link.dbid))
        orphans.push({
          type: 'skill',
          cloudId: link.id,
          name: link.name,
          dbid: link.dbid,
          reason: goneReason,
        });
    for (const former of known.formerSkills.values())
      orphans.push({
        type: 'skill',
        cloudId: former.id,
        name: former.name,
        dbid: former.dbid,
        reason: 'renamed in Engage; the skill of the new name took its place',
      });
  }
  if (desired.wrapupKnown)
    for (const link of known.wrapupCodes.values())
      if (!desired.wrapupCodes.has(link.dbid) && !desired.frozen.wrapupCodes.has(link.dbid))
        orphans.push({
          type: 'wrapup-code',
          cloudId: link.id,
          name: link.name,
          dbid: link.dbid,
          reason: goneReason,
        });
  if (!refused.has('queues'))
    for (const link of known.queues.values())
      if (!desired.queues.has(link.dbid) && !desired.frozen.queues.has(link.dbid))
        orphans.push({
          type: 'queue',
          cloudId: link.id,
          name: link.name,
          dbid: link.dbid,
          reason: goneReason,
        });
  return orphans;
}
