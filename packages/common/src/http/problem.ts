/** Error answers: `application/problem+json` of RFC 9457 with a stable `code`. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isResponseSerializationError } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ErrorCode, ExecError, errorCodes } from '../errors/errors.ts';

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .describe('Problem details as of RFC 9457; `code` is stable.');

export type Problem = z.infer<typeof problemSchema>;

/** Faults of requests that fastify itself finds, and the code under which they are answered. */
const requestFaults: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported-media-type',
  FST_ERR_HANDLER_TIMEOUT: 'service.unavailable',
};

/**
 * The problem for an error. Below 500 the message is for the caller; from 500 on it may tell about our inside,
 * so the caller gets the general text of the code and finds the rest in the log by the request ID.
 */
export function problemOf(error: unknown, requestId: string): Problem {
  const { code, detail, errors } = faultOf(error);
  const { status, summary, remedy } = errorCodes[code];
  return {
    type: `urn:exec:problem:${code}`,
    title: summary,
    status,
    code,
    detail: status >= 500 ? remedy : (detail ?? remedy),
    requestId,
    ...(errors === undefined ? {} : { errors }),
  };
}

/** Answers with the problem (RFC 9457) that an error is; from status 500 on without its message. */
export function sendProblem(reply: FastifyReply, error: unknown, request: FastifyRequest): FastifyReply {
  const problem = problemOf(error, request.id);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (problem.status === 429) void reply.header('retry-after', '60');
  return (
    reply
      .code(problem.status)
      // Set here again: a request that fails before its hooks run has none yet.
      .header('x-request-id', request.id)
      .header('content-type', 'application/problem+json')
      .serializer((payload: unknown) => JSON.stringify(payload))
      .send(problem)
  );
}

/** The whole answer as bytes, for requests that never became one: a malformed head, a head too slow or too long. */
export function rawProblem(status: number, requestId: string): string {
  const title = status === 408 ? 'The request took too long to arrive.' : 'The request is malformed.';
  const body = JSON.stringify({
    type: 'urn:exec:problem:request.invalid',
    title,
    status,
    code: 'request.invalid',
    detail: errorCodes['request.invalid'].remedy,
    requestId,
  } satisfies Problem);
  const reason = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' }[
    status
  ];
  return (
    `HTTP/1.1 ${status} ${reason ?? 'Bad Request'}\r\ncontent-type: application/problem+json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}

interface Fault {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly errors?: Problem['errors'];
}

function faultOf(error: unknown): Fault {
  if (error instanceof ExecError) return { code: error.code, detail: error.message };
  if (isResponseSerializationError(error)) return { code: 'internal.unexpected' };
  const fault = error as Partial<FastifyError>;
  if (fault.validation !== undefined) {
    const errors = fault.validation.slice(0, 50).map((issue) => ({
      path: `${fault.validationContext ?? 'request'}${issue.instancePath ?? ''}`,
      message: issue.message ?? 'is not valid',
    }));
    const detail = errors.map((issue) => `${issue.path}: ${issue.message}`).join('; ');
    return { code: 'request.invalid', detail, errors };
  }
  const known = requestFaults[fault.code ?? ''];
  if (known !== undefined) return { code: known };
  if (fault.statusCode !== undefined && fault.statusCode >= 400 && fault.statusCode < 500)
    return { code: fault.statusCode === 404 ? 'request.not-found' : 'request.invalid' };
  return { code: 'internal.unexpected' };
}
