/** A strict fake of the Genesys Cloud platform API and its login, on one loopback port. */
import { type AddressInfo, isIPv6 } from 'node:net';
import { systemClock } from '@exec/common/clock';
import type { FastifyInstance } from 'fastify';
import { addControlRoutes } from './control/routes.ts';
import { Injection } from './events/injection.ts';
import type { ConversationView } from './events/read-model.ts';
import { FaultBoard } from './fault-board.ts';
import type { FaultControl } from './faults.ts';
import { Exchanges } from './http/exchange.ts';
import { Gate } from './http/gate.ts';
import type { CloudContext } from './http/handler.ts';
import { createCloudServer } from './http/server.ts';
import { addLoginRoute } from './oauth/login-route.ts';
import { TokenStore } from './oauth/tokens.ts';
import {
  defaultClients,
  defaultOrganizationId,
  type FakeGenesysCloudOptions,
  type OAuthClient,
  type Quirks,
  quirksOf,
} from './options.ts';
import { Recorder } from './record/recorder.ts';
import type { CloudRecord } from './record/types.ts';
import { allRoutes } from './routes/index.ts';
import { CloudState } from './store/cloud-state.ts';
import { Visibility } from './store/visibility.ts';
import { Waiters } from './waiters.ts';

export class FakeGenesysCloud {
  /** `http://127.0.0.1:<port>`; serves `/oauth/token`, `/api/v2` and `/__control`. */
  readonly url: string;
  /** `<url>/oauth/token`. */
  readonly tokenUrl: string;
  readonly organizationId: string;
  readonly clients: readonly OAuthClient[];
  /** Switches; take effect at once. */
  readonly quirks: Quirks;
  readonly record: CloudRecord;
  readonly state: CloudState;
  readonly faults: FaultControl;
  readonly #parts: Parts;

  private constructor(url: string, parts: Parts) {
    this.url = url;
    this.tokenUrl = `${url}/oauth/token`;
    this.organizationId = parts.state.organization.id;
    this.clients = parts.clients;
    this.quirks = parts.quirks;
    this.record = parts.recorder;
    this.state = parts.state;
    this.faults = parts.faults;
    this.#parts = parts;
  }

  /** Listens before it resolves. Raises the socket's error when the port is taken. */
  static async start(options: FakeGenesysCloudOptions = {}): Promise<FakeGenesysCloud> {
    const parts = assemble(options);
    await parts.app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
    const { address, port } = parts.app.server.address() as AddressInfo;
    return new FakeGenesysCloud(`http://${isIPv6(address) ? `[${address}]` : address}:${port}`, parts);
  }

  /** The form in which the events have left a conversation. */
  conversation(id: string): ConversationView | undefined {
    return this.state.conversations.get(id);
  }

  /**
   * Resolves when the condition holds; it is looked at after each answered request. Rejects with the signal's reason,
   * or when the fake is closed.
   */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#parts.waiters.wait(condition, signal);
  }

  /** Cuts all connections. Harmless when repeated. */
  async close(): Promise<void> {
    this.#parts.closing.abort(new Error('The fake is closed.'));
    this.faults.clear();
    this.#parts.waiters.close();
    await this.#parts.app.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface Parts {
  readonly app: FastifyInstance;
  readonly clients: readonly OAuthClient[];
  readonly quirks: Quirks;
  readonly recorder: Recorder;
  readonly state: CloudState;
  readonly faults: FaultBoard;
  readonly waiters: Waiters;
  readonly closing: AbortController;
}

function assemble(options: FakeGenesysCloudOptions): Parts {
  const clock = options.clock ?? systemClock;
  const clients = options.clients ?? defaultClients;
  const requestsPerMinute = options.requestsPerMinute ?? 300;
  const quirks = quirksOf(options);
  const visibility = new Visibility(clock, quirks);
  const state = new CloudState({
    organization: {
      id: options.organizationId ?? defaultOrganizationId,
      name: options.organizationName ?? 'Example Organisation',
      shortName: options.organizationShortName ?? 'example-org',
    },
    quirks,
    visibility,
    keepConversations: options.keepConversations ?? 50_000,
  });
  grantIntegrationRole(state, clients);
  const tokens = new TokenStore(clock, requestsPerMinute);
  const recorder = new Recorder(options.keepEvents ?? 100_000, () =>
    [...tokens.all()].map((token) => token.meter),
  );
  const waiters = new Waiters();
  const { observer } = options;
  const exchanges = new Exchanges((exchange, status) => {
    const { operationId, operation, arrival, method, path, token } = exchange;
    if (operationId !== undefined) {
      recorder.countAnswer(operationId, status, operation);
      const client = token?.client.clientId;
      const answered = { request: arrival, operation: operationId, method, path, client, status };
      observer?.answered({ at: clock.now(), ...answered });
    }
    waiters.look();
  });
  const faults = new FaultBoard({ tokens, clock, cutConnections: () => exchanges.cutAll() });
  const injection = new Injection({ state, quirks, visibility, recorder, faults, observer });
  const context: CloudContext = { state, quirks, visibility, tokens, requestsPerMinute };
  const closing = new AbortController();
  const app = createCloudServer({
    clock,
    quirks,
    recorder,
    faults,
    gate: new Gate({ tokens, faults, recorder, quirks, clock, requestsPerMinute }),
    inFlight: injection.inFlight,
    exchanges,
    handlers: allRoutes(context, injection),
    conversationIds: (body) => injection.conversationIds(body),
    closing: closing.signal,
  });
  const carrier = { clock, exchanges, closing: closing.signal };
  addLoginRoute(app, { clients, tokens, quirks, recorder, faults, carrier });
  addControlRoutes(app, { state, quirks, recorder, faults });
  return { app, clients, quirks, recorder, state, faults, waiters, closing };
}

/** The role that an OAuth client of the original connector holds. */
function grantIntegrationRole(state: CloudState, clients: readonly OAuthClient[]): void {
  const role = state.authorization.roleByName('EX Integration');
  if (role === undefined) return;
  for (const client of clients)
    state.authorization.grant(client.clientId, role.id, state.authorization.homeDivision.id);
}
