/** Persons with their skill levels, logins and roles, as Configuration Server writes and deletes them. */
import type { ContactCentre } from '../contact-centre.ts';
import { placeIn } from './folders.ts';
import { type Flag, flag, objectType, type PersonRow, type State, state } from './rows.ts';

/** Stands in the password column of every sample: a reader that selects it can be caught. */
export const PASSWORD_MARK = 'password-that-nobody-may-read';

export interface NewPerson {
  readonly tenantDbid: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly userName: string;
  readonly employeeId: string;
  readonly email: string | null;
  readonly isAgent: boolean;
  readonly folder: number;
  readonly dbid?: number;
  readonly state?: State;
}

export function addPerson(centre: ContactCentre, person: NewPerson): PersonRow {
  const isAgent: Flag = person.isAgent ? flag.yes : flag.no;
  const row: PersonRow = {
    dbid: person.dbid ?? centre.store.nextDbid(objectType.person),
    tenant_dbid: person.tenantDbid,
    first_name: person.firstName,
    last_name: person.lastName,
    user_name: person.userName,
    employee_id: person.employeeId,
    password: PASSWORD_MARK,
    is_agent: isAgent,
    is_admin: person.isAgent ? flag.no : flag.yes,
    state: person.state ?? state.enabled,
    place_dbid: person.isAgent ? centre.store.nextDbid('place') : null,
    email_address: person.email,
    external_id: null,
    office: null,
    comment_: null,
  };
  centre.store.insert('cfg_person', row);
  placeIn(centre, objectType.person, row.dbid, person.folder);
  return row;
}

/** Deletes a person with everything that belongs to it alone; logins go on existing, unassigned. */
export function removePerson(centre: ContactCentre, dbid: number): void {
  const { store } = centre;
  for (const row of [...store.rows('cfg_skill_level')])
    if (row.person_dbid === dbid) store.remove('cfg_skill_level', row);
  for (const row of [...store.rows('cfg_login_info')])
    if (row.person_dbid === dbid) store.remove('cfg_login_info', row);
  for (const row of [...store.rows('cfg_agent_group')])
    if (row.agent_dbid === dbid) store.remove('cfg_agent_group', row);
  centre.annex.removeAll(objectType.person, dbid);
  store.remove('cfg_folder_item', { object_type: objectType.person, object_dbid: dbid });
  store.remove('cfg_person', { dbid });
  centre.desks.delete(dbid);
}

/** Gives a skill with a level, or changes the level. */
export function setLevel(centre: ContactCentre, person: number, skill: number, level: number): void {
  const key = { person_dbid: person, skill_dbid: skill };
  if (centre.store.find('cfg_skill_level', key) === undefined)
    centre.store.insert('cfg_skill_level', { ...key, level_: level });
  else centre.store.update('cfg_skill_level', key, { level_: level });
}

/** Creates a login code on a switch and assigns it. */
export function addLogin(
  centre: ContactCentre,
  login: {
    readonly person: number;
    readonly tenantDbid: number;
    readonly switchDbid: number;
    readonly code: string;
  },
): void {
  const dbid = centre.store.nextDbid(objectType.agentLogin);
  centre.store.insert('cfg_agent_login', {
    dbid,
    login_code: login.code,
    switch_dbid: login.switchDbid,
    tenant_dbid: login.tenantDbid,
    state: state.enabled,
  });
  centre.store.insert('cfg_login_info', {
    person_dbid: login.person,
    agent_login_dbid: dbid,
    wrapup_time: 0,
  });
}

/** Roles are kept as a list or as a text with commas; both occur. No roles: the option is removed. */
export function setRoles(
  centre: ContactCentre,
  person: number,
  roles: readonly string[],
  asList: boolean,
): void {
  if (roles.length === 0) {
    centre.annex.remove(objectType.person, person, 'htcc', 'roles');
    return;
  }
  const value = asList
    ? Object.fromEntries(roles.map((role, index) => [`role${index + 1}`, role]))
    : roles.join(', ');
  centre.annex.set(objectType.person, person, 'htcc', 'roles', value);
}
