/** EXAS at work: who is active, whom it watches, and how a notification becomes an injected state. */

import type { Timer } from '@exec/common/clock';
import type { EnvironmentOf } from '@exec/common/config';
import { ExcsClient } from '@exec/common/excs-client';
import { type AgentMapping, IdMapStore } from '@exec/common/id-map';
import type { CloudSourceId, EmployeeId } from '@exec/common/ids';
import { Lease, type LeaseToken } from '@exec/common/lease';
import type { ServiceContext } from '@exec/common/service';
import { ServiceCloud } from '@exec/common/service-cloud';
import {
  type EngageLinkMetrics,
  engageLinkMetrics,
  formatAddress,
  StatServerClient,
} from '@exec/engage-link';
import { type AgentList, MappingFollower } from './agents/mapping-follower.ts';
import { agentRoutes } from './api/agents.ts';
import { EngageWatch } from './engage-watch.ts';
import type { exasVariables } from './environment.ts';
import type { CloudIdentity } from './inject/cloud-state.ts';
import { Ledger, type StoredState } from './inject/ledger.ts';
import { acceptedState, Outbox } from './inject/outbox.ts';
import { PresenceIds } from './inject/presence-ids.ts';
import { Sender } from './inject/sender.ts';
import { type ExasMetrics, exasMetrics } from './metrics.ts';
import { Roster } from './roster.ts';
import type { Translation } from './state/table.ts';
import { StatisticWatcher } from './statistics/watcher.ts';

type Context = ServiceContext<typeof exasVariables>;
type Environment = EnvironmentOf<typeof exasVariables>;

/** So long an instance that lost the lease keeps its statistics, in milliseconds: Redis may only have hiccuped. */
const lingerMs = 15_000;
const reloadRetryMs = 1000;

export class Exas {
  readonly #context: Context;
  readonly #env: Environment;
  readonly #metrics: ExasMetrics;
  readonly #outbox = new Outbox();
  readonly #roster: Roster;
  readonly #serviceCloud: ServiceCloud;
  readonly #presenceIds: PresenceIds;
  readonly #lease: Lease;
  readonly #ledger: Ledger;
  readonly #sender: Sender;
  readonly #watcher: StatisticWatcher;
  readonly #mapping: MappingFollower;
  readonly #engage: EngageWatch;
  readonly #linkMetrics: EngageLinkMetrics;
  #statServer: StatServerClient | undefined;
  #agents: readonly AgentMapping[] = [];
  #sourceId: CloudSourceId | undefined;
  /** The token under which the stored states were loaded: sending needs it to be the current one. */
  #loadedUnder: string | undefined;
  #stored: ReadonlyMap<EmployeeId, StoredState> = new Map();
  #linger: Timer | undefined;
  #reload: Timer | undefined;
  #reassert: Timer | undefined;

