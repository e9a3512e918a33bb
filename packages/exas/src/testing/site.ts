/** A whole site for tests of EXAS: Redis with mapping and settings, a Stat Server pair, a fake cloud. */

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { Formats, type FormatTable } from '@exec/common/formats';
import { type AgentMapping, emptyContent, IdMapStore } from '@exec/common/id-map';
import { asId, type CloudSourceId, type CloudUserId, type Dbid, type EmployeeId } from '@exec/common/ids';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { type RunningService, startService } from '@exec/common/service';
import { storeSettings } from '@exec/common/testing';
import { FakeGenesysCloud, type FakeGenesysCloudOptions } from '@exec/simulators/genesys-cloud';
import { AgentStates, StatServerSimulator } from '@exec/simulators/stat-server';
import { exasService } from '../service.ts';
import type { CloudState } from '../state/table.ts';

export interface SiteOptions {
  readonly redis: { readonly url: string; readonly prefix: string };
  /** How many, or their employee IDs. */
  readonly agents: number | readonly string[];
  /** How often an EXAS reads its agents; default 1. */
  readonly pollingSeconds?: number;
  /** Of agents that somebody else moves; default: states of its own. */
  readonly states?: AgentStates;
  readonly cloud?: FakeGenesysCloudOptions;
  /** Further variables of EXAS. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Against hanging only: retries after many failures wait up to a minute. */
const limitMs = 90_000;

export class Site {
  readonly cloud: FakeGenesysCloud;
  readonly states: AgentStates;
  readonly statServers: StatServerSimulator;
  readonly employees: readonly EmployeeId[];
  readonly #o: SiteOptions;
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #userOf = new Map<EmployeeId, string>();
  readonly #sourceId: CloudSourceId;
  readonly #running = new Set<RunningService>();

