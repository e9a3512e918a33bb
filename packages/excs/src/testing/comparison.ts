/** Compares a fake organisation with what a correct mapping of a contact centre would make of it. */
import { type Expectation, userTextNames } from '@exec/simulators/config-db';
import type { FakeGenesysCloud } from '@exec/simulators/genesys-cloud';

export interface View {
  readonly users: Readonly<Record<string, unknown>>;
  readonly queues: Readonly<Record<string, unknown>>;
  readonly skills: readonly string[];
  readonly wrapupCodes: readonly string[];
}

/** What the organisation should hold; of users the active ones. */
export function expectedView(expected: Expectation, tenant: number): View {
  const emails = new Map(expected.users.map((user) => [user.dbid, user.email.toLowerCase()]));
  const codes = expected.wrapupCodes.map((code) => code.name).sort();
  return {
    users: Object.fromEntries(
      expected.users.map((user) => [
        user.email.toLowerCase(),
        {
          ...textsOf(user),
          externalIds: [`engage/${tenant}/${user.dbid}`],
          supervisor: user.supervisor,
          skills: Object.fromEntries(user.skills.map((skill) => [skill.name, skill.proficiency])),
          primarySource: `Engage ${tenant}`,
          division: 'home',
        },
      ]),
    ),
    queues: Object.fromEntries(
      expected.queues.map((queue) => [
        queue.name,
        {
          peerId: `${queue.number}@${queue.switch}`,
          members: queue.members.map((member) => emails.get(member) ?? '?').sort(),
          codes,
        },
      ]),
    ),
    skills: expected.skills.map((skill) => skill.name).sort(),
    wrapupCodes: codes,
  };
}

/** What the organisation does hold. `only` limits skills, queues and codes to the expected ones: the rest stays. */
export function cloudView(cloud: FakeGenesysCloud, only?: View): View {
  const { users, queues, skills, wrapupCodes, authorization, presence } = cloud.state;
  const supervisor = authorization.roleByName('Supervisor')?.id ?? '';
  const home = authorization.homeDivision.id;
  const email = (id: string) => users.get(id)?.email.toLowerCase() ?? id;
  const active = [...users.all()].filter((user) => user.state === 'active');
  const keep = <T>(list: readonly T[], nameOf: (item: T) => string, names: readonly string[] | undefined) =>
    names === undefined ? list : list.filter((item) => names.includes(nameOf(item)));
  return {
    users: Object.fromEntries(
      active.map((user) => [
        user.email.toLowerCase(),
        {
          ...textsOf({ ...user.attributes, ...user }),
          externalIds: users.externalIds.of(user.id).map((id) => `${id.authorityName}/${id.externalKey}`),
          supervisor: authorization.holds(user.id, supervisor, home),
          skills: Object.fromEntries(
            [...user.skills].map(([id, proficiency]) => [skills.get(id)?.name ?? id, proficiency]),
          ),
          primarySource: sourceName(presence, user.id),
          division: user.divisionId === home ? 'home' : user.divisionId,
        },
      ]),
    ),
    queues: Object.fromEntries(
      keep([...queues.all()], (queue) => queue.name, only && Object.keys(only.queues)).map((queue) => [
        queue.name,
        {
          peerId: queue.attributes.peerId,
          members: queue.members.userIds().map(email).sort(),
          codes: [...queue.wrapupCodeIds].map((id) => wrapupCodes.get(id)?.name ?? id).sort(),
        },
      ]),
    ),
    skills: keep(
      [...skills.all()].filter((skill) => skill.state === 'active').map((skill) => skill.name),
      (name) => name,
      only?.skills,
    ).toSorted(),
    wrapupCodes: keep(
      [...wrapupCodes.all()].map((code) => code.name),
      (name) => name,
      only?.wrapupCodes,
    ).toSorted(),
  };
}

/** The texts that follow the person; what the cloud does not have is empty. */
function textsOf(user: object): Record<string, unknown> {
  const values = new Map<string, unknown>(Object.entries(user));
  return Object.fromEntries(userTextNames.map((name) => [name, values.get(name) ?? '']));
}

function sourceName(presence: FakeGenesysCloud['state']['presence'], user: string): string | undefined {
  const id = presence.primarySources.get(user) ?? presence.settings.defaultPrimaryPresenceRegisteredSourceId;
  return typeof id === 'string' ? presence.source(id)?.name : undefined;
}
