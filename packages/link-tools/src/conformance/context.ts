/** What every check is given: whom to look at, with which patience, and who plays test calls. */
import type { Clock } from '@exec/common/clock';
import type { Secret } from '@exec/common/config';
import type { LinkTls, ServerAddress } from '@exec/engage-link';
import { dial, Probe } from '@exec/engage-link/probe';
import type { ServerRole } from '@exec/engage-link/wire';
import type { Calls } from './test-calls.ts';

/** Milliseconds. */
export interface Limits {
  /** For an answer; the contract's own limit. */
  readonly answer: number;
  /** From the start of monitoring to ResyncDone. */
  readonly resync: number;
  /** For a test call, whoever plays it. */
  readonly call: number;
  /** For what must not come. */
  readonly quiet: number;
}

export const defaultLimits: Limits = { answer: 10_000, resync: 30_000, call: 180_000, quiet: 2_000 };

export interface Client {
  readonly applicationName: string;
  readonly password?: Secret | undefined;
  readonly tls?: LinkTls | undefined;
}

export interface Context {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly client: Client;
  /** What the role must be; undefined: either will do. */
  readonly role?: ServerRole | undefined;
  readonly calls: Calls;
}

/** @throws ExecError as {@link dial} */
export async function connect(context: Context, address: ServerAddress): Promise<Probe> {
  const { clock, limits, client } = context;
  const tls = client.tls === undefined ? {} : { tls: client.tls };
  const stream = await dial(address, { clock, limitMs: limits.answer, ...tls });
  return new Probe(stream, { clock });
}
