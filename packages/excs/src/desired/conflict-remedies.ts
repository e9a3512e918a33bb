/** What to do about each kind of conflict: shown beside it by the REST interface, by `exop sync conflicts` and in the docs. */
import type { ConflictReason } from './model.ts';

const rename = 'Rename one of the two in Engage; the first by DBID is mapped.';
const unreadable =
  'Correct the row that the detail names in Engage. Until then the object stays as it is in the EX organisation.';

export const conflictRemedies: Readonly<Record<ConflictReason, string>> = {
  'person.no-email': 'Enter an e-mail address for the person in Engage, or set DEFAULT_EMAIL_DOMAIN.',
  'person.duplicate-email': 'Give the person an e-mail address of its own in Engage.',
  'person.no-employee-id': 'Enter an employee ID for the person in Engage.',
  'person.duplicate-employee-id': 'Give the person an employee ID of its own in Engage.',
  'person.email-taken':
    'Free the e-mail address in the EX organisation: the user that has it stands for somebody else.',
  'person.identity-taken':
    'Remove the external identity from the user of the EX organisation that stands for somebody else.',
  'person.unreadable': unreadable,
  'skill.no-name': 'Give the skill a name in Engage.',
  'skill.name-case': rename,
  'skill.unreadable': unreadable,
  'queue.name-case': rename,
  'queue.duplicate-name': 'Give one of the two DNs another alias in Engage.',
  'queue.name-taken':
    'Rename the queue of the EX organisation that has the name, or give the DN another alias in Engage.',
  'queue.unreadable': unreadable,
  'group.ambiguous-queue': 'Write <number>@<switch> in hybrid / WFM_queue_number of the group.',
  'group.unknown-queue':
    'Correct hybrid / WFM_queue_number of the group, or bring the DN into scope (folder, SYNC_DN_TYPES).',
  'group.bad-script': 'Correct the script of the virtual group at the place that the detail names.',
  'group.unreadable': unreadable,
  'wrapup.name-case': rename,
  'wrapup.duplicate-name': 'Give one of the two values another display name in Engage.',
  'wrapup.name-taken':
    'Rename the wrap-up code of the EX organisation that has the name, or give the value another display name in Engage.',
  'wrapup.attribute-missing':
    'Create the business attribute that WRAPUP_ATTRIBUTE names, or set WRAPUP_ATTRIBUTE to the one that is used.',
  'wrapup.unreadable': unreadable,
  'role.missing':
    'Create a role named Supervisor in the EX organisation, or let the OAuth client of config_sync read roles.',
  'user.protected':
    'Deactivate the user by hand, or take the role of PROTECTED_ROLES away from it. Otherwise nothing needs to be done.',
  'operation.refused':
    'Read the reason that Genesys Cloud gave; correct the object there or in Engage. EXCS tries again by itself.',
};
