/**
 * The way of a state: link → watcher → roster → outbox → sender → ledger, wired in this order. It runs for the instance
 * that is active; who that is, and whom to watch, comes from outside.
 */
import type { Timer } from '@exec/common/clock';
import type { exasVariables } from '@exec/common/config';
import type { AgentMapping } from '@exec/common/id-map';
import type { EmployeeId } from '@exec/common/ids';
import type { MonotonicMs, WallMs } from '@exec/common/instants';
import type { ServiceContext } from '@exec/common/service';
import {
  type EngageLinkMetrics,
  engageLinkMetrics,
  StatServerClient,
  type StatServerHandler,
} from '@exec/engage-link';
import { withinBound } from './agents/agents-most.ts';
import type { AgentList } from './agents/mapping-follower.ts';
import type { ExasMetrics } from './metrics.ts';
import type { CloudIdentity } from './outbox/cloud-state.ts';
import type { Ledger, LoadedStates } from './outbox/ledger.ts';
import { acceptedState, Outbox } from './outbox/outbox.ts';
import { RecentChanges } from './outbox/recent-changes.ts';
import { Roster } from './outbox/roster.ts';
import { Sender, type StateSink } from './outbox/sender.ts';
import type { Translation } from './state/table.ts';
import { EngageWatch } from './statistics/engage-watch.ts';
import { StatServerLink } from './statistics/stat-server-link.ts';
import { StatisticWatcher } from './statistics/watcher.ts';

export interface PipelineOptions {
  readonly context: ServiceContext<typeof exasVariables>;
  readonly translation: Translation;
  readonly metrics: ExasMetrics;
  readonly cloud: StateSink;
  readonly ledger: Ledger;
  /** The time of day that is injected. */
  readonly now: () => WallMs;
  /** The fencing token; undefined while this instance is not active. */
  readonly token: () => string | undefined;
  /** What events need of the organisation; `sourceId` comes with the list. Undefined while it is not known. */
  readonly presenceIds: () => CloudIdentity['presenceIds'] | undefined;
}

