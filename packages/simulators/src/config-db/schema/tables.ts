/**
 * The tables of the Config DB as far as public sources show them, as own definitions: no vendor DDL is published.
 *
 * Names come from published SQL and column lists (sapk/go-genesys `db/config/config.go`, maxflorentin/data-engineering
 * `genesys_cfg.json`) and from the object model (Platform SDK, Configuration Layer reference).
 */
import type { TableName } from '../model/rows.ts';

/** `name` is a text that may be padded with blanks on its right. */
export type ColumnKind = 'id' | 'int' | 'text' | 'name';
/** `seen` in published SQL or column lists; `assumed` names are known from the object model only, or not at all. */
export type Evidence = 'seen' | 'assumed';

export interface ColumnDefinition {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly required: boolean;
  readonly evidence: Evidence;
}

export interface TableDefinition {
  readonly evidence: Evidence;
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey?: readonly string[];
  readonly indexes?: readonly (readonly string[])[];
}

/** Captions of enumerations: not a table of objects, so it is apart from the rows of a contact centre. */
export type SchemaTableName = TableName | 'cfg_locale';

/** `dbid:id! name:name` and so on: `!` is NOT NULL, `?` an assumed name. */
function columns(text: string): ColumnDefinition[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [, name = '', kind, marks = ''] = /^(\w+):(id|int|text|name)([!?]*)$/.exec(word) ?? [];
      if (name === '') throw new Error(`not a column: ${word}`);
      return {
        name,
        kind: kind as ColumnKind,
        required: marks.includes('!'),
        evidence: marks.includes('?') ? 'assumed' : 'seen',
      };
    });
}

export const schemaTables: Readonly<Record<SchemaTableName, TableDefinition>> = {
  cfg_tenant: {
    evidence: 'seen',
    columns: columns(`dbid:id! is_serv_provider:int name:name! password:text
      address_line1:text address_line2:text address_line3:text address_line4:text address_line5:text
      chargeable_number:text tenant_person_dbid:id provid_person_dbid:id is_super_tenant:int state:int! csid:id
      tenant_person_csid:id provid_person_csid:id capacity_dbid:id contract_dbid:id parent_tenant_dbid:id`),
    primaryKey: ['dbid'],
  },
  cfg_person: {
    evidence: 'seen',
    columns: columns(`dbid:id! tenant_dbid:id! last_name:name first_name:name
      address_line1:text address_line2:text address_line3:text address_line4:text address_line5:text
      office:text home:text mobile:text pager:text fax:text modem:text phones_comment:text birthdate:text
      comment_:text employee_id:text! user_name:text password:text is_agent:int! is_admin:int state:int! csid:id
      tenant_csid:id place_dbid:id place_csid:id capacity_dbid:id site_dbid:id contract_dbid:id
      email_address:text? external_id:text?`),
    primaryKey: ['dbid'],
  },
  cfg_skill: {
    evidence: 'seen',
    columns: columns('dbid:id! name:name! tenant_dbid:id! state:int! csid:id tenant_csid:id'),
    primaryKey: ['dbid'],
  },
  cfg_skill_level: {
    evidence: 'seen',
    columns: columns('person_dbid:id! skill_dbid:id! level_:int!'),
    primaryKey: ['person_dbid', 'skill_dbid'],
  },
  cfg_switch: {
    evidence: 'seen',
    columns: columns(
      'dbid:id! tenant_dbid:id! phys_switch_dbid:id type:int name:name! link_type:int state:int! csid:id',
    ),
    primaryKey: ['dbid'],
  },
  cfg_dn: {
    evidence: 'seen',
    columns: columns(`dbid:id! number_:text! name:name type:int! switch_dbid:id! tenant_dbid:id? state:int?
      association:text? route_type:int? register_all:int? site_dbid:id? contract_dbid:id? csid:id`),
    primaryKey: ['dbid'],
    indexes: [['switch_dbid', 'type', 'number_']],
  },
  cfg_group: {
    evidence: 'seen',
    columns:
      columns(`dbid:id! group_type:int! tenant_dbid:id! name:name! cap_table_dbid:id quota_table_dbid:id
      state:int! dn_group_type:int csid:id tenant_csid:id cap_table_csid:id quota_table_csid:id capacity_dbid:id
      site_dbid:id contract_dbid:id`),
    primaryKey: ['dbid'],
  },
  cfg_agent_group: {
    evidence: 'seen',
    columns: columns('group_dbid:id! agent_dbid:id!'),
    primaryKey: ['group_dbid', 'agent_dbid'],
  },
  cfg_group_route_dn: {
    evidence: 'assumed',
    columns: columns('group_dbid:id!? dn_dbid:id!?'),
    primaryKey: ['group_dbid', 'dn_dbid'],
  },
  cfg_agent_login: {
    evidence: 'seen',
    columns: columns('dbid:id! login_code:text! switch_dbid:id? tenant_dbid:id? state:int? csid:id'),
    primaryKey: ['dbid'],
  },
  cfg_login_info: {
    evidence: 'seen',
    columns: columns('person_dbid:id! agent_login_dbid:id! wrapup_time:int?'),
    primaryKey: ['person_dbid', 'agent_login_dbid'],
  },
  cfg_enumerator: {
    evidence: 'assumed',
    columns: columns(`dbid:id!? tenant_dbid:id!? name:name!? display_name:text? description:text? type:int?
      state:int!? csid:id? tenant_csid:id?`),
    primaryKey: ['dbid'],
  },
  cfg_enumerator_value: {
    evidence: 'assumed',
    columns: columns(`dbid:id!? enumerator_dbid:id!? tenant_dbid:id!? name:name!? display_name:text?
      description:text? is_default:int? state:int!? csid:id?`),
    primaryKey: ['dbid'],
  },
  cfg_transaction: {
    evidence: 'assumed',
    columns: columns(`dbid:id!? tenant_dbid:id!? name:name!? type:int!? record_period:int? alias:text?
      description:text? state:int!? csid:id? tenant_csid:id?`),
    primaryKey: ['dbid'],
  },
  cfg_flex_prop: {
    evidence: 'seen',
    // No key: `dbid` repeats where a value goes on in further rows.
    columns: columns(`dbid:id! object_dbid:id! object_type:int! parent_dbid:id prop_type:int prop_name:name
      prop_value:text part:int?`),
    indexes: [['object_type', 'object_dbid']],
  },
  cfg_folder: {
    evidence: 'assumed',
    columns: columns(`dbid:id!? name:name!? type:int!? owner_type:int!? owner_dbid:id!? parent_type:int?
      parent_dbid:id? folder_class:int? custom_type:int? state:int!? csid:id?`),
    primaryKey: ['dbid'],
  },
  cfg_folder_item: {
    evidence: 'assumed',
    columns: columns('folder_dbid:id!? object_type:int!? object_dbid:id!?'),
    primaryKey: ['object_type', 'object_dbid'],
  },
  cfg_locale: {
    evidence: 'seen',
    columns: columns('lcid:int! lc_class:int! lc_type:int! lc_subtype:int! lc_value:text'),
    primaryKey: ['lcid', 'lc_class', 'lc_type', 'lc_subtype'],
  },
};