  private constructor(
    o: SiteOptions,
    cloud: FakeGenesysCloud,
    states: AgentStates,
    statServers: StatServerSimulator,
  ) {
    this.#o = o;
    this.cloud = cloud;
    this.states = states;
    this.statServers = statServers;
    this.#key = randomBytes(32).toString('base64');
    this.#redis = RedisConnection.open({
      url: new Secret(o.redis.url),
      name: 'exas-site',
      logger: silentLogger,
      // The hands of the test, not what is tested.
      commandTimeoutMs: 60_000,
    });
    this.#sourceId = asId<CloudSourceId>(cloud.state.presence.saveSource({ name: 'Engage' }).id);
    const ids =
      typeof o.agents === 'number'
        ? Array.from({ length: o.agents }, (_, index) => `E${1000 + index}`)
        : o.agents;
    this.employees = ids.map((id) => asId<EmployeeId>(id));
    for (const employeeId of this.employees) this.#hire(employeeId);
  }

  static async start(o: SiteOptions): Promise<Site> {
    const cloud = await FakeGenesysCloud.start({ requestsPerMinute: Number.POSITIVE_INFINITY, ...o.cloud });
    const states = o.states ?? new AgentStates({ now: () => Date.now() });
    const statServers = await StatServerSimulator.start({ states, clock: systemClock });
    const site = new Site(o, cloud, states, statServers);
    await site.storeSettings();
    await site.storeMapping(site.employees);
    return site;
  }

  /** Starts an EXAS in this process; several may run side by side. `formats`: of another release. */
  async exas(
    env: Readonly<Record<string, string>> = {},
    o: { readonly formats?: FormatTable } = {},
  ): Promise<RunningService> {
    const running = await startService(
      exasService,
      { ...this.environment(), ...env },
      { logger: silentLogger, ...o },
    );
    this.#running.add(running);
    return running;
  }

  /** What an EXAS of this site is configured with, also as a process of its own. */
  environment(): Record<string, string> {
    const [primary, backup] = this.statServers.addresses;
    return {
      ORG_ID: this.cloud.organizationId,
      TENANT_ID: '101',
      REDIS_URL: this.#o.redis.url,
      REDIS_KEY_PREFIX: this.#o.redis.prefix,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      INSTANCE_ID: `exas-${randomBytes(4).toString('hex')}`,
      SETTINGS_KEY: this.#key,
      GENESYS_CLOUD_ALLOWED_HOSTS: this.cloud.url,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '60000',
      STAT_SERVER_PRIMARY: `${primary.host}:${primary.port}`,
      STAT_SERVER_BACKUP: `${backup.host}:${backup.port}`,
      LOG_LEVEL: 'silent',
      ...this.#o.env,
    };
  }

  async stop(running: RunningService): Promise<void> {
    this.#running.delete(running);
    await running.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => this.stop(running)));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.statServers.close();
    await this.cloud.close();
    await this.#redis.close();
  }

  userOf(employeeId: EmployeeId): string {
    return this.#userOf.get(employeeId) ?? '';
  }

  /** What the cloud shows of an agent; undefined halves were never injected. */
  shown(employeeId: EmployeeId): Partial<CloudState> {
    const { presence, routingStatuses } = this.cloud.state;
    const user = this.userOf(employeeId);
    const injected = presence.presence(user, this.#sourceId);
    const definition = presence.definitions.get(injected?.presenceDefinitionId ?? '');
    const routing = routingStatuses.get(user);
    return {
      ...(definition === undefined ? {} : { presence: definition.systemPresence as CloudState['presence'] }),
      ...(routing === undefined ? {} : { routingStatus: routing.status }),
    };
  }

  /** Resolves when the cloud shows this state of every one of these agents. */
  async untilShown(expected: ReadonlyMap<EmployeeId, CloudState>): Promise<void> {
    const fits = ([employeeId, state]: [EmployeeId, CloudState]) => {
      const shown = this.shown(employeeId);
      return shown.presence === state.presence && shown.routingStatus === state.routingStatus;
    };
    await this.#within(
      this.cloud.until(() => [...expected].every(fits), AbortSignal.timeout(limitMs)),
      () => {
        const wrong = [...expected].filter((entry) => !fits(entry)).slice(0, 3);
        return wrong
          .map(([id, state]) => `${id}: ${JSON.stringify(this.shown(id))}, not ${JSON.stringify(state)}`)
          .join('; ');
      },
    );
  }

  /** Resolves when EXAS has stored that these states were accepted: until then a successor sends them once more. */
  async untilStored(expected: ReadonlyMap<EmployeeId, CloudState>): Promise<void> {
    const { client, key } = this.stored;
    const accepted = (text: string | null | undefined) => {
      const { p, r } = JSON.parse(text ?? '{}') as { p?: { v: string }; r?: { v: string } };
      return { presence: p?.v, routingStatus: r?.v };
    };
    const missing = async () => {
      // Field by field: an object of all fields could not have one that is named __proto__.
      const texts = await client.hmget(key, ...expected.keys());
      return [...expected].filter(([, state], index) => {
        const { presence, routingStatus } = accepted(texts[index]);
        return presence !== state.presence || routingStatus !== state.routingStatus;
      });
    };
    const end = AbortSignal.timeout(limitMs);
    for (let left = await missing(); left.length > 0; left = await missing()) {
      if (end.aborted)
        throw new Error(`not stored within ${limitMs} ms: ${left.map(([id]) => id).join(', ')}`);
      await delay(20);
    }
  }

  /** How often an instance has ceased to be active: what was on its way then is sent once more. */
  async termsEnded({ port }: Pick<RunningService, 'port'>): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const counts = text.matchAll(
      /^exec_state_transitions_total\{machine="leadership",from="active",to="[a-z-]+"\} (\d+)$/gm,
    );
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** A token of the OAuth client of EXAS, for a request of one's own. */
  async token(): Promise<string> {
    const [, client] = this.cloud.clients;
    const basic = Buffer.from(`${client?.clientId}:${client?.clientSecret}`).toString('base64');
    const answer = await fetch(this.cloud.tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  }

  /** Resolves after so many further requests, or after `limit` milliseconds when there are not so many. */
  async untilRequests(count: number, limit: number): Promise<void> {
    const { record } = this.cloud;
    const enough = record.requests + count;
    await this.cloud.until(() => record.requests >= enough, AbortSignal.timeout(limit)).catch(() => {});
  }

  login(employeeId: EmployeeId): void {
    this.states.login(employeeId, {
      dn: `5${employeeId}`,
      switchName: 'SIP_Switch',
      loginId: `7${employeeId}`,
    });
  }

  async storeMapping(employees: readonly EmployeeId[]): Promise<void> {
    const agents = employees.map((employeeId, index): AgentMapping => {
      if (!this.#userOf.has(employeeId)) this.#hire(employeeId);
      return {
        employeeId,
        dbid: asId<Dbid>(1000 + index),
        userId: asId<CloudUserId>(this.userOf(employeeId)),
        email: `${employeeId}@contact.example`,
        state: 'active',
        supervisor: false,
        logins: [],
      };
    });
    await this.#redis.ready();
    const store = new IdMapStore({ redis: this.#redis, keys: this.#keys, formats: new Formats() });
    await store.write({ ...emptyContent, agents, sourceId: this.#sourceId });
  }

  /** Where EXAS stores states, for what no EXAS would do there. */
  get stored(): { readonly client: RedisConnection['client']; readonly key: string } {
    return { client: this.#redis.client, key: this.#keys.key('exas', 'agents') };
  }

  /** Writes what an EXAS is said to have stored of an agent. */
  async storeState(employeeId: string, stored: object): Promise<void> {
    await this.#redis.client.hset(this.#keys.key('exas', 'agents'), employeeId, JSON.stringify(stored));
  }

  /** `clientSecret`: another one than the cloud knows; `at`: which client of the cloud, by default that of EXAS. */
  async storeSettings(clientSecret?: string, at = 1): Promise<void> {
    const client = this.cloud.clients[at];
    // A Redis that was a replica for a moment has made the connection begin anew.
    await this.#redis.ready();
    await storeSettings({
      redis: this.#redis,
      keys: this.#keys,
      key: this.#key,
      cloud: this.cloud,
      service: 'agent_state_sync',
      client: client && { ...client, clientSecret: clientSecret ?? client.clientSecret },
      pollingSeconds: this.#o.pollingSeconds,
    });
  }

  get #keys(): KeySpace {
    return new KeySpace({ prefix: this.#o.redis.prefix, orgId: this.cloud.organizationId, tenantId: 101 });
  }

  #hire(employeeId: EmployeeId): void {
    const user = this.cloud.state.users.create({
      name: employeeId,
      email: `${employeeId}@contact.example`,
      state: 'active',
    });
    this.#userOf.set(employeeId, user.id);
    this.states.addAgent(employeeId);
  }

  async #within(work: Promise<void>, describe: () => string): Promise<void> {
    try {
      await work;
    } catch (error) {
      throw new Error(`not within ${limitMs} ms: ${describe()}`, { cause: error });
    }
  }
}
