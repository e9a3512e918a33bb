/** A line that breaks the framing rules, described without a byte of its content. */
import { createHash } from 'node:crypto';
import { ExecError } from '@exec/common/errors';

/** What is wrong with the line. */
export type ProtocolFault = 'too-long' | 'not-utf8' | 'not-json' | 'not-a-frame';

const descriptions: Record<ProtocolFault, string> = {
  'too-long': 'the line is longer than the limit',
  'not-utf8': 'the line is not UTF-8',
  'not-json': 'the line is not JSON',
  'not-a-frame': 'the line is not an object with a string "message" and an object "attributes"',
};

/**
 * Raised by the decoder; the connection it came from must be closed. The peer's bytes may hold anything, so
 * only their length, place and hash are kept: enough to find the line in a capture.
 */
export class ProtocolError extends ExecError {
  override readonly name = 'ProtocolError';
  readonly fault: ProtocolFault;
  /** Bytes of the line without its ending; of a line that is too long, the bytes that were looked at. */
  readonly length: number;
  /** Position of the line's first byte, counted from the first byte of the connection. */
  readonly offset: number;
  /** SHA-256 of those bytes, in hexadecimal. */
  readonly sha256: string;

  constructor(fault: ProtocolFault, line: Uint8Array, offset: number) {
    const sha256 = createHash('sha256').update(line).digest('hex');
    super(
      'link.protocol',
      `${descriptions[fault]} (${line.length} bytes at offset ${offset}, SHA-256 ${sha256})`,
      { retryable: true, details: { fault, length: line.length, offset, sha256 } },
    );
    this.fault = fault;
    this.length = line.length;
    this.offset = offset;
    this.sha256 = sha256;
  }
}
