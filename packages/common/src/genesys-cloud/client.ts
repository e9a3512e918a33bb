/** The Genesys Cloud client of a service: access, token, budget, retries and connections behind typed operations. */
import type { Registry } from 'prom-client';
import type { AllowedHosts } from '../config/allowed-hosts.ts';
import type { FollowedFiles } from '../files/followed-files.ts';
import type { Logger } from '../logging/logging.ts';
import type { Clock } from '../time/clock.ts';
import type { CloudAccess } from './access.ts';
import { Availability, type CloudHealth } from './availability.ts';
import { RequestBudget } from './budget.ts';
import { openConnections, type ProxyOptions } from './connections.ts';
import { CloudError } from './errors.ts';
import { login } from './login.ts';
import { cloudMetrics } from './metrics.ts';
import { AuthorizationOperations } from './operations/authorization.ts';
import { EventOperations } from './operations/events.ts';
import { ExternalIdOperations } from './operations/external-ids.ts';
import { OrganizationOperations } from './operations/organization.ts';
import { PresenceOperations } from './operations/presence.ts';
import { QueueOperations } from './operations/queues.ts';
import { SkillOperations } from './operations/skills.ts';
import { UserOperations } from './operations/users.ts';
import { WrapupCodeOperations } from './operations/wrapup-codes.ts';
import { Requester } from './requester.ts';
import { oneAfterAnother, TokenPool } from './token-pool.ts';
import { TokenSource } from './token-source.ts';
import { Transport } from './transport.ts';

const defaultTimeoutMs = 10_000;
const defaultDeadlineMs = 120_000;
/** Requests on the way at the same time, per token: three times what a slow cloud needs at the full rate. */
const inFlightPerToken = 16;
/** What requests on the way are given when the client closes. */
const closeGraceMs = 5_000;

export interface GenesysCloudOptions {
  /** Read at every request and log-in; undefined while the settings are not known. A change renews the token. */
  readonly access: () => CloudAccess | undefined;
  readonly allowedHosts: AllowedHosts;
  /** Requests in any 60 seconds per token (285). */
  readonly requestsPerMinute: number;
  /** Tokens used side by side (1). */
  readonly tokens: number;
  /** PEM file with the authorities that sign the cloud's certificates, instead of the public ones. */
  readonly caFile?: string | undefined;
  /** Follows `caFile`. */
  readonly files?: FollowedFiles | undefined;
  readonly proxy?: ProxyOptions | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Milliseconds for one try of a request (10,000). */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds from the first sending of a call after which no further try is made (120,000). */
  readonly deadlineMs?: number | undefined;
  readonly health?: CloudHealth | undefined;
  /** A number in [0, 1) for jitter; `Math.random` if absent. */
  readonly random?: (() => number) | undefined;
  /** `User-Agent` of the requests, for example `exec-excs/1.2.0`. */
  readonly userAgent?: string | undefined;
}

/**
 * The operations of the platform API by subject, behind one budget and one log-in for each token. All of them throw
 * CloudError, and the reason of the signal when it is aborted.
 */
export class GenesysCloud {
  readonly organization: OrganizationOperations;
  readonly users: UserOperations;
  readonly externalIds: ExternalIdOperations;
  readonly skills: SkillOperations;
  readonly queues: QueueOperations;
  readonly wrapupCodes: WrapupCodeOperations;
  readonly authorization: AuthorizationOperations;
  readonly presence: PresenceOperations;
  readonly events: EventOperations;
  readonly budget: RequestBudget;
  readonly #clock: Clock;
  readonly #requester: Requester;
  readonly #tokens: TokenPool;
  readonly #transport: Transport;
  readonly #closing = new AbortController();

  /** @throws ExecError `config.invalid` if the file with the authorities or the proxy cannot be used */
  constructor(options: GenesysCloudOptions) {
    const { access, allowedHosts, clock, logger } = options;
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const random = options.random ?? Math.random;
    const userAgent = options.userAgent ?? 'ex-engage-connector';
    const inFlight = inFlightPerToken * options.tokens;
    // Log-ins use connections too, hence one more for each token.
    const dispatcher = openConnections({
      caFile: options.caFile,
      files: options.files,
      proxy: options.proxy,
      connections: inFlight + options.tokens,
      timeoutMs,
    });
    const transport = new Transport(dispatcher, clock);
    const pacedLogin = oneAfterAnother((to, signal) =>
      login({ transport, allowedHosts, timeoutMs, userAgent }, to, signal),
    );
    const sources = Array.from(
      { length: options.tokens },
      () => new TokenSource({ access, login: pacedLogin, clock, logger, random }),
    );
    const tokens = new TokenPool(sources, clock, () => this.budget.wake());
    const metrics = cloudMetrics(options.registry, options.requestsPerMinute * options.tokens, () => {
      const expiries = sources.flatMap((token) => token.expiresAt ?? []);
      return expiries.length === 0 ? 0 : Math.min(...expiries) / 1000;
    });
    this.budget = new RequestBudget({
      requestsPerMinute: options.requestsPerMinute,
      tokens: options.tokens,
      clock,
      maxInFlight: inFlight,
      readiness: tokens,
      onWaited: (ms) => metrics.waited(ms / 1000),
    });
    const caller = new Requester({
      budget: this.budget,
      tokens,
      transport,
      allowedHosts,
      metrics,
      availability: new Availability(logger, options.health),
      clock,
      logger,
      random,
      timeoutMs,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      userAgent,
      closing: this.#closing.signal,
    });
    this.#clock = clock;
    this.#requester = caller;
    this.#tokens = tokens;
    this.#transport = transport;
    this.organization = new OrganizationOperations(caller);
    this.users = new UserOperations(caller, (ms, signal) => clock.sleep(ms, signal));
    this.externalIds = new ExternalIdOperations(caller);
    this.skills = new SkillOperations(caller);
    this.queues = new QueueOperations(caller);
    this.wrapupCodes = new WrapupCodeOperations(caller);
    this.authorization = new AuthorizationOperations(caller);
    this.presence = new PresenceOperations(caller);
    this.events = new EventOperations(caller);
  }

  /** Ends what waits, gives requests on the way some seconds, and closes all connections. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.budget.close();
    this.#closing.abort(new CloudError('cloud.closed', 'the cloud client is closed'));
    const graceOver = new AbortController();
    await Promise.race([
      this.#requester.idle(),
      this.#clock.sleep(closeGraceMs, graceOver.signal).catch(() => undefined),
    ]);
    graceOver.abort();
    for (const token of this.#tokens.sources) token.close();
    await this.#transport.close();
  }
}
