/** The rows of the Config DB by their logical column names, as far as samples fill them. */

/** Object types as Configuration Server numbers them (URS function reference, section Configuration Server). */
export const objectType = {
  switch: 1,
  dn: 2,
  person: 3,
  agentGroup: 5,
  tenant: 7,
  skill: 13,
  agentLogin: 15,
  transaction: 16,
  folder: 22,
  enumerator: 35,
  enumeratorValue: 36,
} as const;

/** DN types; 0 to 4 are published, the rest is expected from the published order. */
export const dnType = {
  extension: 1,
  acdPosition: 2,
  acdQueue: 3,
  routingPoint: 4,
  virtualQueue: 5,
  virtualRoutingPoint: 6,
  routingQueue: 22,
} as const;

/** Object states. */
export const state = { enabled: 1, disabled: 2 } as const;
/** Flags are 1 and 2, never 0 and 1. */
export const flag = { no: 1, yes: 2 } as const;

export type State = (typeof state)[keyof typeof state];
export type Flag = (typeof flag)[keyof typeof flag];

export interface TenantRow {
  dbid: number;
  name: string;
  state: State;
  is_serv_provider: Flag;
  is_super_tenant: Flag;
  parent_tenant_dbid: number | null;
  password: string | null;
}

export interface PersonRow {
  dbid: number;
  tenant_dbid: number;
  first_name: string;
  last_name: string;
  user_name: string;
  employee_id: string;
  password: string;
  is_agent: Flag;
  is_admin: Flag;
  state: State;
  place_dbid: number | null;
  email_address: string | null;
  external_id: string | null;
  office: string | null;
  comment_: string | null;
}

export interface SkillRow {
  dbid: number;
  name: string;
  tenant_dbid: number;
  state: State;
}

export interface SkillLevelRow {
  person_dbid: number;
  skill_dbid: number;
  level_: number;
}

export interface SwitchRow {
  dbid: number;
  tenant_dbid: number;
  phys_switch_dbid: number;
  type: number;
  name: string;
  link_type: number;
  state: State;
}

export interface DnRow {
  dbid: number;
  number_: string;
  /** Alias; may be empty. */
  name: string | null;
  type: number;
  switch_dbid: number;
  tenant_dbid: number;
  state: State;
  association: string | null;
  route_type: number;
  register_all: number;
}

export interface GroupRow {
  dbid: number;
  group_type: number;
  tenant_dbid: number;
  name: string;
  state: State;
}

export interface AgentGroupRow {
  group_dbid: number;
  agent_dbid: number;
}

export interface GroupRouteDnRow {
  group_dbid: number;
  dn_dbid: number;
}

export interface AgentLoginRow {
  dbid: number;
  login_code: string;
  switch_dbid: number;
  tenant_dbid: number;
  state: State;
}

export interface LoginInfoRow {
  person_dbid: number;
  agent_login_dbid: number;
  wrapup_time: number;
}

export interface EnumeratorRow {
  dbid: number;
  tenant_dbid: number;
  name: string;
  display_name: string;
  description: string | null;
  type: number;
  state: State;
}

export interface EnumeratorValueRow {
  dbid: number;
  enumerator_dbid: number;
  tenant_dbid: number;
  name: string;
  display_name: string | null;
  description: string | null;
  is_default: Flag;
  state: State;
}

export interface TransactionRow {
  dbid: number;
  tenant_dbid: number;
  name: string;
  type: number;
  record_period: number;
  alias: string;
  description: string | null;
  state: State;
}

/** A row of an annex. A value longer than the column goes on in further rows with the same `dbid`. */
export interface FlexPropRow {
  dbid: number;
  object_dbid: number;
  object_type: number;
  /** 0 marks a section. */
  parent_dbid: number;
  prop_type: number;
  prop_name: string;
  prop_value: string | null;
  /** Counted from 0. */
  part: number;
}

export interface FolderRow {
  dbid: number;
  name: string;
  /** Object type that the folder holds. */
  type: number;
  owner_type: number;
  owner_dbid: number;
  parent_type: number;
  parent_dbid: number;
  folder_class: number;
  custom_type: number;
  state: State;
}

export interface FolderItemRow {
  folder_dbid: number;
  object_type: number;
  object_dbid: number;
}

export interface RowOf {
  cfg_tenant: TenantRow;
  cfg_person: PersonRow;
  cfg_skill: SkillRow;
  cfg_skill_level: SkillLevelRow;
  cfg_switch: SwitchRow;
  cfg_dn: DnRow;
  cfg_group: GroupRow;
  cfg_agent_group: AgentGroupRow;
  cfg_group_route_dn: GroupRouteDnRow;
  cfg_agent_login: AgentLoginRow;
  cfg_login_info: LoginInfoRow;
  cfg_enumerator: EnumeratorRow;
  cfg_enumerator_value: EnumeratorValueRow;
  cfg_transaction: TransactionRow;
  cfg_flex_prop: FlexPropRow;
  cfg_folder: FolderRow;
  cfg_folder_item: FolderItemRow;
}

/** Logical table name; what it is called in a database depends on the profile. */
export type TableName = keyof RowOf;

/** Columns that tell one row of a table from the others. */
export const keyColumns = {
  cfg_tenant: ['dbid'],
  cfg_person: ['dbid'],
  cfg_skill: ['dbid'],
  cfg_skill_level: ['person_dbid', 'skill_dbid'],
  cfg_switch: ['dbid'],
  cfg_dn: ['dbid'],
  cfg_group: ['dbid'],
  cfg_agent_group: ['group_dbid', 'agent_dbid'],
  cfg_group_route_dn: ['group_dbid', 'dn_dbid'],
  cfg_agent_login: ['dbid'],
  cfg_login_info: ['person_dbid', 'agent_login_dbid'],
  cfg_enumerator: ['dbid'],
  cfg_enumerator_value: ['dbid'],
  cfg_transaction: ['dbid'],
  cfg_flex_prop: ['object_type', 'object_dbid', 'dbid', 'part'],
  cfg_folder: ['dbid'],
  cfg_folder_item: ['object_type', 'object_dbid'],
} as const satisfies { [T in TableName]: readonly (keyof RowOf[T])[] };

export const tableNames = Object.keys(keyColumns) as TableName[];
