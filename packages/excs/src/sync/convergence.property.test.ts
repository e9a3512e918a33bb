/**
 * After any sequence of contact centres, edits in the cloud by hand and requests that fail or whose answers are lost:
 * the cloud holds what Engage calls for, and then nothing is written. In memory: hundreds of cases in seconds;
 * `convergence.test.ts` plays some against real servers and kills the process on top.
 */
import { CloudError } from '@exec/common/genesys-cloud';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import { isSameName } from '../desired/names.ts';
import { skillLevels, skillPairs } from '../engage/skill-levels.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import type { Plan } from '../plan/plan.ts';
import { type HandEdit, handEdits } from '../testing/memory-edits.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { group, id, person, queue, rules, skill, snapshot } from '../testing/snapshot.ts';

type Centre = Partial<EngageSnapshot>;

const some = (ids: readonly number[]) => fc.subarray([...ids]);
const names = fc.constantFrom('Service', 'Sales', 'service', 'Billing');

const onePerson = (dbid: number) =>
  fc
    .record({
      lastName: fc.constantFrom('A', 'B'),
      email: fc.constantFrom(dbid, dbid, dbid + 1).map((at) => `user${at}@example.com`),
      levels: some([11, 12, 13]).map((skills) => skillLevels(skills.flatMap((at) => [at, at % 7]))),
      roles: fc.constantFrom([], ['Supervisor']),
      enabled: fc.integer({ max: 7, min: 0 }).map((at) => at > 0),
    })
    .map((fields) => person(dbid, fields));
const oneSkill = (dbid: number) => names.map((name) => skill(dbid, name));
const oneQueue = (dbid: number) =>
  fc.record({ alias: names, switchDbid: fc.constantFrom(id(1), id(2)) }).map((more) => queue(dbid, more));
const oneGroup = (dbid: number) =>
  fc
    .record({ link: fc.constantFrom('821', '822', '823'), members: some([1, 2, 3, 4]) })
    .map(({ link, members }) => group(dbid, link, { members: members.map((at) => id(at)) }));
const oneCode = (dbid: number) =>
  names.map((name) => ({ dbid: id(dbid), name, displayName: '', enabled: true }));

