/** What a correct mapping makes of a contact centre, worked out apart from the connector's own code. */
import type { ContactCentre } from '../contact-centre.ts';
import { dnType } from '../model/rows.ts';
import { expectMembers } from './members.ts';
import type { Case, Expectation, ExpectationRules, ExpectedConflict } from './model.ts';
import { expectNumbers, expectQueues } from './queues.ts';
import { eligible } from './scope.ts';
import { expectSkills, expectUsers, expectWrapupCodes } from './users.ts';

/** By default for the main tenant, without a folder, with virtual queues as queues. */
export function expectation(centre: ContactCentre, rules: ExpectationRules = {}): Expectation {
  const conflicts: ExpectedConflict[] = [];
  const of: Case = {
    centre,
    tenantDbid: rules.tenantDbid ?? centre.tenantDbid,
    folder: rules.folder,
    dnTypes: rules.dnTypes ?? [dnType.virtualQueue],
    defaultEmailDomain: rules.defaultEmailDomain,
    skillLevelMax: rules.skillLevelMax ?? 5,
    wrapupAttribute: rules.wrapupAttribute ?? 'DispositionCode',
    complete: rules.profile !== 'minimal',
    conflicts,
  };
  const scope = eligible(of);
  const skills = expectSkills(of, scope.skills);
  const users = expectUsers(of, scope.persons, skills);
  const named = expectQueues(of, scope.queues);
  const queues = expectMembers(of, scope, named, users);
  const wrapupCodes = expectWrapupCodes(of);
  return {
    users,
    skills,
    queues,
    wrapupCodes,
    numbers: expectNumbers(of, scope.queues),
    conflicts,
    counts: {
      users: users.length,
      supervisors: users.filter((user) => user.supervisor).length,
      skills: skills.length,
      userSkills: users.reduce((sum, user) => sum + user.skills.length, 0),
      queues: queues.length,
      members: queues.reduce((sum, queue) => sum + queue.members.length, 0),
      wrapupCodes: wrapupCodes.length,
    },
  };
}
