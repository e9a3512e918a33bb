/** The fields of a user that follow the person, each under the name that the cloud has for it. */
import type { EngagePerson } from '../engage/snapshot.ts';
import { emailOf } from './email.ts';
import { FieldTable, type ValuesOf } from './fields.ts';
import { isSameName } from './names.ts';
import type { SyncRules } from './rules.ts';

export const userFields = new FieldTable({
  name: {
    label: 'name',
    of: (person: EngagePerson, _rules: SyncRules) =>
      `${person.firstName} ${person.lastName}`.trim() || person.userName || person.employeeId,
  },
  /** Identifies the user beside its external identity: a person without one is not mapped. */
  email: {
    label: 'e-mail address',
    of: (person: EngagePerson, rules: SyncRules) => emailOf(person, rules.defaultEmailDomain) ?? '',
    isSame: isSameName,
    show: (email) => `<${email}>`,
  },
});

export type UserValues = ValuesOf<typeof userFields>;
