/** Answers of the API to the console carry a tag, so that asking again for what has not changed costs a few bytes. */
import { createHash } from 'node:crypto';
import type { onSendHookHandler } from 'fastify';
import type { ServiceApp } from '../app.ts';
import { ownHeader } from './sessions.ts';

/** Tags what the routes of the scope answer, but for look-ups: pages of them have a tag of their own, one is short. */
export function tagAnswers(scope: ServiceApp): void {
  scope.addHook('onRoute', (route) => {
    if (route.config?.answersAtOnce !== true) route.onSend = [tag, route.onSend ?? []].flat();
  });
}

const tag: onSendHookHandler = (request, reply, payload, done) => {
  const mayTag =
    request.headers[ownHeader] !== undefined &&
    request.method === 'GET' &&
    reply.statusCode === 200 &&
    typeof payload === 'string' &&
    !reply.hasHeader('etag');
  if (!mayTag) {
    done(null, payload);
    return;
  }
  const given = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
  void reply.header('etag', given).header('cache-control', 'no-cache');
  if (request.headers['if-none-match'] !== given) {
    done(null, payload);
    return;
  }
  void reply.code(304).removeHeader('content-length').removeHeader('content-type');
  done(null, null);
};
