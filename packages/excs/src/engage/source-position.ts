/**
 * How far the server that is read has come. A standby that lags shows what is new as if it were not there: a read of it
 * must not take anything away, nor set anything back.
 */
import { ExecError } from '@exec/common/errors';
import type { Transaction } from './config-db.ts';

export interface SourcePosition {
  /** System identifier of PostgreSQL: equal for a primary and its standbys, another for every other database. */
  readonly system: string;
  /** Position in the write-ahead log, `16/B374D848`. */
  readonly lsn: string;
}

export interface FoundPosition {
  /** A standby, or a server that is being restored. */
  readonly inRecovery: boolean;
  /** Undefined when the server does not tell: an old release, or a right that was taken away. */
  readonly position: SourcePosition | undefined;
}

/** Every account may ask for these, unless somebody has revoked it; names since release 10. */
const positionSql =
  'SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text, ' +
  '(SELECT system_identifier::text FROM pg_control_system())';

/** Asks in the transaction of a read, so that no pooler or balancer answers from another server. */
export async function positionOf(transaction: Transaction): Promise<FoundPosition> {
  const [recovery] = await transaction.rows('SELECT pg_is_in_recovery()');
  const [row] = (await transaction.attempt(positionSql)) ?? [];
  const [lsn, system] = row ?? [];
  return {
    inRecovery: recovery?.[0] === 't',
    position: lsn == null || system == null ? undefined : { system, lsn },
  };
}

/** Bytes of the log between what was seen before and this server; 0 when it is not behind, or another database. */
export function bytesBehind(seen: SourcePosition | undefined, found: FoundPosition): number {
  // A primary is believed, whatever its position: after a fail-over that lost transactions it is the truth.
  if (seen === undefined || found.position === undefined || !found.inRecovery) return 0;
  if (seen.system !== found.position.system) return 0;
  return Math.max(0, Number(bytesOf(seen.lsn) - bytesOf(found.position.lsn)));
}

/** What later reads are compared with. */
export function nextSeen(seen: SourcePosition | undefined, found: FoundPosition): SourcePosition | undefined {
  if (found.position === undefined) return seen;
  return bytesBehind(seen, found) > 0 ? seen : found.position;
}

/** @throws ExecError `engage.source-lags` */
export function refuseLagging(seen: SourcePosition | undefined, found: FoundPosition): void {
  const behind = bytesBehind(seen, found);
  if (behind === 0) return;
  throw new ExecError(
    'engage.source-lags',
    `The read of the Config DB is refused: the server is a standby that has replayed its log up to ` +
      `${found.position?.lsn}, ${behind} bytes behind the ${seen?.lsn} that was read before.`,
    { retryable: true },
  );
}

function bytesOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
