/** One frame of Engage Link: a JSON object with a message name and its attributes, on a line of its own. */
import { ExecError } from '@exec/common/errors';

/** Longest line in bytes. What we send keeps it with its newline; what we read may have it without. */
export const MAX_LINE_BYTES = 1_048_576;

/** The version both sides name when a connection opens. */
export const PROTOCOL_VERSION = 'engage-link/1';

/** A checked envelope; the attributes are whatever the peer sent. */
export interface Frame {
  readonly message: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * One line, ready to be written to a socket.
 * @throws {ExecError} link.frame-too-long when the line, with its newline, would pass the limit.
 */
export function encodeFrame(message: string, attributes: object): Buffer {
  const line = Buffer.from(`${JSON.stringify({ message, attributes })}\n`, 'utf8');
  if (line.length > MAX_LINE_BYTES)
    throw new ExecError(
      'link.frame-too-long',
      `${message} takes ${line.length} bytes, the limit is ${MAX_LINE_BYTES}`,
      {
        details: { message, bytes: line.length },
      },
    );
  return line;
}
