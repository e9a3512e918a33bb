/** What people did by REST: one line in the log, one entry of the audit, also of what was refused. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answers/answer.ts';
import type { auditEntryAnswer } from '../answers/service.ts';
import { ExecError } from '../errors/errors.ts';
import type { Logger } from '../logging/logging.ts';

/** Says what a request has done, in words; of one that neither changes nor uncovers anything nothing is said. */
export type NoteAction = (request: FastifyRequest, what: string) => void;

export type AuditEntry = Answer<typeof auditEntryAnswer>;

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

/**
 * What is otherwise masked is for operators, and whoever asks for it is written down, also when it is refused.
 *
 * @param what that is asked for, for the audit
 * @throws ExecError `request.forbidden`
 */
export function requireOperator(request: FastifyRequest, what: string): void {
  request.action = `${what} asked for`;
  if (request.caller?.right !== 'operate')
    throw new ExecError('request.forbidden', 'Only an operator sees whole numbers.');
}

/** The entry of a request that was to change or to uncover something, once it is answered. */
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
