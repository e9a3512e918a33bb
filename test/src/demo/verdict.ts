/** The demo's verdict: what the fake cloud accepted against what the contact centre and its day contained. */
import type { DayResult, ExpectedConversation, ScenarioResult } from '@exec/simulators/scenarios';
import type { FakeCloud } from './fake-cloud.ts';
import { differences, legsOf, type Names, transfersOf } from './seen.ts';
import type { World } from './world.ts';

/** The contact centre, and the fake cloud by what can be read of it. */
export interface Compared {
  readonly cloud: Pick<
    FakeCloud,
    'record' | 'counts' | 'users' | 'queues' | 'wrapupCodes' | 'agentStates' | 'conversations'
  >;
  readonly expectation: World['expectation'];
}

export interface Row {
  readonly what: string;
  readonly expected: number;
  readonly accepted: number;
}

export interface Verdict {
  readonly ok: boolean;
  readonly rows: readonly Row[];
  /** For people: what is wrong, at most a few of each kind. */
  readonly faults: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** What was played on the Engage side. */
export interface Played {
  readonly day: DayResult;
  readonly scripts: readonly ScenarioResult[];
  /** Employee IDs of agents who play scripts: their last state is not part of the day. */
  readonly actors?: ReadonlySet<string>;
}

const shown = 5;

function expectedOf({ day, scripts }: Played): ExpectedConversation[] {
  return [...day.conversations, ...scripts.flatMap(({ expected }) => expected)];
}

export async function verdictOf(world: Compared, played: Played): Promise<Verdict> {
  const { cloud, expectation } = world;
  const [record, counts, conversations] = await Promise.all([
    cloud.record(),
    cloud.counts(),
    cloud.conversations(),
  ]);
  const names = await namesOf(world);
  const faults: string[] = [];

  const byCall = new Map(
    conversations.flatMap((one) => one.legs.slice(0, 1).map((leg) => [leg.interactionId, one] as const)),
  );
  let equal = 0;
  const wrong: string[] = [];
  const contained = expectedOf(played);
  for (const expected of contained) {
    const found = byCall.get(expected.call);
    const different = found === undefined ? ['it is missing'] : differences(expected, legsOf(found, names));
    const transfers = expected.transfers.map(({ command }) => command).join(', ');
    if (found !== undefined && transfers !== transfersOf(found).join(', ')) {
      different.push(`transfers: ${transfers || 'none'} became ${transfersOf(found).join(', ') || 'none'}`);
    }
    if (different.length === 0) equal += 1;
    else wrong.push(`conversation ${expected.call}: ${different.join('; ')}`);
  }
  faults.push(...wrong.slice(0, shown));

  const states = await agentStates(world, played, names);
  faults.push(...states.wrong.slice(0, shown));
  for (const { code, message } of record.violations.slice(0, shown)) faults.push(`${code}: ${message}`);

  const { users, queues, members, skills, wrapupCodes } = expectation.counts;
  const rows: Row[] = [
    { what: 'users', expected: users, accepted: counts.activeUsers },
    { what: 'skills', expected: skills, accepted: counts.skills },
    { what: 'queues', expected: queues, accepted: counts.queues },
    { what: 'queue members', expected: members, accepted: counts.queueMembers },
    { what: 'wrap-up codes', expected: wrapupCodes, accepted: counts.wrapupCodes },
    {
      what: 'agents in their last state',
      expected: states.looked,
      accepted: states.looked - states.wrong.length,
    },
    { what: 'conversations', expected: contained.length, accepted: conversations.length },
    { what: 'conversations equal leg by leg', expected: contained.length, accepted: equal },
    { what: 'events refused', expected: 0, accepted: record.events.refused },
    { what: 'rules broken', expected: 0, accepted: record.violationCount },
    { what: 'answers 429', expected: 0, accepted: record.answers429 },
  ];
  const conversationEvents = Object.entries(record.eventsByKind).filter(([kind]) => !kind.startsWith('user'));
  return {
    ok: rows.every((row) => row.expected === row.accepted),
    rows,
    faults,
    figures: {
      users: counts.activeUsers,
      skills: counts.skills,
      queues: counts.queues,
      members: counts.queueMembers,
      wrapupCodes: counts.wrapupCodes,
      presenceEvents: record.eventsByKind.userPresence?.accepted ?? 0,
      routingStatusEvents: record.eventsByKind.userRoutingStatus?.accepted ?? 0,
      conversations: conversations.length,
      conversationsEqual: equal,
      conversationEvents: acceptedOf(conversationEvents.map(([, count]) => count)),
      refusedEvents: record.events.refused,
      violations: record.violationCount,
      // What was sent but not yet noted when an EXCP lost its lease is sent again, and the cloud takes it once.
      duplicates: record.events.duplicates,
      answers429: record.answers429,
      requests: record.requests,
      peakRequestsPerMinute: record.peakPerMinute,
    },
  };
}

function acceptedOf(counts: readonly { readonly accepted: number }[]): number {
  return counts.reduce((sum, { accepted }) => sum + accepted, 0);
}

/** Which cloud object stands for which Engage object, as the fake cloud itself tells it. */
export async function namesOf({ cloud, expectation }: Compared): Promise<Names> {
  const employees = new Map(expectation.users.map(({ dbid, employeeId }) => [String(dbid), employeeId]));
  const [users, queues, wrapupCodes] = await Promise.all([
    cloud.users(),
    cloud.queues(),
    cloud.wrapupCodes(),
  ]);
  return {
    users: new Map(
      users.flatMap(({ id, externalIds }) =>
        externalIds.flatMap(({ authorityName, externalKey }) => {
          const employeeId = authorityName.startsWith('engage/') ? employees.get(externalKey) : undefined;
          return employeeId === undefined ? [] : [[id, employeeId] as const];
        }),
      ),
    ),
    queues: new Map(queues.map(({ id, peerId = '' }) => [id, peerId.replace(/@.*$/, '')])),
    wrapupCodes: new Map(wrapupCodes.map(({ id, name }) => [id, name])),
  };
}

/** Agents whose last state in the cloud is not the last one of the day; who did not work is logged out. */
async function agentStates(
  world: Compared,
  played: Played,
  names: Names,
): Promise<{ readonly wrong: string[]; readonly looked: number }> {
  const byEmployee = new Map(
    (await world.cloud.agentStates()).flatMap((view) => {
      const employeeId = names.users.get(view.userId);
      return employeeId === undefined ? [] : [[employeeId, view] as const];
    }),
  );
  const wrong: string[] = [];
  const { day, actors } = played;
  const looked = world.expectation.users.filter(({ employeeId }) => actors?.has(employeeId) !== true);
  for (const { employeeId } of looked) {
    const last = day.states[employeeId]?.at(-1);
    const presence = (last?.presence ?? 'Offline').replaceAll(' ', '');
    const routingStatus = last?.routingStatus ?? 'OffQueue';
    const view = byEmployee.get(employeeId);
    const seen = view?.presences
      .find(({ sourceId }) => sourceId !== 'purecloud')
      ?.systemPresence?.replaceAll(' ', '');
    if (seen === presence && view?.routingStatus?.status === routingStatus) continue;
    wrong.push(
      `agent ${employeeId}: ${presence}/${routingStatus} became ${seen ?? 'nothing'}/${view?.routingStatus?.status ?? 'nothing'}`,
    );
  }
  return { wrong, looked: looked.length };
}

/** Whether nothing more is to come: everything that was expected has arrived. */
export async function isComplete(world: Compared, played: Played): Promise<boolean> {
  const counts = await world.cloud.counts();
  if (counts.conversations < expectedOf(played).length || counts.openConversations > 0) return false;
  return (await verdictOf(world, played)).ok;
}