/** A clock that is wrong concerns every agent: it is said so seldom, in milliseconds. */
const futureSaidEveryMs = 60_000;

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #linkMetrics: EngageLinkMetrics;
  readonly #engage: EngageWatch;
  readonly #link: StatServerLink;
  readonly #watcher: StatisticWatcher;
  readonly roster: Roster;
  readonly outbox: Outbox;
  /** What was sent lately. */
  readonly recent = new RecentChanges();
  readonly #sender: Sender;
  #list: AgentList = { agents: [], sourceId: undefined };
  /** Whether there is a term, or one that is suspended. */
  #runs = false;
  #reassert: Timer | undefined;
  #futureSaidAt: MonotonicMs | undefined;
  /** Agents of the list beyond the bound. */
  #leftOut = 0;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { context, metrics, now } = options;
    const { clock, logger, health, env } = context;
    this.#linkMetrics = engageLinkMetrics(context.registry);
    this.#engage = new EngageWatch({
      clock,
      limitSeconds: env.ENGAGE_DOWN_OFFLINE_SECONDS,
      onGone: () => {
        logger.error('Engage has been away for too long: all agents are set Offline');
        this.roster.setAllOffline();
        this.wake();
      },
    });
    this.#link = new StatServerLink({
      connect: (handler) => this.#connect(handler),
      health: health.dependency('stat-server'),
      onUsable: (info) => {
        this.#engage.up();
        this.#watcher.usable(info);
      },
      onUnusable: () => {
        this.#engage.down();
        this.#watcher.unusable();
        this.roster.disconnected();
      },
      onInfo: (referenceId, value) => this.#watcher.info(referenceId, value),
    });
    this.#watcher = new StatisticWatcher({
      source: this.#link,
      tenantName: env.TENANT_NAME,
      clock,
      logger,
      onInput: (employeeId, input) => {
        if (!this.roster.input(employeeId, input)) return;
        metrics.stateChanged();
        this.wake();
      },
      onRefused: (employeeId, kind, error) => {
        logger.warn(
          { err: error, 'exec.employee_id': employeeId, 'exec.statistic': kind },
          'A statistic could not be opened; it is tried again at the next look at the agent list',
        );
      },
    });
    this.outbox = new Outbox({
      onFutureTime: (employeeId, aheadMs) => this.#onFutureTime(employeeId, aheadMs),
    });
    this.roster = new Roster({ outbox: this.outbox, translation: options.translation, now });
    this.#sender = new Sender({
      outbox: this.outbox,
      cloud: options.cloud,
      health: health.dependency('accepted-states'),
      clock,
      logger,
      identity: () => this.#identity(),
      token: options.token,
      save: (token, agents) =>
        options.ledger.save(token, agents, (employeeId) => this.roster.situation(employeeId)),
      confirm: (token) => options.ledger.confirm(token),
      onResult: (event, result) => {
        metrics.sent(event.kind, result);
        this.recent.note(event, result, clock.now());
        if (result === 'accepted' && event.receivedAt !== undefined)
          metrics.delivered((clock.monotonic() - event.receivedAt) / 1000);
      },
    });
    metrics.bind({
      agentsMonitored: () => this.#watcher.agents,
      agentsLeftOut: () => this.#leftOut,
      pendingAgents: () => this.outbox.pendingAgents,
      oldestPending: () => this.outbox.oldestWaiting,
      staleAgents: () => this.roster.stale,
      refusedStatistics: () => this.#watcher.refusedStatistics,
      active: () => options.token() !== undefined,
      engageDownSince: () => this.#engage.downSince,
      byState: () => countStates(this.outbox),
    });
    this.#armReassert();
  }

  /** Something that was missing for sending may be there now. */
  wake(): void {
    this.#sender.wake();
  }

  /** What another instance sent meanwhile is known by now: from here on this one sends. */
  begin({ agents: stored, unreadable, floor }: LoadedStates): void {
    if (unreadable > 0)
      this.#options.context.logger.warn(
        { 'exec.count': unreadable },
        'Stored states of an unknown form are ignored',
      );
    const { agents } = this.#list;
    this.#runs = true;
    this.#forget(this.roster.reload(agents, stored, floor));
    this.#sender.forget();
    this.#watcher.setAgents(agents.map(({ employeeId }) => employeeId));
    this.#link.start();
    this.#engage.watch();
    this.wake();
  }

  /** The lease is lost, maybe for a moment: nothing is sent, the statistics stay open. */
  suspend(): void {
    this.#sender.suspend();
    this.#engage.rest();
    this.#link.keep();
  }

  /** Another instance is active: no Stat Server is needed, no agent is remembered. */
  async end(): Promise<void> {
    this.#runs = false;
    this.#engage.rest();
    this.#engage.up();
    this.#watcher.stop();
    this.roster.clear();
    await this.#link.stop();
  }

  /** Whom to watch from now on. */
  follow({ agents, sourceId }: AgentList): void {
    this.#list = { agents: this.#bounded(agents.filter(({ state }) => state === 'active')), sourceId };
    if (!this.#runs) return;
    const left = this.roster.follow(this.#list.agents);
    this.#forget(left);
    this.#sender.forget(left);
    this.#watcher.setAgents(this.#list.agents.map(({ employeeId }) => employeeId));
    this.outbox.retryRefused(this.#options.now());
    this.wake();
  }

  #bounded(active: readonly AgentMapping[]): readonly AgentMapping[] {
    const agents = withinBound(active, (employeeId) => this.#watcher.isWatched(employeeId));
    const leftOut = active.length - agents.length;
    if (leftOut > 0 && leftOut !== this.#leftOut)
      this.#options.context.logger.error(
        { 'exec.agents': active.length, 'exec.left_out': leftOut },
        'More agents are mapped than one EXAS watches: those beyond the bound are left out',
      );
    this.#leftOut = leftOut;
    return agents;
  }

  /** The list was looked at: what a server refused is tried again. */
  retryRefused(): void {
    this.#watcher.retryRefused();
  }

  /** Starts no further request and waits for those on their way. */
  async stop(): Promise<void> {
    this.#reassert?.cancel();
    await this.#sender.stop();
  }

  #connect(handler: StatServerHandler): StatServerClient {
    const { clock, logger, env } = this.#options.context;
    // Until a server can be used, Engage is away.
    this.#engage.down();
    return new StatServerClient({
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
      handler,
    });
  }

  #identity(): CloudIdentity | undefined {
    const presenceIds = this.#options.presenceIds();
    const { sourceId } = this.#list;
    return presenceIds === undefined || sourceId === undefined ? undefined : { sourceId, presenceIds };
  }

  /**
   * Drops what is stored of agents that left, but for the last of their times; if that fails, the next load does it. How
   * late the times of users were that have changed hands is stored with the next list.
   */
  #forget(left: readonly EmployeeId[]): void {
    const { token, ledger, context } = this.#options;
    const held = token();
    if (held === undefined) return;
    ledger.remove(held, left, this.roster.floor).catch((error: unknown) => {
      context.logger.debug({ err: error }, 'Agents that left were not forgotten yet');
    });
  }

  #onFutureTime(employeeId: EmployeeId, aheadMs: number): void {
    const { metrics, context } = this.#options;
    const { clock, logger } = context;
    metrics.futureTime();
    const now = clock.monotonic();
    if (this.#futureSaidAt !== undefined && now - this.#futureSaidAt < futureSaidEveryMs) return;
    this.#futureSaidAt = now;
    logger.warn(
      { 'exec.employee_id': employeeId, 'exec.ahead_seconds': Math.round(aheadMs / 1000) },
      'What was injected last lies in the future, from a clock that was wrong; the present time is used',
    );
  }

  #armReassert(): void {
    const { token, now, context } = this.#options;
    this.#reassert = context.clock.setTimer(context.env.REASSERT_INTERVAL_SECONDS * 1000, () => {
      if (token() !== undefined) {
        this.outbox.reassert(now());
        this.wake();
      }
      this.#armReassert();
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
