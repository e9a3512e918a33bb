import { produce, type Recorded, record, type Scenario, scenarios } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { largestTimeDifference, namesOf, outline, seenConversations } from '../testing/golden.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { replay } from '../testing/replay.ts';

interface Wire {
  readonly transferStyle?: 'add' | 'move';
  readonly sites?: readonly string[];
  /** Attributes that the server does not send. */
  readonly without?: readonly string[];
}

function compare(scenario: Scenario, o: Wire): void {
  const production = produce([scenario]);
  const { recorded, played } = record(production, { transferStyle: o.transferStyle ?? 'add' });
  const arrivals = recorded.map((one) => ({ at: timeOf(one), recorded: without(one, o.without ?? []) }));
  const { events } = replay(arrivals, {
    map: mappingOf(production),
    restMs: 100_000,
    settings: {
      sites: o.sites ?? production.sites,
      afterCallWorkRequired: scenario.settings?.acwRequired ?? false,
      dispositionGraceMs: (scenario.settings?.dispositionGraceSeconds ?? 1800) * 1000,
    },
  });
  expect(violations(events)).toEqual([]);
  const byCall = (a: { call: string }, b: { call: string }) => a.call.localeCompare(b.call);
  const wanted = (played[0]?.expected ?? []).toSorted(byCall);
  const got = seenConversations(events, namesOf(production)).toSorted(byCall);
  expect(got.map((one, index) => outline(one, wanted[index]))).toEqual(wanted.map((one) => outline(one)));
  for (const [index, one] of got.entries()) {
    const like = wanted[index];
    if (like !== undefined) expect(largestTimeDifference(one, like)).toBeLessThanOrEqual(2_000);
  }
}

function timeOf(one: Recorded): number {
  return one.kind === 'event' ? one.event.time.seconds * 1000 + one.event.time.microseconds / 1000 : one.at;
}

function without(one: Recorded, names: readonly string[]): Recorded {
  if (one.kind !== 'event') return one;
  const { frame } = one.event;
  const isOfCall = frame.message.startsWith('EventCall');
  const kept = Object.entries(frame.attributes).filter(([name]) => !isOfCall || !names.includes(name));
  return { ...one, event: { ...one.event, frame: { ...frame, attributes: Object.fromEntries(kept) } } };
}

const named = (list: readonly Scenario[]) => list.map((scenario) => [scenario.name, scenario] as const);
const ofOneSite = scenarios.filter(
  ({ cast }) =>
    ![...Object.values(cast.agents ?? {}), ...Object.values(cast.queues ?? {})].some(
      (role) => role.otherSite,
    ),
);

describe('each scenario becomes the conversation that stands beside it', () => {
  it.each(named(scenarios))('%s', (_, scenario) => compare(scenario, {}));
});

describe('so it does by moves, with one site', () => {
  it.each(named(ofOneSite))('%s', (_, scenario) => compare(scenario, { transferStyle: 'move', sites: [] }));
});

describe('so it does when every cause is left out', () => {
  it.each(named(ofOneSite))('%s', (_, scenario) => compare(scenario, { without: ['Cause'], sites: [] }));
});

describe('so it does when no event says who acted', () => {
  // Who ended a consultation is then taken from the order in which the two leave it.
  const givenUp = ['consult-reconnected', 'consult-in-consult-reconnected', 'consult-in-consult-joined'];
  it.each(named(ofOneSite.filter(({ name }) => !givenUp.includes(name))))('%s', (_, scenario) =>
    compare(scenario, { without: ['CtrlParty'], sites: [] }),
  );
});

describe('so it does when parties do not name their agents', () => {
  it.each(named(ofOneSite))('%s', (_, scenario) => compare(scenario, { without: ['AgentID'], sites: [] }));
});
