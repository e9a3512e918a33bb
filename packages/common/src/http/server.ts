/** The HTTP side of a service: REST, metrics, health, API description, with bounds on everything. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import {
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { Counter, type Registry } from 'prom-client';
import { ExecError } from '../errors/errors.ts';
import { textOf } from '../errors/text-of.ts';
import { checkKeyPair } from '../files/certificates.ts';
import type { FollowedFiles } from '../files/followed-files.ts';
import type { Logger } from '../logging/logging.ts';
import type { Clock } from '../time/clock.ts';
import type { MonotonicMs } from '../time/instants.ts';
import { Access, type AccessTokens } from './access.ts';
import { type AuditEntry, auditEntryOf } from './actions.ts';
import type { ServiceApp } from './app.ts';
import { Busy } from './busy.ts';
import { type ConsoleOptions, consoleRoutes } from './console/console-routes.ts';
import { History } from './console/history.ts';
import { overviewRoute } from './console/overview-route.ts';
import { tagAnswers } from './console/tagged-answers.ts';
import type { Health } from './health.ts';
import { OpenSockets } from './open-sockets.ts';
import { openApiCompleted, openApiTransform, securityOf, securitySchemes } from './openapi.ts';
import { rawProblem, sendProblem } from './problem.ts';
import { systemRoutes } from './system-routes.ts';

export interface HttpEnvironment extends AccessTokens {
  readonly HTTP_HOST: string;
  /** 0: any free port. */
  readonly HTTP_PORT: number;
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
}

/** Milliseconds, and bytes for `body`. Fastify's own defaults of the first three are "none". */
export interface HttpLimits {
  /** Until a request has arrived whole. */
  readonly request: number;
  /** Without a byte in either direction. */
  readonly connection: number;
  /** Until a handler has answered; 503 then. */
  readonly handler: number;
  readonly body: number;
  /** Until connections that are still busy are cut at a stop. */
  readonly close: number;
  /** Connections at once. */
  readonly connections: number;
  /** Requests to `/api` at work at once. */
  readonly atWork: number;
}

const defaultLimits: HttpLimits = {
  request: 10_000,
  connection: 75_000,
  handler: 15_000,
  body: 1_048_576,
  close: 5000,
  connections: 256,
  atWork: 16,
};

const oldestTls = 'TLSv1.2' as const;

/** How long an idle connection is kept: longer than the usual scrape interval of 60 s. */
const keepAliveMs = 70_000;

export interface HttpServerOptions {
  readonly service: string;
  readonly version: string;
  readonly env: HttpEnvironment;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly health: Health;
  readonly clock: Clock;
  readonly instanceId?: string;
  /** The page at `/console`; absent: there is none. */
  readonly console?: Pick<ConsoleOptions, 'links' | 'folders'> | undefined;
  readonly limits?: Partial<HttpLimits>;
  /** Follows the certificate and its key. */
  readonly files?: FollowedFiles;
}

export interface ServiceHttp {
  /** For tests (`inject`) and for what `api` does not cover. */
  readonly app: ServiceApp;
  /** Who may do what. */
  readonly access: Access;
  /** Calls `listener` for each answered request that was to change something, or whose route has noted what it shows. */
  onAction(listener: (entry: AuditEntry) => void): void;
  /** Adds routes under `/api/v1`; each says in its `config` which right it needs. Call it before `listen`. */
  api(register: (app: ServiceApp) => void | Promise<void>): void;
  /** @throws ExecError `http.listen-failed` */
  listen(): Promise<{ readonly port: number }>;
  /** Finishes requests in flight, then ends; harmless when called again. */
  close(): Promise<void>;
}

/**
 * A server with health, metrics, OpenAPI, `/api/v1` behind the token, and limits on everything; `listen` opens it.
 * @throws Error when the certificate or its key cannot be read
 */
