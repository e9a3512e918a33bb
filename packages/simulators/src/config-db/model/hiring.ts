/** Everything that is set up when an agent begins: person, e-mail address, login, telephone, skills. */
import type { ContactCentre } from '../contact-centre.ts';
import { addLogin, addPerson, setLevel } from './people.ts';
import { plain } from './person-names.ts';
import { dnType, objectType, type PersonRow, type SwitchRow } from './rows.ts';
import { addDn } from './telephony.ts';

export interface NewAgent {
  readonly tenantDbid: number;
  readonly firstName: string;
  readonly lastName: string;
  /** Where the telephone stands. */
  readonly home: Readonly<SwitchRow>;
  /** Folder of the person, and of the extension. */
  readonly folder: number;
  readonly deskFolder: number;
  readonly levels: readonly (readonly [skillDbid: number, level: number])[];
  /** `field`: the e-mail address has its field; `user name`: it is the user name; `none`: there is none. */
  readonly email: 'field' | 'user name' | 'none';
}

export function hire(centre: ContactCentre, agent: NewAgent): PersonRow {
  const [first, last] = [plain(agent.firstName), plain(agent.lastName)];
  const address = `${centre.numbering.word(`${first}.${last}`)}@${centre.options.emailDomain}`;
  const person = addPerson(centre, {
    tenantDbid: agent.tenantDbid,
    firstName: agent.firstName,
    lastName: agent.lastName,
    userName: agent.email === 'user name' ? address : centre.numbering.word(`${first.slice(0, 1)}${last}`),
    employeeId: String(centre.numbering.next('employee')),
    email: agent.email === 'field' ? address : null,
    isAgent: true,
    folder: agent.folder,
  });
  giveLogin(centre, person, agent.home);
  const desk = addDn(centre, {
    switch: agent.home,
    type: dnType.extension,
    number: String(centre.numbering.next('extension', agent.home.dbid)),
    alias: null,
    folder: agent.deskFolder,
  });
  centre.annex.set(objectType.dn, desk.dbid, 'TServer', 'contact', `sip:${desk.number_}@pbx.example`);
  centre.desks.set(person.dbid, desk.dbid);
  for (const [skill, level] of agent.levels) setLevel(centre, person.dbid, skill, level);
  return person;
}

/** A further login code on a switch. */
export function giveLogin(centre: ContactCentre, person: Readonly<PersonRow>, on: Readonly<SwitchRow>): void {
  addLogin(centre, {
    person: person.dbid,
    tenantDbid: person.tenant_dbid,
    switchDbid: on.dbid,
    code: String(centre.numbering.next('login', on.dbid)),
  });
}
