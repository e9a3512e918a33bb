/** Names of the Redis keys of EXCP; all share the hash tag of the deployment, so scripts may touch several. */
import type { KeySpace } from '@exec/common/redis';

export interface ExcpKeys {
  /** Stream of events and snapshots that are not processed yet. */
  readonly in: string;
  /** Hash: entries of that stream and bytes of them, as claims and commits have counted them. */
  readonly inSize: string;
  /** Prefix of the sets of claimed events, one for each minute of event time. */
  readonly seen: string;
  /** List: the minutes of which there is such a set and when it began (ms), in the order in which they began. */
  readonly seenMinutes: string;
  /** List: names of the events that were dealt with lately, the newest last. */
  readonly dealt: string;
  /** Hash: calls of which nothing more is taken: shed as a whole, or given up. */
  readonly shed: string;
  readonly lease: string;
  readonly leaseEpoch: string;
  /** Hash: open conversations and those that a disposition may still come for. */
  readonly conversations: string;
  /** Hash: who works at which DN. */
  readonly agents: string;
  /** Stream of voice events that the cloud has not accepted or refused for good. */
  readonly out: string;
  /** Hash: events that may have been sent already. */
  readonly sending: string;
  /** Hash: dead letters; sorted set: the same by time; hash: legs that a dead letter holds. */
  readonly dead: string;
  readonly deadTimes: string;
  readonly deadLegs: string;
  /** Stream: entries that made the model fail, the newest thousand. */
  readonly quarantine: string;
  /** Hash: name of the last commit; mark of this set of data. */
  readonly meta: string;
  /** Hash: which instance watches which connection; list of gaps. */
  readonly coverage: string;
  readonly gaps: string;
}

export function excpKeys(keys: KeySpace): ExcpKeys {
  const key = (...parts: string[]) => keys.key('excp', ...parts);
  return {
    in: key('in'),
    inSize: key('in-size'),
    seen: key('seen'),
    seenMinutes: key('seen-minutes'),
    dealt: key('dealt'),
    shed: key('shed'),
    lease: key('lease'),
    leaseEpoch: key('lease-epoch'),
    conversations: key('conversations'),
    agents: key('agents'),
    out: key('out'),
    sending: key('sending'),
    dead: key('dead-letters'),
    deadTimes: key('dead-letter-times'),
    deadLegs: key('dead-legs'),
    quarantine: key('quarantine'),
    meta: key('meta'),
    coverage: key('coverage'),
    gaps: key('gaps'),
  };
}
