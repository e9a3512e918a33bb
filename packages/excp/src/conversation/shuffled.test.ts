import { arrivals, produce, record, scenarios } from '@exec/simulators/scenarios';
import { askedSeed } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { largestTimeDifference, namesOf, outline, seenConversations } from '../testing/golden.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { replay } from '../testing/replay.ts';

/** Scenarios that the same consumer settings can play side by side. */
const common = scenarios.filter((scenario) => !scenario.solo && scenario.settings === undefined);
const ofOneSite = common.filter(
  ({ cast }) =>
    ![...Object.values(cast.agents ?? {}), ...Object.values(cast.queues ?? {})].some(
      (role) => role.otherSite,
    ),
);
/** Others only repeat what these do: `PROPERTY_SEED` adds one, as `pnpm test:seeds` does. */
const asked = askedSeed();
const seeds = [1, 2, ...(asked === undefined ? [] : [asked])];
const cases = seeds.flatMap((seed) => [
  { seed, of: 'two sites', several: true, cast: common },
  { seed, of: 'one site', several: false, cast: ofOneSite },
]);

describe('any interleaving that keeps the order of each connection, late by up to two seconds', () => {
  it.each(cases)('gives the same conversations of $of (seed $seed)', ({ seed, several, cast }) => {
    const production = produce(cast, { times: 2 });
    for (const transferStyle of ['add', 'move'] as const) {
      const { recorded, played } = record(production, { everyMs: 700, transferStyle });
      const { events } = replay(arrivals(recorded, { seed, skewMs: 2_000 }), {
        map: mappingOf(production),
        settings: { sites: several ? production.sites : [] },
      });
      const seen = new Map(seenConversations(events, namesOf(production)).map((one) => [one.call, one]));
      const differing: unknown[] = [];
      for (const { expected, performance } of played)
        for (const wanted of expected) {
          const got = seen.get(wanted.call);
          seen.delete(wanted.call);
          const same =
            got !== undefined &&
            JSON.stringify(outline(got, wanted)) === JSON.stringify(outline(wanted)) &&
            largestTimeDifference(got, wanted) <= 2_000;
          if (!same)
            differing.push({
              scenario: performance.scenario.name,
              got: got && outline(got, wanted),
              wanted: outline(wanted),
              late: got && largestTimeDifference(got, wanted),
            });
        }
      expect(differing).toEqual([]);
      expect(violations(events)).toEqual([]);
      expect([...seen.keys()]).toEqual([]);
    }
  });
});