function each<T>(dbids: readonly number[], one: (dbid: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return some(dbids).chain((kept) => fc.tuple(...kept.map(one)));
}

const centre: fc.Arbitrary<Centre> = fc
  .record({
    persons: each([1, 2, 3, 4], onePerson),
    skills: each([11, 12, 13], oneSkill),
    dns: each([21, 22, 23], oneQueue),
    groups: each([31, 32], oneGroup),
    codes: each([901, 902], oneCode),
  })
  .map(({ codes, ...rest }) => ({
    ...rest,
    wrapupAttribute: { dbid: id(900), name: 'DispositionCode', values: codes },
  }));

const writes = [
  'skills.create',
  'wrapupCodes.create',
  'wrapupCodes.update',
  'queues.create',
  'queues.update',
  'queues.addMembers',
  'queues.removeMembers',
  'queues.addWrapupCodes',
  'queues.removeWrapupCode',
  'users.create',
  'users.change',
  'users.replaceSkills',
  'externalIds.add',
  'presence.createSource',
  'presence.setPrimarySource',
  'authorization.bulkAdd',
  'authorization.removeGrant',
] as const;
const fault = fc.record({
  request: fc.constantFrom(...writes),
  what: fc.constantFrom('refused', 'lost', 'lost before'),
});
const round = fc.record({
  centre,
  edits: fc.array(fc.record({ edit: fc.constantFrom(...handEdits), at: fc.nat(20) }), { maxLength: 3 }),
  faults: fc.array(fault, { maxLength: 4 }),
});

function inject(site: MemorySite, { request, what }: { request: string; what: string }): void {
  const error =
    what === 'refused'
      ? new CloudError('cloud.refused', 'refused', { httpStatus: 400 })
      : new CloudError('cloud.outcome-unknown', 'no answer', { outcomeUnknown: true });
  site.cloud.failNext(request, error, { carriedOut: what === 'lost' });
}

/** What the cloud lacks of what Engage calls for, but for what the plan reports as a conflict. */
function lacking(site: MemorySite, more: Centre, plan: Plan): string[] {
  const { cloud, state } = site;
  const desired = desiredState(snapshot(more), rules);
  const reported = new Set(plan.conflicts.map(({ reason, object }) => `${reason} ${object.dbid}`));
  const faults: string[] = [];
  const check = (holds: boolean, what: string) => void (holds || faults.push(what));
  for (const wanted of desired.users.values()) {
    const user = cloud.usersById.get(state.users.get(wanted.dbid)?.id ?? (id(0) as never));
    const mapped = state.users.has(wanted.dbid);
    if (!mapped && reported.has(`person.email-taken ${wanted.dbid}`)) continue;
    const who = `person ${wanted.dbid}`;
    check(user?.state === 'active', `${who} has no active user`);
    if (user === undefined) continue;
    if (!reported.has(`person.email-taken ${wanted.dbid}`)) {
      check(user.name === wanted.name, `${who} is called ${user.name}`);
      check(isSameName(user.email, wanted.email), `${who} has the address ${user.email}`);
    }
    check(
      cloud.identities.get(`engage/101/${wanted.dbid}`) === user.id ||
        reported.has(`person.identity-taken ${wanted.dbid}`),
      `${who} has not its identity`,
    );
    check(cloud.primarySources.get(user.id) === state.source?.id, `${who} has another primary source`);
    check(!wanted.supervisor || cloud.supervisors.has(user.id), `${who} is no supervisor`);
    for (const [dbid, proficiency] of skillPairs(wanted.skills)) {
      const has = user.skills.get(state.skills.get(dbid)?.id ?? ('' as never));
      check(has === proficiency, `${who} has skill ${dbid} at ${has}`);
    }
  }
  for (const link of state.users.values())
    if (!desired.users.has(link.dbid) && !desired.frozen.persons.has(link.dbid))
      check(cloud.usersById.get(link.id)?.state !== 'active', `person ${link.dbid} is gone and active`);
  for (const wanted of desired.queues.values()) {
    const found = cloud.queuesById.get(state.queues.get(wanted.dbid)?.id ?? ('' as never));
    const nameTaken = reported.has(`queue.name-taken ${wanted.dbid}`);
    if (nameTaken && !state.queues.has(wanted.dbid)) continue;
    const what = `queue ${wanted.dbid}`;
    check(found?.peerId === wanted.peerId, `${what} has the external number ${found?.peerId}`);
    check(
      [wanted.name, wanted.fallbackName].includes(found?.name ?? '') || nameTaken,
      `${what} is called ${found?.name}`,
    );
    for (const member of wanted.members)
      if (state.users.has(member) || !reported.has(`person.email-taken ${member}`))
        check(
          found?.members.has(state.users.get(member)?.id ?? ('' as never)) === true,
          `${what} lacks member ${member}`,
        );
    for (const code of desired.wrapupCodes.keys())
      check(
        found?.codes.has(state.wrapupCodes.get(code)?.id ?? ('' as never)) === true,
        `${what} lacks code ${code}`,
      );
  }
  for (const kind of ['users', 'queues', 'skills'] as const)
    check(
      new Set([...state[kind].values()].map((link) => link.id)).size === state[kind].size,
      `${kind} shared`,
    );
  return faults;
}

/** What is stored says what is known: the next process begins with it. */
function expectStored({ ledger, state }: MemorySite): void {
  // The version is but a hint for the next write, and `v` is the format of the record.
  const compared = (records: Iterable<readonly [string | number, unknown]>) =>
    Object.fromEntries(
      [...records].map(([dbid, record]) => [
        dbid,
        JSON.parse(JSON.stringify({ ...(record as object), version: undefined, v: undefined })),
      ]),
    );
  for (const [part, links] of [
    ['users', state.users],
    ['skills', state.skills],
    ['queues', state.queues],
    ['wrapup-codes', state.wrapupCodes],
  ] as const)
    expect(compared(Object.entries(ledger.records(part)))).toEqual(compared(links));
}

it('both sides agree, and then nothing is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (rounds) => {
      const site = new MemorySite();
      const byHand: HandEdit = { members: new Set() };
      for (const { centre: wanted, edits, faults } of rounds) {
        for (const { edit, at } of edits) edit(site.cloud, at, byHand);
        for (const one of faults) inject(site, one);
        await site.converge(wanted);
        site.cloud.clearFaults();
        const plan = await site.converge(wanted);
        expect(lacking(site, wanted, plan)).toEqual([]);
        for (const { error } of site.failures.splice(0)) expect(error).toBeInstanceOf(CloudError);
        for (const [queueId, userId] of [...byHand.members].map((pair) => pair.split(' ')))
          expect(site.cloud.queuesById.get(queueId as never)?.members.has(userId as never) ?? true).toBe(
            true,
          );
        expectStored(site);
        site.cloud.requests.length = 0;
        if (plan.operations.length > 0) continue;
        await site.converge(wanted);
        expect(site.cloud.requests.filter((name) => (writes as readonly string[]).includes(name))).toEqual(
          [],
        );
      }
    }),
    { numRuns: Number(process.env.CONVERGENCE_RUNS ?? 300) },
  );
});
