/** What the cloud does: slow, away, refusing whole requests or their halves, accepting without an answer. */
import type { FaultRule, InjectedFault } from '@exec/simulators/genesys-cloud';
import type { Stage } from '../stage/stage.ts';
import type { Fault, Play } from './fault.ts';

const events = ['postEventsConversations', 'postEventsUsersPresence', 'postEventsUsersRoutingstatus'];
const cloud = { on: 'the cloud', parts: ['cloud'] };
const common = {
  kind: 'cloud',
  sees: 'events wait and are sent when the cloud answers again; `/health/ready` names the cloud',
  lost: 'nothing',
  alarm: 'GenesysCloudFailing',
  cost: 'nothing',
} as const;

/** Rules in the order in which they are tried; those that are left are cancelled when it is healed. */
const refusing =
  (low: number, high: number, ...rules: readonly FaultRule[]): Fault['draw'] =>
  (random) => ({ ...cloud, lastsMs: random.between(low, high), play: inject(rules) });

function inject(rules: readonly FaultRule[]): Play['play'] {
  return async ({ cloud: { faults } }: Stage) => {
    const set: InjectedFault[] = rules.map((rule) => faults.inject(rule));
    return async () => {
      for (const one of set) one.cancel();
    };
  };
}

/** Answers come late, so that batches fill up and can be halved. */
function filling(play: Play['play']): Play['play'] {
  return async (stage) => {
    stage.cloud.quirks.eventLatencyMs = 1500;
    const heal = await play(stage);
    return async () => {
      stage.cloud.quirks.eventLatencyMs = 0;
      await heal();
    };
  };
}

async function outage({ cloud: { faults } }: Stage): Promise<() => Promise<void>> {
  const end = faults.outage();
  return async () => end();
}

const always = Number.POSITIVE_INFINITY;

export const cloudFaults: readonly Fault[] = [
  {
    ...common,
    name: 'cloud-slow',
    happens: 'Each answer to a batch of events takes three seconds',
    alarm: 'EventsSlow',
    draw: (random) => ({
      ...cloud,
      lastsMs: random.between(6000, 15_000),
      play: async ({ cloud: { quirks } }) => {
        quirks.eventLatencyMs = 3000;
        return async () => {
          quirks.eventLatencyMs = 0;
        };
      },
    }),
  },
  {
    ...common,
    name: 'cloud-away',
    happens: 'Every connection to the cloud is reset for some seconds',
    draw: (random) => ({ ...cloud, lastsMs: random.between(4000, 20_000), play: outage }),
  },
  {
    ...common,
    name: 'cloud-away-for-ten-minutes',
    happens: 'Every connection to the cloud is reset for ten minutes; other faults are played meanwhile',
    needsMinutes: 20,
    draw: () => ({ ...cloud, lastsMs: 600_000, play: outage }),
  },
  {
    ...common,
    name: 'cloud-refuses-connections',
    happens: 'Nothing listens where the cloud was',
    draw: (random) => ({
      ...cloud,
      lastsMs: random.between(2000, 10_000),
      play: async ({ proxies }) => {
        const [proxy] = proxies.between('cloud');
        await proxy?.down();
        return async () => proxy?.up();
      },
    }),
  },
  ...[401, 403, 429, 503].map(
    (status): Fault => ({
      ...common,
      name: `cloud-answers-${status}`,
      happens: `Every request is answered ${status}`,
      alarm: status === 429 ? 'RateLimited' : status === 503 ? 'GenesysCloudFailing' : 'AccessRefused',
      draw: refusing(3000, 10_000, {
        times: always,
        fault: status === 429 ? { kind: 'rate-limited' } : { kind: 'status', status },
      }),
    }),
  ),
  {
    ...common,
    name: 'cloud-answers-500',
    happens: 'A few batches of events are answered 500, one after the other',
    draw: refusing(4000, 8000, { operation: events, times: 3, fault: { kind: 'status', status: 500 } }),
  },
  {
    ...common,
    name: 'cloud-refuses-batches',
    happens: 'Batches are refused as a whole (400) until they are small',
    sees: 'nothing: batches are halved and what was never wrong is accepted',
    draw: (random) => ({
      ...cloud,
      lastsMs: random.between(5000, 12_000),
      play: filling(
        inject([{ operation: events, minEvents: 3, times: 6, fault: { kind: 'status', status: 400 } }]),
      ),
    }),
  },
  ...[400, 401, 403, 429, 500, 503].map(
    (status): Fault => ({
      ...common,
      name: `cloud-refuses-second-half-${status}`,
      happens: `A batch is refused as a whole (400), its first half is accepted, its second half meets ${status}`,
      draw: (random) => ({
        ...cloud,
        lastsMs: random.between(6000, 12_000),
        play: filling(
          inject([
            { operation: 'postEventsConversations', minEvents: 2, fault: { kind: 'status', status: 400 } },
            {
              ...{ operation: 'postEventsConversations', after: 2, times: 2 },
              // Of one event alone a refusal is meant.
              ...(status === 400 ? { minEvents: 2 } : {}),
              fault: status === 429 ? { kind: 'rate-limited' } : { kind: 'status', status },
            },
          ]),
        ),
      }),
    }),
  ),
  {
    ...common,
    name: 'cloud-loses-answers',
    happens: 'Batches are accepted and the connection breaks before the answer',
    draw: refusing(5000, 10_000, { operation: events, times: 6, fault: { kind: 'reset', when: 'after' } }),
  },
  {
    ...common,
    name: 'cloud-answers-500-after-accepting',
    happens: 'Batches are accepted and answered 500',
    draw: refusing(5000, 10_000, {
      operation: events,
      times: 4,
      fault: { kind: 'status', status: 500, applied: true },
    }),
  },
  {
    ...common,
    name: 'cloud-never-answers',
    happens: 'A batch is accepted and never answered',
    draw: refusing(8000, 12_000, { operation: events, times: 1, fault: { kind: 'hang', applied: true } }),
  },
  {
    ...common,
    name: 'cloud-revokes-tokens',
    happens: 'All access tokens become invalid',
    sees: 'nothing: the services log in again',
    draw: (random) => ({
      ...cloud,
      lastsMs: random.between(500, 2000),
      play: async ({ cloud: { faults } }) => {
        faults.revokeTokens();
        return async () => undefined;
      },
    }),
  },
];
