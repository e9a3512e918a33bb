/** What a command stands in: streams, and the wish to stop. */
import type { Readable, Writable } from 'node:stream';

export interface Around {
  readonly stdin: Readable;
  readonly stdout: Pick<Writable, 'write'>;
  readonly stderr: Writable;
  /** Whether a person sits at standard input. */
  readonly interactive: boolean;
  /** Folder to which the paths of the command line are relative. */
  readonly folder: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}
