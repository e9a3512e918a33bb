/** What each table and column of the Config DB is read for: the page docs/reference/config-db.md says it to administrators. */
import { personTextPurposes } from './person-texts.ts';
import type { ColumnName, TableName } from './schema-map.ts';

type TableTexts = {
  readonly [T in TableName]: {
    readonly purpose: string;
    readonly columns: { readonly [C in ColumnName<T>]: string };
  };
};

const id = 'DBID of the object';
const tenant = 'DBID of its tenant';
const state = 'only state 1 (enabled) is read';
const off = 'objects without this column count as enabled';

export const schemaTexts: TableTexts = {
  cfg_tenant: {
    purpose: 'The tenant of TENANT_ID: it must exist, and its name stands in the paths of conflicts.',
    columns: { dbid: 'compared with TENANT_ID', name: 'name of the tenant' },
  },
  cfg_person: {
    purpose: 'Persons: enabled agents become users.',
    columns: {
      dbid: `${id}; key of the external identity of the user`,
      tenant_dbid: tenant,
      ...personTextPurposes,
      is_agent: 'only agents are mapped',
      state,
    },
  },
  cfg_skill: {
    purpose: 'Skills become routing skills.',
    columns: { dbid: id, tenant_dbid: tenant, name: 'name of the skill', state },
  },
  cfg_skill_level: {
    purpose: 'Skill levels of persons become proficiencies.',
    columns: {
      person_dbid: 'DBID of the person',
      skill_dbid: 'DBID of the skill',
      level_: 'level, cut at SKILL_LEVEL_MAX',
    },
  },
  cfg_switch: {
    purpose: 'Switches: DNs and login codes are unique on one switch only.',
    columns: { dbid: id, tenant_dbid: tenant, name: 'name of the switch, as in SWITCH_NAME', state },
  },
  cfg_dn: {
    purpose:
      'DNs: those of SYNC_DN_TYPES become queues; Extensions and ACD Positions are registered by EXCP.',
    columns: {
      dbid: id,
      switch_dbid: 'DBID of its switch',
      number_: 'number of the DN',
      name: 'alias: name of the queue; without it the number is taken',
      type: 'type of the DN',
      state: `${state}; ${off}`,
    },
  },
  cfg_group: {
    purpose: 'Agent groups and virtual agent groups: linked ones give queues their members.',
    columns: {
      dbid: id,
      tenant_dbid: tenant,
      group_type: 'tells agent groups from other groups',
      name: 'name, for conflicts',
      state,
    },
  },
  cfg_agent_group: {
    purpose: 'Members of agent groups.',
    columns: { group_dbid: 'DBID of the group', agent_dbid: 'DBID of the person' },
  },
  cfg_agent_login: {
    purpose: 'Login codes: by them EXCP finds the agent on a DN.',
    columns: {
      dbid: id,
      login_code: 'the code',
      switch_dbid: 'DBID of its switch',
      state: `${state}; ${off}`,
    },
  },
  cfg_login_info: {
    purpose: 'Which person has which login code.',
    columns: { person_dbid: 'DBID of the person', agent_login_dbid: 'DBID of the login code' },
  },
  cfg_flex_prop: {
    purpose:
      'Annexes: options of persons (htcc / roles), of groups (hybrid / WFM_queue_number, scripts) and of the transaction hybrid_integration.',
    columns: {
      dbid: id,
      object_dbid: 'DBID of the object that has the option',
      object_type: 'kind of that object: 3 person, 5 group, 16 transaction',
      parent_dbid: 'DBID of the section; 0 for a section itself',
      prop_name: 'name of the section or the option',
      prop_value: 'value of the option',
      part: 'order of the parts of a long value',
    },
  },
  cfg_enumerator: {
    purpose: 'Business attributes: WRAPUP_ATTRIBUTE names the one with the wrap-up codes.',
    columns: { dbid: id, tenant_dbid: tenant, name: 'name of the attribute', state: `${state}; ${off}` },
  },
  cfg_enumerator_value: {
    purpose: 'Values of that attribute become wrap-up codes.',
    columns: {
      dbid: id,
      enumerator_dbid: 'DBID of the attribute',
      name: 'name of the code where there is no display name',
      display_name: 'name of the code',
      state: `${state}; ${off}`,
    },
  },
  cfg_transaction: {
    purpose: 'The List transaction hybrid_integration with the settings of the connector.',
    columns: {
      dbid: id,
      tenant_dbid: tenant,
      name: 'must be hybrid_integration',
      type: 'must be 21 (List)',
      state: `${state}; ${off}`,
    },
  },
  cfg_folder: {
    purpose: 'Folders: SYNC_FOLDER names the one whose objects are in scope.',
    columns: {
      dbid: id,
      name: 'name of the folder',
      type: 'kind of objects in it',
      owner_type: 'kind of its owner: tenant or switch',
      owner_dbid: 'DBID of its owner',
      parent_type: 'kind of what it lies in',
      parent_dbid: 'DBID of what it lies in',
    },
  },
  cfg_folder_item: {
    purpose: 'What lies in which folder.',
    columns: {
      folder_dbid: 'DBID of the folder',
      object_type: 'kind of the object',
      object_dbid: 'DBID of the object',
    },
  },
  cfg_locale: {
    purpose:
      'Captions of the numbers of states and DN types: EXCS warns when one means something else than expected.',
    columns: { lc_type: 'list of captions', lc_subtype: 'the number', lc_value: 'the caption' },
  },
};
