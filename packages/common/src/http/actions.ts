/** What people did by REST: one line in the log, one entry of the audit, also of what was refused. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logging.ts';

/** Says what a request has done, in words; of a request that changes nothing nothing is said. */
export type NoteAction = (request: FastifyRequest, what: string) => void;

export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Of the token, as `name=token` gives it. */
  readonly who: string;
  readonly address: string;
  readonly requestId: string;
  readonly what: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Of the answer. */
  readonly status: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What it has done, in words. */
    action: string | undefined;
  }
}

/** The caller chooses the request ID: EXOP's begin with `exop-` and the name of the person at the bootstrap VM. */
export function noteActions(logger: Logger): NoteAction {
  return (request, what) => {
    request.action = what;
    logger.info(
      {
        'trace.id': request.id,
        'client.address': addressOf(request),
        'user.name': whoOf(request),
        'event.kind': 'audit',
      },
      `${what} (request ${request.id})`,
    );
  };
}

/** The entry of a request to a route that changes something, once it is answered. */
export function auditEntryOf(request: FastifyRequest, reply: FastifyReply, at: number): AuditEntry {
  const { statusCode: status } = reply;
  const path = request.url.split('?', 1)[0]?.slice(0, 200) ?? '';
  return {
    at: new Date(at).toISOString(),
    who: whoOf(request),
    address: addressOf(request),
    requestId: request.id,
    what: request.action ?? `${request.method} ${path}`,
    outcome: status < 400 ? 'done' : [401, 403, 429].includes(status) ? 'refused' : 'failed',
    status,
  };
}

function whoOf(request: FastifyRequest): string {
  return request.caller?.name ?? 'unknown';
}

function addressOf(request: FastifyRequest): string {
  return request.socket.remoteAddress ?? 'unknown';
}