export function createHttpServer(options: HttpServerOptions): ServiceHttp {
  const limits = { ...defaultLimits, ...options.limits };
  const { env, logger, clock } = options;
  const app = createApp(options, limits);
  followCertificate(app, options);
  const sockets = new OpenSockets(app.server);
  const access = new Access({ tokens: env, logger, clock });
  const busy = new Busy(limits.atWork);
  const listeners: ((entry: AuditEntry) => void)[] = [];
  app.server.maxConnections = limits.connections;
  const answered = answersCounted(options.registry);
  const registrations: ((scope: ServiceApp) => void | Promise<void>)[] = [];
  /** Paths below `/api/v1`. */
  const offers = new Set<string>();
  const history = new History(options);
  let closing: Promise<void> | undefined;

  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (env.TLS_CERT_FILE !== undefined) void reply.header('strict-transport-security', 'max-age=31536000');
    sockets.began(request.raw, reply.raw);
    const began = logger.isLevelEnabled('debug') ? clock.monotonic() : undefined;
    // One listener for all that has to be done at the end: it comes last, also of a caller who went away. Hooks of fastify
    // would add four more to each request.
    reply.raw.on('close', () => {
      busy.leave(request);
      if (reply.raw.writableEnded) onAnswered(request, reply, began);
    });
    done();
  });
  const onAnswered = (request: FastifyRequest, reply: FastifyReply, began: MonotonicMs | undefined) => {
    const { url = 'none', config } = request.routeOptions;
    answered(url, reply.statusCode);
    if (config.right === 'operate' || request.action !== undefined) {
      const entry = auditEntryOf(request, reply, clock.now());
      for (const listener of listeners) listener(entry);
    }
    if (began !== undefined)
      logger.debug(
        {
          'trace.id': request.id,
          'http.request.method': request.method,
          'url.path': request.url.split('?', 1)[0],
          'http.response.status_code': reply.statusCode,
          'event.duration': Math.round((clock.monotonic() - began) * 1e6),
        },
        'HTTP request answered',
      );
  };

  const system: FastifyPluginAsync = async (root) =>
    systemRoutes(root as unknown as ServiceApp, {
      registry: options.registry,
      health: options.health,
      tellsDetails: (request) => access.rightOf(request) !== undefined,
    });
  const api: FastifyPluginAsync = async (root) => {
    const scope = root as unknown as ServiceApp;
    scope.addHook('onRequest', (request, reply, done) => {
      // What it says is of this moment and for this caller; no page may show it inside itself.
      void reply.header('cache-control', 'no-store').header('content-security-policy', apiPolicy);
      // Of a path that does not exist nothing is told to whom may not even read.
      access.check(request, request.is404 ? 'read' : (request.routeOptions.config.right ?? 'operate'));
      busy.enter(request);
      done();
    });
    scope.addHook('onRoute', ({ method, url, config }) => {
      if (config?.right === undefined) throw new Error(`${method} ${url} does not say which right it needs`);
      offers.add(url.replace(/^\/api\/v1/, ''));
    });
    tagAnswers(scope);
    // In this scope, so that a path that does not exist needs the token as well.
    scope.setNotFoundHandler((request, reply) => notFound(request, reply));
    for (const register of registrations) await register(scope);
  };
  void app.register(system);
  void app.register(api, { prefix: '/api' });
  const { service, version, instanceId = service } = options;
  if (options.console !== undefined) addConsole(app, options, { instanceId, access, offers });
  const addApi = (register: (versioned: ServiceApp) => void | Promise<void>) => {
    registrations.push(async (scope) => {
      const plugin: FastifyPluginAsync = async (versioned) => register(versioned as unknown as ServiceApp);
      await scope.register(plugin, { prefix: '/v1' });
    });
  };
  const startedAt = new Date(clock.now()).toISOString();
  addApi((versioned) =>
    overviewRoute(versioned, { service, version, instanceId, startedAt, health: options.health, history }),
  );

  return {
    app,
    access,
    onAction(listener) {
      listeners.push(listener);
    },
    api: addApi,
    async listen() {
      try {
        await app.listen({ host: env.HTTP_HOST, port: env.HTTP_PORT });
      } catch (error) {
        const reason = textOf(error);
        throw new ExecError('http.listen-failed', `HTTP cannot be served: ${reason}`, { cause: error });
      }
      history.start();
      const address = app.server.address();
      return { port: typeof address === 'object' && address !== null ? address.port : env.HTTP_PORT };
    },
    close() {
      history.stop();
      closing ??= closeWithin(app, sockets, limits.close, clock).finally(() => access.close());
      return closing;
    },
  };
}

function addConsole(
  app: ServiceApp,
  options: HttpServerOptions,
  of: Pick<ConsoleOptions, 'instanceId' | 'access'> & { readonly offers: Iterable<string> },
): void {
  const { service, version, clock, logger, env } = options;
  const plugin: FastifyPluginAsync = async (root) =>
    consoleRoutes(root as unknown as ServiceApp, {
      ...of,
      ...{ service, version, clock, logger, links: options.console?.links ?? [] },
      folders: options.console?.folders,
      tls: env.TLS_CERT_FILE !== undefined,
      offers: () => of.offers,
    });
  // Relative, so that a prefix of a proxy stays.
  app.get('/console', { schema: { hide: true } }, (_request, reply) =>
    reply.header('location', 'console/').code(308).send(),
  );
  void app.register(plugin, { prefix: '/console' });
}

const apiPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Counts an answer; what is counted goes into the metric when somebody asks for it. */
function answersCounted(registry: Registry): (route: string, status: number) => void {
  const counts = new Map<string, Map<number, number>>();
  new Counter({
    name: 'exec_http_requests_total',
    help: 'Answered requests by the path of their route (`none`: there is no such path) and status.',
    labelNames: ['route', 'status'],
    registers: [registry],
    collect() {
      for (const [route, ofRoute] of counts)
        for (const [status, count] of ofRoute) {
          this.inc({ route, status: String(status) }, count);
          ofRoute.set(status, 0);
        }
    },
  });
  return (route, status) => {
    let ofRoute = counts.get(route);
    if (ofRoute === undefined) {
      ofRoute = new Map();
      counts.set(route, ofRoute);
    }
    ofRoute.set(status, (ofRoute.get(status) ?? 0) + 1);
  };
}

function createApp(options: HttpServerOptions, limits: HttpLimits): ServiceApp {
  const { service, version, env, logger } = options;
  const serverOptions: FastifyServerOptions<Server> & { http: object } = {
    logger: false,
    requestTimeout: limits.request,
    connectionTimeout: limits.connection,
    bodyLimit: limits.body,
    keepAliveTimeout: keepAliveMs,
    // Node looks for late requests at this interval; its default of 30 s would stretch the limit.
    http: { connectionsCheckingInterval: Math.min(1000, limits.request) },
    // While closing, requests on open connections are still answered, and told to close.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => void sendProblem(reply, error, request),
    clientErrorHandler: (error, socket) => {
      const status = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }[error.code ?? ''] ?? 400;
      if (socket.writable) socket.write(rawProblem(status, randomUUID()));
      socket.destroySoon();
    },
  };
  const tls =
    env.TLS_CERT_FILE === undefined || env.TLS_KEY_FILE === undefined
      ? {}
      : {
          https: {
            ...serverOptions.http,
            cert: readFileSync(env.TLS_CERT_FILE),
            key: readFileSync(env.TLS_KEY_FILE),
            minVersion: oldestTls,
          },
        };
  const app = fastify({ ...serverOptions, ...tls } as FastifyServerOptions<Server>) as unknown as ServiceApp;
  // Node exchanges the two limits when the one for the head is longer, and its default is 60 s.
  app.server.headersTimeout = limits.request;
  app.addHook('onRoute', (route) => {
    if (route.config?.answersAtOnce !== true) route.handlerTimeout ??= limits.handler;
  });
  app.decorateRequest('caller');
  app.decorateRequest('action');
  app.decorateRequest('isAtWork', false);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => {
    const answer = sendProblem(reply, error, request);
    const where = { 'trace.id': request.id, 'url.path': request.routeOptions.url };
    // Something is away or not ready yet: that is said elsewhere, once; here a line a request is enough.
    if (reply.statusCode === 503 && error instanceof ExecError)
      logger.warn({ ...where, 'error.code': error.code }, `Request refused: ${error.message}`);
    else if (reply.statusCode >= 500) logger.error({ ...where, err: error }, 'Request failed');
    return answer;
  });
  app.setNotFoundHandler((request, reply) => notFound(request, reply));
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `EX Engage Connector: ${service.toUpperCase()}`,
        version,
        description: `REST interface of ${service.toUpperCase()}. Errors are problem details (RFC 9457) with a stable code; a page is followed by the one that its \`next\` names, until that is null.`,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes },
      security: securityOf('operate'),
    },
    transform: openApiTransform,
    transformObject: openApiCompleted,
  });
  void app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  return app;
}

/** New connections are given the new certificate; those that stand keep theirs. */
function followCertificate(app: ServiceApp, { env, files }: HttpServerOptions): void {
  const { TLS_CERT_FILE, TLS_KEY_FILE } = env;
  if (files === undefined || TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return;
  files.follow({ TLS_CERT_FILE, TLS_KEY_FILE }, ({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }) => {
    checkKeyPair(cert, key);
    (app.server as unknown as TlsServer).setSecureContext({ cert, key, minVersion: oldestTls });
  });
}

function notFound(
  request: Parameters<typeof sendProblem>[2],
  reply: Parameters<typeof sendProblem>[0],
): ReturnType<typeof sendProblem> {
  return sendProblem(reply, new ExecError('request.not-found', 'There is nothing at this path.'), request);
}

/** A request ID of the caller is kept when it is short and printable, so that it is safe in logs and headers. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : randomUUID();
}

async function closeWithin(
  app: ServiceApp,
  sockets: OpenSockets,
  limitMs: number,
  clock: Clock,
): Promise<void> {
  const timer = clock.setTimer(limitMs, () => sockets.endAll());
  try {
    const closed = app.close();
    sockets.endUnused();
    await closed;
  } finally {
    timer.cancel();
  }
}
