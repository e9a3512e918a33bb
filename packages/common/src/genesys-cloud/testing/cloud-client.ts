/** A cloud client against a stub, with a clock that moves while the client waits for time and not for an answer. */
import { Registry } from 'prom-client';
import { AllowedHosts } from '../../config/allowed-hosts.ts';
import { Secret } from '../../config/secret.ts';
import { type Logger, silentLogger } from '../../logging/logging.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { CloudAccess } from '../access.ts';
import { GenesysCloud, type GenesysCloudOptions } from '../client.ts';
import type { CloudStub } from './cloud-stub.ts';

export interface TestCloud {
  readonly cloud: GenesysCloud;
  readonly clock: FakeClock;
  readonly registry: Registry;
  readonly health: string[];
  /** The present access; a test may replace it. */
  access: CloudAccess | undefined;
  /** Waits for a call, moving the clock whenever no request is on the way. */
  untilDone<T>(call: Promise<T>): Promise<T>;
  /** As `untilDone`, for a call that must fail: its error. */
  failure(call: Promise<unknown>): Promise<unknown>;
}

export const clientSecret = 'canary-s3cret/with+signs=';

export function accessTo(stub: CloudStub, more: Partial<CloudAccess> = {}): CloudAccess {
  return {
    baseUrl: stub.url,
    tokenUrl: `${stub.url}/oauth/token`,
    clientId: 'client-1',
    clientSecret: new Secret(clientSecret),
    ...more,
  };
}

export function openTestCloud(
  stub: CloudStub,
  options: Partial<GenesysCloudOptions> & { readonly clock?: FakeClock; readonly logger?: Logger } = {},
): TestCloud {
  const clock = options.clock ?? new FakeClock();
  const registry = new Registry();
  const health: string[] = [];
  const test: TestCloud = {
    clock,
    registry,
    health,
    access: accessTo(stub),
    cloud: new GenesysCloud({
      access: () => test.access,
      allowedHosts: AllowedHosts.parse(stub.url) ?? AllowedHosts.publicDomains,
      requestsPerMinute: 285,
      tokens: 1,
      logger: silentLogger,
      registry,
      random: () => 0.5,
      health: { up: () => void health.push('up'), down: (detail) => void health.push(`down: ${detail}`) },
      ...options,
      clock,
    }),
    async untilDone(call) {
      let ended = false;
      const mark = () => {
        ended = true;
      };
      call.then(mark, mark);
      while (!ended) {
        await new Promise((resolve) => setImmediate(resolve));
        // While a request or a log-in is on the way time stands still, so that it cannot run into its time limit.
        const isOnTheWay = test.cloud.budget.usage().inFlight > 0 || stub.loginsOnTheWay > 0;
        if (!ended && !isOnTheWay) await clock.advance(10);
      }
      return await call;
    },
    async failure(call) {
      const outcome = await test.untilDone(
        call.then(
          () => ({ error: undefined }),
          (error: unknown) => ({ error }),
        ),
      );
      if (outcome.error === undefined) throw new Error('the call did not fail');
      return outcome.error;
    },
  };
  return test;
}
