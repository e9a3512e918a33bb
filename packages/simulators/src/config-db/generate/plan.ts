/** What the parts of the generator share while they build one tenant. */

import type { Random } from '../../random.ts';
import type { ContactCentre } from '../contact-centre.ts';
import type { DnRow, FolderRow, PersonRow, SkillRow, SwitchRow } from '../model/rows.ts';
import type { Flaw } from '../options.ts';

export interface TenantPlan {
  readonly tenantDbid: number;
  readonly agents: number;
  readonly switches: number;
  readonly queues: number;
  readonly skills: number;
  /** Irregularities of this tenant; the second one is kept plain. */
  readonly flaws: ReadonlySet<Flaw>;
}

/** Folders of one unit: those that are to be mapped, and the others. */
export interface FolderChoice {
  readonly inside: readonly FolderRow[];
  readonly outside: readonly FolderRow[];
}

export interface Site {
  readonly switch: SwitchRow;
  readonly folders: FolderChoice;
}

export interface Workshop {
  readonly centre: ContactCentre;
  readonly random: Random;
  readonly plan: TenantPlan;
  readonly sites: readonly Site[];
  readonly personFolders: FolderChoice;
  readonly skillFolders: FolderChoice;
  /** Regular skills, agents and queues, to which odd ones may be added later. */
  readonly skills: SkillRow[];
  readonly agents: PersonRow[];
  readonly queues: QueueAtSite[];
}

export interface QueueAtSite {
  readonly dn: DnRow;
  readonly site: Site;
  /** Whether another switch has a queue of the same number, or of the same alias. */
  readonly numberShared: boolean;
  readonly aliasShared: boolean;
}

/** A folder to be mapped or another one, by the share that the options name. */
export function drawFolder({ random, centre }: Workshop, choice: FolderChoice): number {
  return random.pick(random.chance(centre.options.folderShare) ? choice.inside : choice.outside).dbid;
}
