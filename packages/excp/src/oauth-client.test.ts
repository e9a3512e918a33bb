/** Somebody changes the OAuth client in Engage to one that does not fit, while calls come. */
import { defaultClients } from '@exec/simulators/genesys-cloud';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

describe('settings of Engage that do not fit', () => {
  it.for([
    ['is of another organisation', undefined, 'elsewhere'],
    ['has a wrong secret', 'a slip of the pen', 'conversation-provider'],
  ] as const)(
    'both instances keep the client that worked while the new one %s, and no call is lost',
    async ([, secret, client], test) => {
      const elsewhere = {
        clientId: 'elsewhere',
        clientSecret: 'elsewhere-secret',
        name: 'Elsewhere',
        organizationId: '7a1f3f2e-0d0b-4f55-9c1a-3f1c4f6f0e11',
      };
      const clients = [...defaultClients, elsewhere];
      const production = produce(
        ['inbound-queue-call', 'hold', 'conference'].map((name) => scenarioNamed(name)),
      );
      const stand = await Stand.start({ redis: testRedis(), production, cloud: { clients } });
      test.onTestFinished(() => stand.close());
      const instances = [await stand.excp(), await stand.excp()];
      await stand.ready();
      const unfit = async () => {
        const answers = await Promise.all(instances.map(({ port }) => readiness(port)));
        return answers.map(({ ready, dependencies }) => {
          const found = dependencies.find(({ name }) => name === 'oauth-client');
          return { ready, unfit: found?.up === false };
        });
      };
      const runner = () =>
        new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 8 });
      const both = (is: boolean) => async () => (await unfit()).every((one) => one.ready && one.unfit === is);
      await stand.storeSettings(secret, client);
      // Settings are looked at now and then.
      await waitFor(both(true), 'both say that the client does not fit, and are ready', 60_000);
      // A slip in Engage stops nothing: calls come and are told.
      const played = await runner().playAll(stand.production.performances);
      const steps = expectedSteps(played);
      await stand.until(
        () => stand.cloud.record.events().accepted >= steps,
        () => JSON.stringify({ ...stand.cloud.record.events(), steps, ...verdict(stand, played) }),
      );
      expect(verdict(stand, played).wrong).toEqual([]);
      expect(stand.cloud.record.violations).toEqual([]);
      await stand.storeSettings();
      await waitFor(both(false), 'the right client is used again', 60_000);
    },
  );
});
