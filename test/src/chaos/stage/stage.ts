/** The stage of a run: servers, both far sides, the five services as processes, and a proxy between every two parts. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '@exec/common/clock';
import { textOf } from '@exec/common/trouble';
import { FakeGenesysCloud } from '@exec/simulators/genesys-cloud';
import { EngageSide, engageConfig } from '@exec/simulators/scenarios';
import {
  type OwnRedisOptions,
  type OwnServer,
  type RedisVersion,
  startOwnPostgres,
  startOwnRedis,
} from '@exec/testing/servers';
import type { Notes } from '../history/history.ts';
import { Centre } from './centre.ts';
import { Changes } from './changes.ts';
import { type ForeignObjects, plantForeignObjects } from './foreign.ts';
import { linkConnections, Proxies } from './proxies.ts';
import {
  type Clocks,
  clocksOf,
  type ServiceEnvironments,
  type ServiceName,
  type Services,
  serviceNames,
  startServices,
  watchers,
} from './services.ts';
import { isWatching, type Watched, watchInstances } from './watch.ts';

export interface StageOptions {
  readonly seed: number;
  readonly agents: number;
  /** For logs and files of the run. */
  readonly folder: string;
  /** Exactly this version of Redis, with the machine's clock; default: the machine's own. */
  readonly redis?: RedisVersion | undefined;
  /** Whether clocks can be set; default: where libfaketime is to be had. */
  readonly clocks?: boolean;
  /** Whether there is a proxy between every two parts; default: there is. */
  readonly proxies?: boolean;
  /** Of the cloud, for each token; default: so many that nothing waits for it. */
  readonly requestsPerMinute?: number;
  readonly env?: ServiceEnvironments;
  readonly history: Notes;
  readonly say: (text: string) => void;
}

/** What is not well with a service. */
export interface Problems {
  readonly name: ServiceName;
  readonly problems: readonly string[];
}

/** What is paced is proven elsewhere; where faults are played nothing shall wait for it. */
const plentyPerMinute = 6000;

export class Stage {
  readonly cloud: FakeGenesysCloud;
  readonly engage: EngageSide;
  readonly redis: OwnServer;
  readonly postgres: OwnServer;
  readonly proxies: Proxies;
  readonly centre: Centre;
  readonly changes: Changes;
  readonly foreign: ForeignObjects;
  readonly services: Services;
  /** Clocks that can be set; undefined where libfaketime is not to be had. */
  readonly clocks: Clocks | undefined;
  readonly watched: Watched;
  readonly history: Notes;
  /** Agents of each site who can work: so many of the first of each. */
  readonly working: number;

  private constructor(parts: Pick<Stage, Exclude<keyof Stage, 'watching' | 'recovered' | 'blind'>>) {
    this.cloud = parts.cloud;
    this.engage = parts.engage;
    this.redis = parts.redis;
    this.postgres = parts.postgres;
    this.proxies = parts.proxies;
    this.centre = parts.centre;
    this.changes = parts.changes;
    this.foreign = parts.foreign;
    this.services = parts.services;
    this.clocks = parts.clocks;
    this.watched = parts.watched;
    this.history = parts.history;
    this.working = parts.working;
  }

  /** Starts everything; `ends` gets what has to be ended, also when the start breaks off. */
  static async start(o: StageOptions, ends: AsyncDisposableStack): Promise<Stage> {
    const { history, seed } = o;
    o.say('PostgreSQL, Redis');
    const clocks = o.clocks === false ? undefined : await clocksOf(o.say, ends);
    const { requestsPerMinute = plentyPerMinute, env = {} } = o;
    const [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis(redisOptions(o, clocks))]);
    ends.defer(() => postgres.stop());
    ends.defer(() => redis.stop());
    const proxies = new Proxies(seed, o.proxies === false);
    ends.defer(() => proxies.close());

    const cloud = await FakeGenesysCloud.start({
      organizationId: randomUUID(),
      requestsPerMinute,
      observer: {
        decided: (decision) => history.add({ what: 'decided', ...decision }),
        answered: (answer) => history.add({ what: 'answered', ...answer }),
      },
    });
    ends.defer(() => cloud.close());
    const foreign = plantForeignObjects(cloud.state);
    for (const entry of foreign.entries('before', Date.now())) history.add(entry);
    const cloudUrl = `http://${(await proxies.add('services', 'cloud', cloud.url)).address}`;

