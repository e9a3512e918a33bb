/** All that the connections of a site sent, received in one moment in any order between them: nothing is lost. */
import { produce, type Recorded, record, scenarios } from '@exec/simulators/scenarios';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namesOf, type outline, seenConversations } from '../testing/golden.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { itemsOf, Player } from '../testing/replay.ts';

const ofOneSite = scenarios.filter(
  ({ solo, settings, cast, name }) =>
    !solo &&
    settings === undefined &&
    // Who logs in later is taken for the one who was there before, where the log-in is all that is known.
    name !== 'login-mid-call' &&
    ![...Object.values(cast.agents ?? {}), ...Object.values(cast.queues ?? {})].some(
      (role) => role.otherSite,
    ),
);
const production = produce(ofOneSite);
const { recorded, played } = record(production, { everyMs: 300 });
const connections = [...Map.groupBy(recorded, connectionOf).values()];
const end =
  Math.max(...recorded.map((one) => (one.kind === 'event' ? one.event.time.seconds : 0))) * 1000 + 1_000;

function connectionOf(one: Recorded): string {
  return one.kind === 'event' ? one.event.stream : 'calls';
}

/** The legs of a conversation, whatever became of them in which order. */
function legsOf({ legs }: Parameters<typeof outline>[0]): string[] {
  return legs.map((leg) => leg.participant).toSorted();
}

it('any interleaving of the connections within one moment publishes every leg of every call', () => {
  const draws = fc.array(fc.nat(connections.length - 1), { minLength: 1, maxLength: 60 });
  const runs = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(draws, runs, (order, lengths) => {
      const rest = connections.map((connection) => [...connection]);
      const player = new Player({ map: mappingOf(production), settings: { sites: [] } });
      for (let n = 0; rest.some((connection) => connection.length > 0); n++) {
        const connection = rest[order[n % order.length] ?? 0];
        const next = connection?.length ? connection : rest.find((other) => other.length > 0);
        for (const one of next?.splice(0, lengths[n % lengths.length]) ?? [])
          for (const item of itemsOf(one, end)) player.play(item, end);
      }
      player.answer();
      player.answer();
      player.rest(end + 5_000);
      expect(violations(player.events)).toEqual([]);
      const seen = new Map(
        seenConversations(player.events, namesOf(production)).map((one) => [one.call, one]),
      );
      for (const { expected, performance } of played)
        for (const wanted of expected) {
          const got = seen.get(wanted.call);
          expect({ scenario: performance.scenario.name, legs: got && legsOf(got) }).toEqual({
            scenario: performance.scenario.name,
            legs: legsOf(wanted),
          });
          seen.delete(wanted.call);
        }
      expect([...seen.keys()]).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
