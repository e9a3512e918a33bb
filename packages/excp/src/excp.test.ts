import { systemClock } from '@exec/common/clock';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { afterEach, describe, expect, it } from 'vitest';
import { namesOf, outline, seenConversations } from './testing/golden.ts';
import { Stand } from './testing/stand.ts';

let stand: Stand | undefined;

afterEach(async () => {
  await stand?.close();
  stand = undefined;
});

describe('two EXCP side by side', () => {
  it('tell each call once, as it was', async () => {
    const production = produce([scenarioNamed('inbound-queue-call'), scenarioNamed('hold')], { times: 3 });
    const site = await Stand.start({ redis: testRedis(), production });
    stand = site;
    await site.excp();
    await site.excp();
    await site.ready();
    const runner = new ScenarioRunner({ clock: systemClock, switches: site.switches, speed: 20 });
    const played = await runner.playAll(production.performances, 500);
    const wanted = played.flatMap((one) => one.expected);
    const ended = () => site.cloud.record.accepted({ kind: 'communicationEnded' }).length;
    const legs = wanted.flatMap((one) => one.legs).length;
    await site.until(
      () => ended() >= legs,
      () =>
        `${ended()} of ${legs} legs ended, refused: ${JSON.stringify(site.cloud.record.violations.slice(0, 5))}`,
    );
    const seen = new Map(
      seenConversations(site.accepted(), namesOf(production, site.ids)).map((one) => [one.call, one]),
    );
    expect(site.cloud.record.events().refused).toBe(0);
    expect(site.cloud.record.events().duplicates).toBe(0);
    expect(seen.size).toBe(wanted.length);
    for (const one of wanted) {
      const got = seen.get(one.call);
      expect(got && outline(got, one)).toEqual(outline(one));
    }
  });
});
