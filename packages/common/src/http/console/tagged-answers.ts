/** Answers of the API to the console carry a tag, so that asking again for what has not changed costs a few bytes. */
import { createHash } from 'node:crypto';
import type { ServiceApp } from '../app.ts';
import { ownHeader } from './sessions.ts';

export function tagAnswers(scope: ServiceApp): void {
  scope.addHook('onSend', (request, reply, payload, done) => {
    const mayTag =
      request.method === 'GET' &&
      request.headers[ownHeader] !== undefined &&
      reply.statusCode === 200 &&
      typeof payload === 'string' &&
      !reply.hasHeader('etag');
    if (!mayTag) {
      done(null, payload);
      return;
    }
    const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
    void reply.header('etag', tag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] !== tag) {
      done(null, payload);
      return;
    }
    void reply.code(304).removeHeader('content-length').removeHeader('content-type');
    done(null, null);
  });
}
