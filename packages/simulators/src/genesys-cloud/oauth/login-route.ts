/** `POST /oauth/token` as a route, with faults of its own. */
import type { FastifyInstance } from 'fastify';
import { type FaultBoard, loginOperation } from '../fault-board.ts';
import { type Carrier, carryOut, send } from '../http/answering.ts';
import { effectAfterApplying, effectBeforeApplying, effectOnArrival } from '../http/fault-effects.ts';
import type { OAuthClient, Quirks } from '../options.ts';
import type { Recorder } from '../record/recorder.ts';
import { clientIdOf, login, loginRefused, loginThrottled } from './login.ts';
import type { TokenStore } from './tokens.ts';

export interface LoginParts {
  readonly clients: readonly OAuthClient[];
  readonly tokens: TokenStore;
  readonly quirks: Quirks;
  readonly recorder: Recorder;
  readonly faults: FaultBoard;
  readonly carrier: Carrier;
}

export function addLoginRoute(app: FastifyInstance, o: LoginParts): void {
  // In a scope of its own: forms are for the login only.
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, parsed) => parsed(null, body),
    );
    addRoute(scope, o);
    done();
  });
}

function addRoute(app: FastifyInstance, o: LoginParts): void {
  app.post('/oauth/token', async (request, reply) => {
    o.recorder.countLogin(loginOperation);
    const exchange = o.carrier.exchanges.of(request);
    if (exchange === undefined) throw new Error('The request was not announced.');
    exchange.operationId = loginOperation;
    const { authorization } = request.headers;
    const fault = o.faults.forRequest(loginOperation, clientIdOf(authorization));
    if (await carryOut(o.carrier, effectOnArrival(fault), exchange, reply)) return reply;
    await carryOut(o.carrier, effectBeforeApplying(fault), exchange, reply);
    const form = typeof request.body === 'string' ? request.body : '';
    const answer =
      fault?.kind === 'login-refused'
        ? loginRefused()
        : fault?.kind === 'login-throttled'
          ? loginThrottled()
          : login({ authorization, form }, o.clients, o.tokens, o.quirks);
    if (await carryOut(o.carrier, effectAfterApplying(fault), exchange, reply)) return reply;
    return send(reply, answer.status, answer.body);
  });
}
