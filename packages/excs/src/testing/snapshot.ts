/** Small snapshots of Engage for tests of the rules: everything has a sensible default. */
import { asId, type Dbid, type EmployeeId } from '@exec/common/ids';
import type { SyncRules } from '../desired/rules.ts';
import { personTexts, readTexts } from '../engage/person-texts.ts';
import { noSkillLevels } from '../engage/skill-levels.ts';
import {
  dnType,
  type EngageDn,
  type EngageFolder,
  type EngageGroup,
  type EngagePerson,
  type EngageSkill,
  type EngageSnapshot,
  objectType,
} from '../engage/snapshot.ts';
import { nothingUnreadable } from '../engage/unreadable.ts';

export const rules: SyncRules = {
  queueTypes: [dnType.virtualQueue],
  skillLevelMax: 5,
  virtualGroups: { missingSkill: 'no-match', unknownLogin: 'member' },
};

export const id = (dbid: number): Dbid => asId<Dbid>(dbid);

export function person(dbid: number, more: Partial<EngagePerson> = {}): EngagePerson {
  return {
    dbid: id(dbid),
    ...readTexts((column) => `${personTexts[column]}${dbid}`),
    employeeId: asId<EmployeeId>(`E${dbid}`),
    firstName: 'First',
    lastName: `Last${dbid}`,
    userName: `user${dbid}`,
    email: `user${dbid}@example.com`,
    isAgent: true,
    enabled: true,
    levels: noSkillLevels,
    logins: [],
    roles: [],
    ...more,
  };
}

export function skill(dbid: number, name: string, more: Partial<EngageSkill> = {}): EngageSkill {
  return { dbid: id(dbid), name, enabled: true, ...more };
}

/** A virtual queue on switch 1 unless the test says otherwise. */
export function queue(dbid: number, more: Partial<EngageDn> = {}): EngageDn {
  return {
    dbid: id(dbid),
    switchDbid: id(1),
    number: `8${dbid}`,
    alias: `Queue ${dbid}`,
    type: dnType.virtualQueue,
    enabled: true,
    ...more,
  };
}

export function group(dbid: number, link: string, more: Partial<EngageGroup> = {}): EngageGroup {
  return { dbid: id(dbid), name: `Group ${dbid}`, enabled: true, members: [], queueLink: link, ...more };
}

export function snapshot(more: Partial<EngageSnapshot> = {}): EngageSnapshot {
  return {
    tenant: { dbid: id(101), name: 'Resources' },
    persons: [],
    skills: [],
    switches: [
      { dbid: id(1), name: 'North', enabled: true },
      { dbid: id(2), name: 'South', enabled: true },
    ],
    dns: [],
    groups: [],
    wrapupAttribute: { dbid: id(900), name: 'DispositionCode', values: [] },
    tableRows: new Map(),
    unreadable: nothingUnreadable,
    warnings: [],
    ...more,
  };
}

interface FolderSketch {
  readonly dbid: number;
  readonly name: string;
  readonly type: number;
  /** DBID of the parent folder; the owner if absent. */
  readonly parent?: number;
  /** Switch that owns it; the tenant if absent. */
  readonly switch?: number;
  readonly holds?: readonly number[];
}

/** Folders as Configuration Server keeps them: a topmost folder per unit, others below it. */
export function folders(sketches: readonly FolderSketch[]): NonNullable<EngageSnapshot['folders']> {
  const items = new Map<number, Map<number, number>>();
  const list = new Map<number, EngageFolder>();
  for (const sketch of sketches) {
    const owner =
      sketch.switch === undefined
        ? { ownerType: objectType.tenant, ownerDbid: 101 }
        : { ownerType: objectType.switch, ownerDbid: sketch.switch };
    list.set(sketch.dbid, {
      dbid: id(sketch.dbid),
      name: sketch.name,
      type: sketch.type,
      ...owner,
      parentType: sketch.parent === undefined ? owner.ownerType : objectType.folder,
      parentDbid: sketch.parent ?? owner.ownerDbid,
    });
    const ofType = items.get(sketch.type) ?? new Map<number, number>();
    items.set(sketch.type, ofType);
    for (const object of sketch.holds ?? []) ofType.set(object, sketch.dbid);
  }
  return { folders: list, itemsOf: items };
}
