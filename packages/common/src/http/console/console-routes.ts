/** `/console`: the page for those who run the service, and the session that it works with. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ConsoleLink } from '../../config/console-links.ts';
import { ExecError } from '../../errors/errors.ts';
import type { Logger } from '../../logging/logging.ts';
import type { Clock } from '../../time/clock.ts';
import type { Access } from '../access.ts';
import type { ServiceApp } from '../app.ts';
import { type BuiltFile, readConsole } from './built-files.ts';
import { ownHeader, Sessions } from './sessions.ts';

export interface ConsoleOptions {
  readonly service: string;
  readonly version: string;
  readonly instanceId: string;
  readonly links: readonly ConsoleLink[];
  readonly access: Access;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tls: boolean;
  /** Paths below `/api/v1` that the service answers. */
  readonly offers: () => Iterable<string>;
  /** Where the built files may lie; the usual places by default. */
  readonly folders?: readonly string[] | undefined;
}

/** Scripts, styles and requests of our own origin, nothing else; no frame around it. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

const notBuilt =
  'The console was not built, so there is none. From the sources: pnpm console:build, then start the service again.\n';

/**
 * @rule A session of the console is held in memory only, is bounded in time, and carries nothing without a header that
 *   a foreign page cannot send.
 * @test packages/common/src/http/console/sessions.test.ts
 * @test packages/common/src/http/console/console.test.ts
 */
export function consoleRoutes(app: ServiceApp, options: ConsoleOptions): void {
  const { service, version, instanceId, links, access, clock, logger, offers } = options;
  const built = readConsole(options.folders);
  if (built === undefined) logger.warn(notBuilt.trim());
  const sessions = new Sessions({
    clock,
    cookie: `exec-console-${service}-${createHash('sha256').update(instanceId).digest('hex').slice(0, 8)}`,
    byToken: (token) => access.byToken(token),
  });
  access.alsoBy((request) => sessions.callerOf(request));
  const isSecure = (request: FastifyRequest) =>
    options.tls || request.headers['x-forwarded-proto'] === 'https';
  const hidden = { schema: { hide: true } };

  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(securityHeaders);
    done();
  });

  app.get('/', { ...hidden, prefixTrailingSlash: 'slash' }, (request, reply) => {
    if (built !== undefined) return sendFile(request, reply, built.index, 'no-cache');
    return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
  });

  app.get<{ Params: { name: string } }>('/assets/:name', hidden, (request, reply) => {
    const file = built?.assets.get(request.params.name);
    if (file === undefined) throw new ExecError('request.not-found', 'There is no such file.');
    return sendFile(request, reply, file, 'public, max-age=31536000, immutable');
  });

  app.get('/session', hidden, (request, reply) => {
    void reply.header('cache-control', 'no-store');
    const right = access.rightOf(request);
    // No refusal: everybody begins like this, and a browser would report each as an error.
    if (right === undefined) return { service };
    const caller = sessions.callerOf(request);
    return {
      service,
      version,
      instanceId,
      links,
      right: right === 'operate' ? 'operator' : 'reader',
      name: caller?.name ?? 'this machine',
      loggedIn: caller !== undefined,
      offers: [...offers()],
    };
  });

  app.post(
    '/session',
    { schema: { hide: true, body: z.strictObject({ token: z.string().min(1).max(1_000) }) } },
    (request, reply) => {
      requireOwnHeader(request);
      const { token } = request.body;
      const caller = access.byToken(token);
      if (caller === undefined) return access.refuseToken(request);
      logger.info(
        {
          'trace.id': request.id,
          'client.address': request.socket.remoteAddress ?? 'unknown',
          'user.name': caller.name,
          'event.kind': 'audit',
        },
        'Logged in to the console',
      );
      return reply
        .code(204)
        .header('set-cookie', sessions.open(token, { secure: isSecure(request) }))
        .send();
    },
  );

  app.delete('/session', hidden, (request, reply) => {
    requireOwnHeader(request);
    return reply
      .code(204)
      .header('set-cookie', sessions.close(request, { secure: isSecure(request) }))
      .send();
  });
}

function requireOwnHeader(request: FastifyRequest): void {
  if (request.headers[ownHeader] === undefined)
    throw new ExecError('request.forbidden', `The request has no header ${ownHeader}.`);
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: BuiltFile,
  caching: string,
): FastifyReply {
  void reply.header('cache-control', caching).header('etag', file.tag).header('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === file.tag) return reply.code(304).send();
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (zipped) void reply.header('content-encoding', 'gzip');
  return reply.type(file.type).send(zipped ? file.zipped : file.content);
}
