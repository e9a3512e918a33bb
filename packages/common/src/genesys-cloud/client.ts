/** The Genesys Cloud client of a service: access, token, budget, retries and connections behind typed operations. */
import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { AllowedHosts } from '../config/allowed-hosts.ts';
import type { Secret } from '../config/secret.ts';
import type { Logger } from '../logging.ts';
import type { CloudAccess } from './access.ts';
import { RequestBudget } from './budget.ts';
import type { Caller } from './call.ts';
import { AuthorizationOperations } from './operations/authorization.ts';
import { EventOperations } from './operations/events.ts';
import { ExternalIdOperations } from './operations/external-ids.ts';
import { OrganizationOperations } from './operations/organization.ts';
import { PresenceOperations } from './operations/presence.ts';
import { QueueOperations } from './operations/queues.ts';
import { SkillOperations } from './operations/skills.ts';
import { UserOperations } from './operations/users.ts';
import { WrapupCodeOperations } from './operations/wrapup-codes.ts';

export interface ProxyOptions {
  /** Address of the proxy for https; may hold user and password. */
  readonly url: Secret;
  /** Comma list of hosts that are reached directly. */
  readonly except?: string | undefined;
}

/** Where the client says whether the cloud answers; a dependency of the service's health fits. */
export interface CloudHealth {
  up(detail?: string): void;
  down(detail: string): void;
}

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
  readonly proxy?: ProxyOptions | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Milliseconds for one try of a request (10,000). */
  readonly timeoutMs?: number | undefined;
  readonly health?: CloudHealth | undefined;
  /** A number in [0, 1) for jitter; `Math.random` if absent. */
  readonly random?: (() => number) | undefined;
  /** `User-Agent` of the requests, for example `exec-excs/1.2.0`. */
  readonly userAgent?: string | undefined;
}

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

  constructor(options: GenesysCloudOptions) {
    this.budget = new RequestBudget({
      requestsPerMinute: options.requestsPerMinute,
      lanes: options.tokens,
      clock: options.clock,
    });
    const caller = undefined as unknown as Caller;
    this.organization = new OrganizationOperations(caller);
    this.users = new UserOperations(caller, (ms, signal) => options.clock.sleep(ms, signal));
    this.externalIds = new ExternalIdOperations(caller);
    this.skills = new SkillOperations(caller);
    this.queues = new QueueOperations(caller);
    this.wrapupCodes = new WrapupCodeOperations(caller);
    this.authorization = new AuthorizationOperations(caller);
    this.presence = new PresenceOperations(caller);
    this.events = new EventOperations(caller);
  }

  /** Ends what waits, gives requests on the way some seconds, and closes all connections. */
  async close(): Promise<void> {}
}
