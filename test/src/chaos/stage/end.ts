/** How everything stands at the end, as the far sides and the services tell it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Entry, NamesEntry } from '../history/entries.ts';
import { serviceNames } from './services.ts';
import type { Problems, Stage } from './stage.ts';

const patienceMs = 60_000;
const lookEveryMs = 1000;

/** Which cloud object stands for which Engage object. */
function namesEntry(stage: Stage): NamesEntry {
  const { state } = stage.cloud;
  const employees = new Map(
    stage.centre.expected.users.map(({ dbid, employeeId }) => [String(dbid), employeeId]),
  );
  const users = [...state.users.all()].flatMap(({ id }) =>
    state.users.externalIds.of(id).flatMap(({ authorityName, externalKey }) => {
      const employeeId = authorityName.startsWith('engage/') ? employees.get(externalKey) : undefined;
      return employeeId === undefined ? [] : [[id, employeeId] as const];
    }),
  );
  return {
    ...{ what: 'names', at: Date.now() },
    users: Object.fromEntries(users),
    queues: Object.fromEntries(
      [...state.queues.all()].map(({ id, attributes }) => [id, String(attributes.peerId ?? '')]),
    ),
    wrapupCodes: Object.fromEntries([...state.wrapupCodes.all()].map(({ id, name }) => [id, name])),
    presences: Object.fromEntries(
      [...state.presence.definitions.all()].map(({ id, systemPresence }) => [id, systemPresence]),
    ),
  };
}

/** Entries with which a history could end now. */
export async function endEntries(stage: Stage): Promise<Entry[]> {
  const problems = Map.groupBy(await lastingProblems(stage), ({ name }) => name);
  const { cloud, centre, foreign } = stage;
  const { state } = cloud;
  const entries: Entry[] = [namesEntry(stage), ...foreign.entries('after', Date.now())];
  const at = Date.now();
  const { users, queues, wrapupCodes } = centre.expected;
  const employeeOf = new Map(users.map(({ dbid, employeeId }) => [String(dbid), employeeId]));
  const employeesOf = (id: string): string[] =>
    state.users.externalIds.of(id).flatMap(({ authorityName, externalKey }) => {
      const known = employeeOf.get(externalKey);
      return authorityName.startsWith('engage/') && known !== undefined ? [known] : [];
    });
  const active = [...state.users.all()].filter((user) => user.state === 'active');
  const mapped = [...state.queues.all()].filter(({ attributes }) => typeof attributes.peerId === 'string');
  const note = (type: string, expected: readonly string[], found: readonly string[]) =>
    void entries.push({ what: 'mapping', at, type, expected, found });
  note(
    'user',
    users.map(({ employeeId }) => employeeId),
    active.flatMap(({ id }) => employeesOf(id)),
  );
  note(
    'name of a user',
    users.map(({ employeeId, name }) => `${employeeId} ${name}`),
    active.flatMap(({ id, name }) => employeesOf(id).map((one) => `${one} ${name}`)),
  );
  note(
    'skill of a user',
    users.flatMap(({ employeeId, skills }) =>
      skills.map(({ name, proficiency }) => `${employeeId} ${name} ${proficiency}`),
    ),
    active.flatMap(({ id, skills }) =>
      employeesOf(id).flatMap((one) =>
        [...skills].map(([skill, proficiency]) => `${one} ${state.skills.get(skill)?.name} ${proficiency}`),
      ),
    ),
  );
  note(
    'queue',
    queues.map(peerOf),
    mapped.map(({ attributes }) => String(attributes.peerId)),
  );
  note(
    'queue member',
    queues.flatMap((queue) =>
      queue.members.map((dbid) => `${peerOf(queue)} ${employeeOf.get(String(dbid))}`),
    ),
    mapped.flatMap(({ attributes, members }) =>
      members.userIds().flatMap((id) => employeesOf(id).map((one) => `${attributes.peerId} ${one}`)),
    ),
  );
  const names = new Set(wrapupCodes.map(({ name }) => name));
  note(
    'wrap-up code',
    [...names],
    [...state.wrapupCodes.all()].map(({ name }) => name).filter((name) => names.has(name)),
  );
  for (const name of serviceNames) {
    const mine = (problems.get(name) ?? []).flatMap((one) => one.problems);
    entries.push({ what: 'service', at, name, ready: mine.length === 0, problems: mine });
  }
  return entries;
}

/** What is not well even when it is asked again: one answer may be late on a busy machine. */
async function lastingProblems(stage: Stage): Promise<readonly Problems[]> {
  const began = performance.now();
  for (;;) {
    const problems = await stage.recovered();
    if (problems.length === 0 || performance.now() - began > patienceMs) return problems;
    await delay(lookEveryMs);
  }
}

/** As the cloud's attribute `peerId` has it: two switches may have the same number. */
export function peerOf({ number, switch: on }: { readonly number: string; readonly switch: string }): string {
  return `${number}@${on}`;
}
