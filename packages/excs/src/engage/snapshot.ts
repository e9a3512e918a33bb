/** What one complete read of the Config DB yields: trimmed, numeric, of one tenant, without any rule applied. */
import type { Dbid, EmployeeId } from '@exec/common/ids';
import type { PersonText } from './person-texts.ts';
import type { SkillLevels } from './skill-levels.ts';
import type { Unreadable } from './unreadable.ts';

/** Object types of Engage, as its published enumeration numbers them. */
export const objectType = {
  switch: 1,
  dn: 2,
  person: 3,
  agentGroup: 5,
  tenant: 7,
  skill: 13,
  transaction: 16,
  folder: 22,
} as const;

/** DN types: 0 to 4 are published, 5 is next in the published list, 22 is expected and checked against captions. */
export const dnType = {
  extension: 1,
  acdPosition: 2,
  acdQueue: 3,
  routingPoint: 4,
  virtualQueue: 5,
  routingQueue: 22,
} as const;

export interface EngagePerson extends Readonly<Record<PersonText, string>> {
  readonly dbid: Dbid;
  readonly employeeId: EmployeeId;
  readonly isAgent: boolean;
  readonly enabled: boolean;
  readonly levels: SkillLevels;
  readonly logins: readonly EngageLogin[];
  /** Elements of the option `htcc`/`roles`, as they are written. */
  readonly roles: readonly string[];
}

export interface EngageLogin {
  readonly switchDbid: Dbid;
  readonly code: string;
}

export interface EngageSkill {
  readonly dbid: Dbid;
  readonly name: string;
  readonly enabled: boolean;
}

export interface EngageSwitch {
  readonly dbid: Dbid;
  readonly name: string;
  readonly enabled: boolean;
}

export interface EngageDn {
  readonly dbid: Dbid;
  readonly switchDbid: Dbid;
  readonly number: string;
  /** Field "Name" of a DN; may be empty. */
  readonly alias: string;
  readonly type: number;
  readonly enabled: boolean;
}

export interface EngageGroup {
  readonly dbid: Dbid;
  readonly name: string;
  readonly enabled: boolean;
  readonly members: readonly Dbid[];
  /** `hybrid`/`WFM_queue_number`. */
  readonly queueLink?: string;
  /** `virtual`/`script`: the group is virtual when it is there. */
  readonly script?: string;
  /** Why the group cannot be read. `linkUnknown`: not even which queue it is linked to. */
  readonly unreadable?: { readonly why: string; readonly linkUnknown: boolean };
}

export interface EngageAttributeValue {
  readonly dbid: Dbid;
  readonly name: string;
  readonly displayName: string;
  readonly enabled: boolean;
}

/** A business attribute with its values. */
export interface EngageAttribute {
  readonly dbid: Dbid;
  readonly name: string;
  readonly values: readonly EngageAttributeValue[];
}

export interface EngageFolder {
  readonly dbid: Dbid;
  readonly name: string;
  /** Object type that the folder holds. */
  readonly type: number;
  readonly ownerType: number;
  readonly ownerDbid: number;
  readonly parentType: number;
  readonly parentDbid: number;
}

export interface EngageFolders {
  readonly folders: ReadonlyMap<number, EngageFolder>;
  /** Object DBID → DBID of its folder, for each object type that was read. */
  readonly itemsOf: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

export interface EngageSnapshot {
  readonly tenant: { readonly dbid: Dbid; readonly name: string };
  readonly persons: readonly EngagePerson[];
  readonly skills: readonly EngageSkill[];
  readonly switches: readonly EngageSwitch[];
  /** DNs of the queue types, and every Extension and ACD Position. */
  readonly dns: readonly EngageDn[];
  readonly groups: readonly EngageGroup[];
  /** Undefined when the tables are not mapped or the attribute does not exist. */
  readonly wrapupAttribute?: EngageAttribute;
  /** Undefined when the tables are not mapped. */
  readonly folders?: EngageFolders;
  /** Annex of the transaction `hybrid_integration`: section → option → value. Undefined when there is none. */
  readonly settings?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Rows in the whole table (or, for the annex, of the object type), by logical name. */
  readonly tableRows: ReadonlyMap<string, number>;
  /** Rows that were left out, by the objects they belong to. */
  readonly unreadable: Unreadable;
  /** What was unusual in the data, for the log: never values of options. */
  readonly warnings: readonly string[];
}
