/** The HTTP side of the fake: every published operation as a route, one shape for all errors, faults where they belong. */
import type { Clock } from '@exec/common/clock';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import { ApiError } from '../api-error.ts';
import type { InFlight } from '../events/in-flight.ts';
import type { FaultBoard, RequestFault } from '../fault-board.ts';
import type { Quirks } from '../options.ts';
import type { Recorder } from '../record/recorder.ts';
import { carryOut, send, sendApiError } from './answering.ts';
import { checkBody, maxBodyBytes } from './body.ts';
import type { Exchanges } from './exchange.ts';
import { effectAfterApplying, effectBeforeApplying, effectOnArrival, none } from './fault-effects.ts';
import type { Gate } from './gate.ts';
import type { Answer, ApiCall, Handler, Handlers } from './handler.ts';
import { declaresCode, type Operation, operations, routePath } from './operations.ts';
import { parseQuery } from './query.ts';

/** Paths that are not part of the API: for those who drive the fake. */
export const controlPrefix = '/__control';

/** Larger bodies are not even read. */
const readLimitBytes = 32 * 1024 * 1024;

export interface CloudServerParts {
  readonly clock: Clock;
  readonly quirks: Quirks;
  readonly recorder: Recorder;
  readonly faults: FaultBoard;
  readonly gate: Gate;
  readonly inFlight: InFlight;
  readonly exchanges: Exchanges;
  readonly handlers: Handlers;
  readonly conversationIds: (body: unknown) => ReadonlySet<string>;
  /** Aborted when the fake closes: ends waits. */
  readonly closing: AbortSignal;
}

/** Routes of the login and the control are added by the caller. */
export function createCloudServer(parts: CloudServerParts): FastifyInstance {
  const { exchanges, recorder, faults, inFlight, clock } = parts;
  const app = fastify({
    bodyLimit: readLimitBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const isControl = request.url.startsWith(controlPrefix);
    if (!isControl && body.length > maxBodyBytes)
      done(new ApiError(413, 'request.entity.too.large', `The body has more than ${maxBodyBytes} bytes.`));
    else if (body.length === 0) done(null, undefined);
    else
      try {
        done(null, JSON.parse(body.toString()));
      } catch {
        done(new ApiError(400, 'bad.request', 'The body is not valid JSON.'));
      }
  });
  app.addHook('onRequest', (request, reply, done) => {
    const exchange = exchanges.begin(request, reply, inFlight.arrive());
    void reply.headers({
      'ININ-Correlation-Id': exchange.correlationId,
      Date: new Date(clock.now()).toUTCString(),
    });
    if (faults.outageActive && !request.url.startsWith(controlPrefix)) exchanges.cut(exchange, reply);
    else done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const exchange = exchanges.of(request);
    if (exchange !== undefined) exchanges.end(exchange, reply.statusCode);
    done(null, payload);
  });
  app.setErrorHandler((error: Error, request, reply) => sendError(parts, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const message = `${request.method} ${request.url} is no operation of the API.`;
    recorder.violate({ receivedAt: clock.now(), code: 'path.unknown', message, operation: '' });
    return sendError(parts, new ApiError(404, 'not.found', message), request, reply);
  });
  for (const operation of operations) addOperation(app, parts, operation);
  return app;
}

function addOperation(app: FastifyInstance, parts: CloudServerParts, operation: Operation): void {
  const handler = parts.handlers[operation.id];
  if (handler === undefined) throw new Error(`No handler for ${operation.id}.`);
  app.route({
    method: operation.method,
    url: routePath(operation),
    onRequest: (request, reply, done) => {
      const exchange = parts.exchanges.of(request);
      if (exchange === undefined) throw new Error('The request was not announced.');
      const effect = parts.gate.enter(exchange, operation, request.headers.authorization, reply);
      if (effect.kind === 'none') done();
      else void carryOut(parts, effect, exchange, reply);
    },
    handler: (request, reply) => handle(parts, operation, handler, request, reply),
  });
}

