import { produce, record, scenarios } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { largestTimeDifference, namesOf, outline, seenConversations } from '../testing/golden.ts';
import { mappingOf } from '../testing/mapping.ts';
import { replay } from '../testing/replay.ts';

describe('each scenario becomes the conversation that stands beside it', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
    const production = produce([scenario]);
    const { recorded, played } = record(production);
    const arrivals = recorded.map((one) => ({
      at: one.kind === 'event' ? one.event.time.seconds * 1000 + one.event.time.microseconds / 1000 : one.at,
      recorded: one,
    }));
    const { events } = replay(arrivals, {
      map: mappingOf(production),
      restMs: 100_000,
      settings: {
        afterCallWorkRequired: scenario.settings?.acwRequired ?? false,
        dispositionGraceMs: (scenario.settings?.dispositionGraceSeconds ?? 1800) * 1000,
      },
    });
    const seen = seenConversations(events, namesOf(production));
    const expected = played[0]?.expected ?? [];
    const byCall = (a: { call: string }, b: { call: string }) => a.call.localeCompare(b.call);
    const wanted = expected.toSorted(byCall);
    const got = seen.toSorted(byCall);
    expect(got.map((one, index) => outline(one, wanted[index]))).toEqual(wanted.map((one) => outline(one)));
    for (const [index, one] of got.entries()) {
      const like = wanted[index];
      if (like !== undefined) expect(largestTimeDifference(one, like)).toBeLessThanOrEqual(2_000);
    }
  });
});
