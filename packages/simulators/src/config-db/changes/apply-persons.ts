/** What changes of persons do to the rows. */
import type { ContactCentre } from '../contact-centre.ts';
import { folderOf, placeIn } from '../model/folders.ts';
import { giveLogin, hire } from '../model/hiring.ts';
import { addPerson, removePerson, setLevel, setRoles } from '../model/people.ts';
import { objectType, type PersonRow, type SwitchRow, state } from '../model/rows.ts';
import { dnFolderOf } from './folders-of.ts';
import type { Changes, PersonMutation } from './mutation.ts';

export const personChanges: Changes<PersonMutation['kind']> = {
  'person.hire': (centre, mutation) => {
    const home = switchOf(centre, mutation.home);
    hire(centre, {
      tenantDbid: mutation.tenant,
      firstName: mutation.firstName,
      lastName: mutation.lastName,
      home,
      folder: mutation.folder,
      deskFolder: dnFolderOf(centre, home.dbid),
      levels: mutation.levels,
      email: 'field',
    });
  },
  'person.leave': (centre, { person }) => removePerson(centre, personOf(centre, person).dbid),
  'person.re-create': (centre, { person }) => {
    const gone = { ...personOf(centre, person) };
    const folder = folderOf(centre, objectType.person, person) ?? 0;
    const desk = centre.desks.get(person);
    removePerson(centre, person);
    const again = addPerson(centre, {
      tenantDbid: gone.tenant_dbid,
      firstName: gone.first_name,
      lastName: gone.last_name,
      userName: gone.user_name,
      employeeId: gone.employee_id,
      email: gone.email_address,
      isAgent: true,
      folder,
    });
    if (desk === undefined) return;
    centre.desks.set(again.dbid, desk);
    giveLogin(centre, again, switchOf(centre, centre.store.find('cfg_dn', { dbid: desk })?.switch_dbid ?? 0));
  },
  'person.rename': (centre, { person, lastName }) =>
    centre.store.update('cfg_person', personOf(centre, person), { last_name: lastName }),
  'person.change-email': (centre, { person, email }) =>
    centre.store.update('cfg_person', personOf(centre, person), { email_address: email }),
  'person.disable': (centre, { person }) =>
    centre.store.update('cfg_person', personOf(centre, person), { state: state.disabled }),
  'person.enable': (centre, { person }) =>
    centre.store.update('cfg_person', personOf(centre, person), { state: state.enabled }),
  'person.promote': (centre, { person }) =>
    setRoles(centre, personOf(centre, person).dbid, ['Agent', 'Supervisor'], person % 2 === 0),
  'person.demote': (centre, { person }) => setRoles(centre, personOf(centre, person).dbid, [], false),
  'person.move': (centre, { person, folder }) =>
    placeIn(centre, objectType.person, personOf(centre, person).dbid, folder),
  'person.set-level': (centre, { person, skill, level }) =>
    setLevel(centre, personOf(centre, person).dbid, skill, level),
  'person.drop-skill': (centre, { person, skill }) =>
    centre.store.remove('cfg_skill_level', { person_dbid: person, skill_dbid: skill }),
  'person.add-login': (centre, mutation) =>
    giveLogin(centre, personOf(centre, mutation.person), switchOf(centre, mutation.switch)),
};

function personOf(centre: ContactCentre, dbid: number): Readonly<PersonRow> {
  const found = centre.store.find('cfg_person', { dbid });
  if (found === undefined) throw new Error(`there is no person ${dbid}`);
  return found;
}

function switchOf(centre: ContactCentre, dbid: number): Readonly<SwitchRow> {
  const found = centre.store.find('cfg_switch', { dbid });
  if (found === undefined) throw new Error(`there is no switch ${dbid}`);
  return found;
}
