/** One line in the log for each thing that a person did by REST. */
import type { FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logging.ts';

export type NoteAction = (request: FastifyRequest, what: string) => void;

/** The caller chooses the request ID: EXOP's begin with `exop-` and the name of the person at the bootstrap VM. */
export function noteActions(logger: Logger): NoteAction {
  return (request, what) =>
    logger.info(
      {
        'trace.id': request.id,
        'client.address': request.socket.remoteAddress ?? 'unknown',
        'user.name': request.caller?.name ?? 'unknown',
        'event.kind': 'audit',
      },
      `${what} (request ${request.id})`,
    );
}
