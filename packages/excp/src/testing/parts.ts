/** Parts of a conversation for tables of the model: what a row does not speak of is filled in. */
import { asId, type CallUuid, type CloudQueueId, type CloudUserId } from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import type { Change, LegEstablished, LegIdentity } from '../conversation/changes.ts';
import { Draft } from '../conversation/draft.ts';
import type { Call, Conversation, Leg, LegKey, LegKind } from '../conversation/state.ts';
import { defaultSettings, type MappingLookups, type StepContext } from '../conversation/step-context.ts';

/** Event time, in seconds. */
export const second = (seconds: number) => engageMicros(seconds * 1_000_000);

export const userOf = (key: LegKey) => asId<CloudUserId>(`user of ${key}`);
export const queueOf = (number: string) => asId<CloudQueueId>(`queue ${number}`);

export const home = 'site/call';

/** Answered at its begin, at second 1. */
export function legOf(kind: LegKind, key: LegKey, o: Partial<Leg> = {}): Leg {
  const at = o.at ?? second(1);
  return {
    ...{ key, kind, home, site: 'site', dn: `dn ${key}`, at, seen: streamMs(1_000) },
    ...(kind === 'user' ? { userId: userOf(key) } : {}),
    ...(kind === 'queue' ? { queueId: queueOf(`dn ${key}`) } : {}),
    ...(o.alerting === true ? {} : { answeredAt: at }),
    ...{ alerting: false, held: false, canHear: true, canSpeak: true },
    ...o,
  };
}

export function callOf(o: Partial<Call> = {}): Call {
  return {
    ...{ key: home, site: 'site', uuid: asId<CallUuid>('call'), connIds: [], type: 'Inbound', at: second(1) },
    ...{ parties: [], links: [], removed: [], left: 0, seen: streamMs(1_000) },
    ...o,
  };
}

export function conversationOf(o: Partial<Conversation> = {}): Conversation {
  return {
    ...{ key: home, interactionId: asId<CallUuid>('call'), calls: [callOf()], legs: [], consults: [] },
    ...{ reportable: true, published: true, unpublished: [], touchedAt: streamMs(1_000) },
    ...o,
  };
}

const lookups: MappingLookups = {
  userOfLogin: () => undefined,
  userOfEmployee: () => undefined,
  queue: (_, number) => (number.startsWith('unmapped') ? undefined : queueOf(number)),
  skills: () => [],
  wrapupCode: () => undefined,
};

/** @param o `caughtUp`: what is known of all connections; default: they have told nothing */
export function draftOf(state: Partial<Conversation>, o: Partial<StepContext> = {}): Draft {
  return new Draft(conversationOf(state), {
    ...{ now: streamMs(60_000), place: 7, lookups, settings: defaultSettings },
    occupant: () => ({ kind: 'unknown' }),
    caughtUp: () => false,
    ...o,
  });
}

/** A leg of that name begins, at that second. */
export function begins(leg: LegKey, at: number, o: Partial<LegEstablished> = {}): LegEstablished {
  const is: LegIdentity = { kind: 'external' };
  return { change: 'established', leg, is, at: second(at), alerting: false, inbound: true, ...o };
}

export function ends(leg: LegKey, at: number): Change {
  return { change: 'ended', leg, at: second(at), disconnect: 'Peer' };
}

/** In short: what happens to which leg, or the legs of a transfer. */
export function said(changes: readonly Change[]): string[] {
  return changes.map((change) =>
    'leg' in change
      ? `${change.leg} ${change.change}`
      : `${change.initiating}>${change.target} ${change.change}`,
  );
}