    const [config_sync, agent_state_sync, conversation_provider] = cloud.clients;
    if (!config_sync || !agent_state_sync || !conversation_provider)
      throw new Error('the cloud lacks clients');
    const centre = await Centre.create({
      ...{ seed, agents: o.agents, databaseUrl: postgres.url },
      integration: {
        organizationId: cloud.organizationId,
        baseServiceUrl: cloudUrl,
        baseAuthUrl: `${cloudUrl}/oauth/token`,
        clients: { config_sync, agent_state_sync, conversation_provider },
        agentPollingInterval: 2,
      },
    });
    o.say('SIP Servers, Stat Servers');
    const { sites, working } = centre.sites;
    const engage = await EngageSide.start(engageConfig.parse({ sites }), systemClock);
    ends.defer(() => engage.close());
    const services = await startServices(
      { ...o, clocks, cloudUrl, centre, engage, proxies, redis, postgres, requestsPerMinute, env },
      ends,
    );
    const watched: Watched = {
      instances: watchers,
      sites: engage.sip.map((pair, index) => ({
        ...{ switch: pair.switch.name, pair, queues: sites[index]?.queues ?? [] },
        extensions: centre.expected.numbers
          .filter((one) => one.switch === pair.switch.name)
          .map(({ number }) => number),
      })),
    };
    const changes = new Changes(centre.source, postgres.url, seed);
    ends.defer(() => changes.stop());
    return new Stage({
      changes,
      ...{
        cloud,
        engage,
        redis,
        postgres,
        proxies,
        centre,
        foreign,
        services,
        clocks,
        watched,
        history,
        working: Math.min(working, ...sites.slice(1).map(({ agents }) => agents.length)),
      },
    });
  }

  /** Writes down what the links say and who sees it, until the answered function is called. */
  watching(): () => void {
    const stops = [...this.engage.switches.values()].map((on) =>
      on.onEvent(({ site, stream, dn, frame }) => {
        const { message, attributes } = frame;
        const said = { site, connection: stream, ...(dn === undefined ? {} : { dn }), message, attributes };
        this.history.add({ what: 'said', at: Date.now(), ...said });
      }),
    );
    stops.push(watchInstances(this.watched, this.history));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** What is not as it should be: services that are not ready, instances that do not see; empty when all is well. */
  async recovered(): Promise<readonly Problems[]> {
    const answers = await Promise.all(
      serviceNames.map(async (name): Promise<Problems> => {
        const { ready, problems } = await this.#readiness(name);
        return { name, problems: ready ? [] : problems.length === 0 ? ['is not ready'] : problems };
      }),
    );
    return [...answers, ...this.#unseen()].filter(({ problems }) => problems.length > 0);
  }

  /** Services that do not answer and instances that do not see, whatever else is not well. */
  async blind(): Promise<readonly Problems[]> {
    const answers = await Promise.all(
      serviceNames.map(async (name): Promise<Problems> => {
        const { answers: yes, problems } = await this.#readiness(name);
        return { name, problems: yes ? [] : problems };
      }),
    );
    return [...answers, ...this.#unseen()].filter(({ problems }) => problems.length > 0);
  }

  async #readiness(name: ServiceName) {
    try {
      return { answers: true, ...(await this.services[name].readiness()) };
    } catch (error) {
      const problems = [textOf(error)];
      return { answers: false, ready: false, problems };
    }
  }

  #unseen(): Problems[] {
    return watchers.flatMap((name) =>
      this.watched.sites.flatMap((site) =>
        linkConnections
          .filter((connection) => !isWatching(site, name, connection))
          .map((connection) => ({ name, problems: [`does not see all ${connection} of ${site.switch}`] })),
      ),
    );
  }
}

/** Programs of another release of the system do not take the library that changes the clock. */
function redisOptions({ redis: version }: StageOptions, clocks: Clocks | undefined): OwnRedisOptions {
  if (version !== undefined) return { durable: true, version };
  return { durable: true, ...(clocks === undefined ? {} : { env: clocks.redis.env }) };
}