async function handle(
  parts: CloudServerParts,
  operation: Operation,
  handler: Handler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const exchange = parts.exchanges.of(request);
  if (exchange?.token === undefined) throw new Error('The request has not passed the gate.');
  const { token, arrival } = exchange;
  const [path = '', search = ''] = request.url.split('?', 2);
  const query = parseQuery(operation, search);
  checkBody(operation, request.body);
  const fault = exchange.fault ?? batchFault(parts, operation, token.client.clientId, request.body);
  if (await carryOut(parts, fault === exchange.fault ? none : effectOnArrival(fault), exchange, reply))
    return reply;
  const params = request.params as Readonly<Record<string, string>>;
  const call: ApiCall = { operation, path, params, query, body: request.body, token, arrival };
  const isConversations = operation.id === 'postEventsConversations';
  const endInFlight = isConversations
    ? parts.inFlight.begin(parts.conversationIds(request.body))
    : () => undefined;
  reply.raw.once('close', endInFlight);
  try {
    await carryOut(parts, effectBeforeApplying(fault), exchange, reply);
    const answer = answerOf(operation, handler, call);
    if (operation.batch === true && parts.quirks.eventLatencyMs > 0)
      await parts.clock.sleep(parts.quirks.eventLatencyMs, parts.closing);
    const isDone = await carryOut(parts, effectAfterApplying(fault), exchange, reply);
    endInFlight();
    if (isDone) return reply;
    if (answer instanceof ApiError) throw answer;
    return send(reply, answer.status, answer.body);
  } finally {
    endInFlight();
  }
}

/** The fault that hits a batch for the number of its events. */
function batchFault(
  { faults }: CloudServerParts,
  operation: Operation,
  clientId: string,
  body: unknown,
): RequestFault | undefined {
  if (operation.batch !== true) return undefined;
  const arrays = Object.values(body as Readonly<Record<string, unknown>>).filter(Array.isArray);
  const events = arrays.reduce((sum, { length }) => sum + length, 0);
  return faults.forRequest(operation.id, clientId, events);
}

/** What the handler says; an error of the API is an answer too, so that faults after applying also hit it. */
function answerOf(operation: Operation, handler: Handler, call: ApiCall): Answer | ApiError {
  try {
    return handler(call);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (declaresCode(operation, error.status, error.code)) return error;
    throw new Error(`${operation.id} does not declare ${error.status} ${error.code}.`, { cause: error });
  }
}

function sendError(
  parts: CloudServerParts,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const exchange = parts.exchanges.of(request);
  const correlationId = exchange?.correlationId ?? '';
  if (exchange !== undefined && parts.closing.aborted) {
    parts.exchanges.cut(exchange, reply);
    return reply;
  }
  const apiError = error instanceof ApiError ? error : ofFramework(error as FastifyError);
  const operation = exchange?.operation;
  // A refused body of events is a mistake of the client's, as a refused event is.
  const isMistake = operation?.batch === true && (apiError.status === 400 || apiError.status === 413);
  if (apiError.status === 500 || isMistake)
    parts.recorder.violate({
      receivedAt: parts.clock.now(),
      code: apiError.status === 500 ? 'fake.internal' : `body.${apiError.code}`,
      message: apiError.status === 500 ? String(error.stack) : apiError.message,
      operation: operation?.id ?? request.url,
    });
  return sendApiError(apiError, correlationId, reply);
}

function ofFramework(error: FastifyError): ApiError {
  switch (error.statusCode) {
    case 413:
      return new ApiError(413, 'request.entity.too.large', error.message);
    case 415:
      return new ApiError(415, 'unsupported.media.type', error.message);
    case undefined:
      return new ApiError(500, 'internal.server.error', 'The fake has a fault; see its violations.');
    default:
      return new ApiError(400, 'bad.request', error.message);
  }
}
