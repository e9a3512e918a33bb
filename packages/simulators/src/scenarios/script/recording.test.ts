import { describe, expect, it } from 'vitest';
import { scenarioNamed, scenarios } from '../library/index.ts';
import { produce } from './production.ts';
import { arrivals, type Recorded, record } from './recording.ts';

const usual = scenarios.filter((one) => !one.solo);

function connectionOf(one: Recorded): string {
  return one.kind === 'event' ? `${one.event.site} ${one.event.stream}` : 'all';
}

describe('a production', () => {
  const production = produce(usual, { times: 5 });
  const recording = record(production, { everyMs: 500 });

  it('gives every performance agents, callers and calls of its own', () => {
    const distinct = (values: readonly string[]) => expect(new Set(values).size).toBe(values.length);
    distinct(production.agents.map((agent) => agent.employeeId));
    distinct(production.agents.map((agent) => agent.dn));
    distinct(production.agents.map((agent) => agent.loginCode));
    distinct(recording.played.flatMap((one) => [...one.calls.values()]));
    const callers = recording.played.map((one) =>
      one.expected.flatMap(({ legs }) => legs.flatMap((leg) => leg.number ?? [])),
    );
    distinct(callers.flatMap((numbers) => [...new Set(numbers)]));
  });

  it('is the same by itself and among many others, but for its identifiers and times', () => {
    const shape = (played: (typeof recording.played)[number]) =>
      played.expected.map(({ legs, transfers }) => ({
        legs: legs.map((leg) => [
          leg.participant.split(':')[0],
          leg.steps,
          leg.times.map((time) => time - played.startedAt),
        ]),
        transfers: transfers.map((transfer) => [
          transfer.command,
          transfer.at - played.startedAt,
          transfer.steps,
        ]),
      }));
    for (const [index, scenario] of usual.entries()) {
      const [alone] = record(produce([scenario])).played;
      const among = recording.played[index + usual.length];
      if (alone === undefined || among === undefined) throw new Error('nothing was played');
      expect(shape(among)).toEqual(shape(alone));
    }
  });

  it('repeats itself exactly from the same seed, and differs in its identifiers with another', () => {
    const again = record(production, { everyMs: 500 });
    expect(again.recorded).toEqual(recording.recorded);
    const other = record(production, { everyMs: 500, seed: 'another' });
    expect(other.played[0]?.calls).not.toEqual(recording.played[0]?.calls);
  });

  it('gives no two events of a switch the same time', () => {
    for (const site of production.sites) {
      const times = recording.recorded.flatMap((one) =>
        one.kind === 'event' && one.event.site === site
          ? [one.event.time.seconds * 1e6 + one.event.time.microseconds]
          : [],
      );
      expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
    }
  });

  it('may use the people and codes of a contact centre that is there', () => {
    const agents = Array.from({ length: 4 }, (_, n) => ({
      employeeId: `E${n}`,
      loginCode: `L${n}`,
      dn: `200${n}`,
    }));
    const people = [{ agents, queues: ['VQ_A', 'VQ_B'] }] as const;
    const {
      agents: cast,
      queues,
      performances,
    } = produce(
      [
        scenarioNamed('disposition-after-call'),
        scenarioNamed('unmapped-agent'),
        scenarioNamed('transfer-to-queue'),
      ],
      { people, codes: { Sale: 'S1' } },
    );
    expect(cast.map((agent) => [agent.employeeId, agent.mapped])).toEqual([
      ['E0', true],
      ['S10010', false],
      ['E1', true],
      ['E2', true],
    ]);
    expect(queues.map((queue) => queue.number)).toEqual(['VQ_A', 'VQ_B']);
    const played = record({ performances, agents: cast, queues, sites: ['SIP_Switch', 'SIP_Switch_2'] })
      .played[0];
    expect(played?.expected[0]?.legs.at(-1)?.steps.at(-1)).toBe('disposition:S1');
    expect(() => produce(usual, { people })).toThrow(/too few/);
  });
});

describe('arrivals', () => {
  const production = produce(usual);
  const { recorded } = record(production, { everyMs: 300 });

  it('keep the order of every connection and are late by no more than the skew', () => {
    const arrived = arrivals(recorded, { seed: 7, skewMs: 2000 });
    expect(arrived).toHaveLength(recorded.length);
    const byConnection = (list: readonly Recorded[]) => {
      const lists = new Map<string, Recorded[]>();
      for (const one of list) lists.set(connectionOf(one), [...(lists.get(connectionOf(one)) ?? []), one]);
      return lists;
    };
    const sent = byConnection(recorded);
    for (const [connection, list] of byConnection(arrived.map((one) => one.recorded)))
      expect(list).toEqual(sent.get(connection));
    for (const { at, recorded: one } of arrived) {
      if (one.kind !== 'event') continue;
      const late = at - (one.event.time.seconds * 1000 + one.event.time.microseconds / 1000);
      expect(late).toBeGreaterThanOrEqual(-0.001);
      expect(late).toBeLessThanOrEqual(2000);
    }
  });

  it('mix the connections differently for every seed', () => {
    const order = (seed: number) =>
      arrivals(recorded, { seed }).map(({ recorded: one }) =>
        one.kind === 'event' ? one.event.frame : one.kind,
      );
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it('never mix what came before a break with what came after it', () => {
    const broken = record(produce([scenarioNamed('changed-in-gap')])).recorded;
    const lostAt = broken.findIndex((one) => one.kind === 'lost');
    for (let seed = 0; seed < 20; seed++) {
      const mixed = arrivals(broken, { seed }).map((one) => one.recorded);
      expect(new Set(mixed.slice(0, lostAt))).toEqual(new Set(broken.slice(0, lostAt)));
      expect(mixed[lostAt]?.kind).toBe('lost');
      expect(mixed[lostAt + 1]?.kind).toBe('found');
    }
  });
});