  constructor(context: Context, translation: Translation) {
    this.#context = context;
    this.#env = context.env;
    const { clock, logger, redis, keys, health, registry } = context;
    this.#metrics = exasMetrics(registry);
    this.#linkMetrics = engageLinkMetrics(registry);
    this.#roster = new Roster({ outbox: this.#outbox, translation, now: () => clock.now() });
    this.#serviceCloud = new ServiceCloud(context, 'agent_state_sync');
    const { cloud } = this.#serviceCloud;
    this.#presenceIds = new PresenceIds({
      source: cloud.presence,
      clock,
      logger,
      health: health.dependency('presence-definitions', 'not looked up yet'),
      onChange: () => this.#sender.wake(),
    });
    const leaseKey = keys.key('exas', 'lease');
    this.#lease = new Lease({
      redis,
      key: leaseKey,
      epochKey: keys.key('exas', 'lease-epoch'),
      owner: context.owner,
      clock,
      logger,
    });
    this.#ledger = new Ledger({ redis, keys, leaseKey });
    this.#sender = new Sender({
      outbox: this.#outbox,
      cloud,
      clock,
      logger,
      identity: () => this.#identity(),
      token: () => this.#token(),
      save: (token, agents) =>
        this.#ledger.save(token, agents, (employeeId) => this.#roster.situation(employeeId)),
      onResult: (event, result) => {
        this.#metrics.sent(event.kind, result);
        if (result === 'accepted' && event.receivedAt !== undefined) {
          this.#metrics.delivered((clock.monotonic() - event.receivedAt) / 1000);
        }
      },
    });
    this.#watcher = new StatisticWatcher({
      source: {
        open: (statistic, signal) => this.#link().open(statistic, signal),
        close: (referenceId) => this.#link().close(referenceId),
      },
      tenantName: this.#env.TENANT_NAME,
      clock,
      logger,
      onInput: (employeeId, input) => {
        if (!this.#roster.input(employeeId, input)) return;
        this.#metrics.stateChanged();
        this.#sender.wake();
      },
      onRefused: (employeeId, kind, error) => {
        logger.warn(
          { err: error, 'exec.employee_id': employeeId, 'exec.statistic': kind },
          'A statistic could not be opened; it is tried again at the next look at the agent list',
        );
      },
    });
    this.#mapping = new MappingFollower({
      store: new IdMapStore({ redis, keys }),
      excs: this.#excs(),
      clock,
      logger,
      health: health.dependency('id-map', 'not read yet'),
      intervalSeconds: () => this.#serviceCloud.settings?.agentPollingIntervalSeconds ?? 60,
      onList: (list) => this.#follow(list),
      onLook: () => this.#watcher.retryRefused(),
    });
    this.#engage = new EngageWatch({
      clock,
      limitSeconds: this.#env.ENGAGE_DOWN_OFFLINE_SECONDS,
      onGone: () => {
        logger.error('Engage has been away for too long: all agents are set Offline');
        this.#roster.setAllOffline();
        this.#sender.wake();
      },
    });
  }

  start(): void {
    const { redis, lifecycle, http, health } = this.#context;
    this.#bindMetrics();
    health.setActive(false);
    http.api((app) => agentRoutes(app, { outbox: this.#outbox, roster: this.#roster }));
    this.#serviceCloud.onChange(() => {
      if (this.#serviceCloud.proven) this.#presenceIds.load();
      this.#sender.wake();
    });
    this.#lease.onChange((token) => this.#onLease(token));
    const unfollow = redis.onState((up) => void (up && this.#mapping.look()));

    // Run in reverse: what is on its way is settled and stored before the states are dropped and the lease goes.
    lifecycle.onStop('lease', () => this.#lease.stop());
    lifecycle.onStop('stat-server', () => this.#standBy());
    lifecycle.onStop('agents', async () => {
      unfollow();
      this.#presenceIds.stop();
      for (const timer of [this.#linger, this.#reload, this.#reassert]) timer?.cancel();
      await this.#mapping.stop();
    });
    lifecycle.onStop('sender', () => this.#sender.stop());

    this.#serviceCloud.start();
    this.#mapping.look();
    this.#lease.start();
    this.#armReassert();
  }

  #identity(): CloudIdentity | undefined {
    const presenceIds = this.#presenceIds.ids;
    if (presenceIds === undefined || this.#sourceId === undefined || !this.#serviceCloud.proven)
      return undefined;
    return { sourceId: this.#sourceId, presenceIds };
  }

  /** The current token, if the stored states were loaded under it. */
  #token(): string | undefined {
    const value = this.#lease.token?.value;
    return value !== undefined && value === this.#loadedUnder ? value : undefined;
  }

  #follow(list: AgentList): void {
    this.#agents = list.agents.filter(({ state }) => state === 'active');
    this.#sourceId = list.sourceId;
    if (this.#loadedUnder === undefined) return;
    const left = this.#roster.follow(this.#agents, this.#stored);
    this.#forget(left);
    this.#watcher.setAgents(this.#agents.map(({ employeeId }) => employeeId));
    this.#outbox.retryRefused(this.#context.clock.now());
    this.#sender.wake();
  }

  /** Drops what is stored of agents that left; if that fails, the next load drops it. */
  #forget(left: readonly EmployeeId[]): void {
    const token = this.#token();
    if (left.length === 0 || token === undefined) return;
    this.#ledger.remove(token, left).catch((error: unknown) => {
      this.#context.logger.debug({ err: error }, 'Agents that left were not forgotten yet');
    });
  }

  #onLease(token: LeaseToken | undefined): void {
    const { clock, health } = this.#context;
    health.setActive(token !== undefined);
    this.#linger?.cancel();
    this.#reload?.cancel();
    if (token === undefined) {
      this.#linger = clock.setTimer(lingerMs, () => void this.#standBy());
      return;
    }
    void this.#activate(token.value);
  }

  /** What another instance sent meanwhile stands in Redis: sending begins when that is known. */
  async #activate(token: string): Promise<void> {
    const { clock, logger } = this.#context;
    try {
      const { agents: stored, unreadable } = await this.#ledger.load();
      if (this.#lease.token?.value !== token) return;
      if (unreadable > 0)
        logger.warn({ 'exec.count': unreadable }, 'Stored states of an unknown form are ignored');
      this.#stored = stored;
      this.#loadedUnder = token;
      this.#roster.reload(this.#agents, stored);
      const known = new Set(this.#agents.map(({ employeeId }) => employeeId));
      if (this.#agents.length > 0) this.#forget([...stored.keys()].filter((id) => !known.has(id)));
      this.#watcher.setAgents(known);
      this.#startLink();
      this.#sender.wake();
    } catch (error) {
      logger.warn({ err: error }, 'The stored states could not be loaded yet');
      if (this.#lease.token?.value !== token) return;
      this.#reload = clock.setTimer(reloadRetryMs, () => void this.#activate(token));
    }
  }

  async #standBy(): Promise<void> {
    const statServer = this.#statServer;
    this.#statServer = undefined;
    this.#loadedUnder = undefined;
    this.#engage.stop();
    this.#watcher.stop();
    this.#roster.clear();
    await statServer?.stop();
  }

  #link(): StatServerClient {
    if (this.#statServer === undefined) throw new Error('there is no link to a Stat Server');
    return this.#statServer;
  }

  #startLink(): void {
    if (this.#statServer !== undefined) return;
    const { clock, logger, health } = this.#context;
    const env = this.#env;
    const dependency = health.dependency('stat-server', 'connecting');
    this.#engage.down();
    this.#statServer = new StatServerClient({
      name: 'stat-server',
      servers: [env.STAT_SERVER_PRIMARY, env.STAT_SERVER_BACKUP].filter((address) => address !== undefined),
      applicationName: env.ENGAGE_APP_NAME ?? 'EXAS',
      password: env.ENGAGE_APP_PASSWORD,
      tls: {
        caFile: env.ENGAGE_LINK_CA_FILE,
        certFile: env.ENGAGE_LINK_CERT_FILE,
        keyFile: env.ENGAGE_LINK_KEY_FILE,
      },
      clock,
      logger,
      metrics: this.#linkMetrics,
      handler: {
        usable: (info) => {
          this.#engage.up();
          dependency.up(`${info.role} at ${formatAddress(info.server)}`);
          this.#watcher.usable(info);
        },
        unusable: (failure) => {
          this.#engage.down();
          dependency.down(failure.message);
          this.#watcher.unusable();
          this.#roster.disconnected();
        },
        attemptFailed: (failure) => dependency.down(failure.message),
        info: (referenceId, value) => this.#watcher.info(referenceId, value),
      },
    });
    this.#statServer.start();
  }

  #armReassert(): void {
    const { clock } = this.#context;
    this.#reassert = clock.setTimer(this.#env.REASSERT_INTERVAL_SECONDS * 1000, () => {
      if (this.#token() !== undefined) {
        this.#outbox.reassert(clock.now());
        this.#sender.wake();
      }
      this.#armReassert();
    });
  }

  #excs(): ExcsClient | undefined {
    const { EXCS_URL: url, EXCS_API_TOKEN: token, EXCS_CA_FILE: caFile } = this.#env;
    if (url === undefined) return undefined;
    const excs = new ExcsClient({ url, token, caFile });
    this.#context.lifecycle.onStop('excs-client', () => excs.close());
    return excs;
  }

  #bindMetrics(): void {
    this.#metrics.bind({
      agentsMonitored: () => this.#watcher.agents,
      pendingAgents: () => this.#outbox.pendingAgents,
      oldestPending: () => (this.#outbox.oldestWaiting ?? 0) / 1000,
      staleAgents: () => this.#roster.stale,
      refusedStatistics: () => this.#watcher.refusedStatistics,
      active: () => this.#token() !== undefined,
      engageDownSince: () => this.#engage.downSince,
      byState: () => countStates(this.#outbox),
    });
  }
}

function countStates(outbox: Outbox) {
  const counts = new Map<string, { presence: string; routing_status: string; count: number }>();
  for (const agent of outbox.agents()) {
    const state = acceptedState(agent);
    if (state === undefined) continue;
    const key = `${state.presence} ${state.routingStatus}`;
    const known = counts.get(key);
    if (known === undefined)
      counts.set(key, { presence: state.presence, routing_status: state.routingStatus, count: 1 });
    else known.count += 1;
  }
  return counts.values();
}
