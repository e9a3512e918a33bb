/**
 * One consultation as a state machine: begun when the consulted party or queue is there, then completed, merged into a
 * conference, or given up.
 *
 * `waiting`: somebody is missing, or another consult transfer is open: endConsultTransferEvents names none, so a
 * conversation has one at a time (docs/decisions/0005). `begun`: the consult transfer is open in the cloud. `joined`: the
 * consulted party takes part in the main call, and who consulted has not left yet. `over`: part of the main call.
 */
import { type EngageMicros, engageMicros, type StreamMs } from '@exec/common/instants';
import type { Step } from '@exec/common/machine';
import type { ConsultChanged } from './changes.ts';
import type { CallKey, Consult, LegKey } from './state.ts';

export type ConsultInput =
  /** The leg of the one who consults is known. */
  | { readonly kind: 'initiator-known'; readonly leg: LegKey }
  /** A leg is new in the consultation. `target`: what is consulted at present, if its leg is open. */
  | {
      readonly kind: 'leg-joined';
      readonly leg: LegKey;
      readonly isQueue: boolean;
      readonly target: 'none' | 'queue' | 'party';
    }
  /** Asked after everything that may have removed an obstacle. */
  | ({ readonly kind: 'may-begin'; readonly at: EngageMicros } & Readiness)
  /** The reached party takes part in the main call. `until`: stream time after which all of them stay, milliseconds. */
  | {
      readonly kind: 'joined-main';
      readonly at: EngageMicros;
      readonly until: StreamMs;
      readonly isConference: boolean;
      readonly initiator: Initiator;
    }
  /** Who consults leaves the main call while others stay in it. */
  | ({ readonly kind: 'initiator-left'; readonly isTransfer: boolean } & Completion)
  /** The transfer is complete. */
  | ({ readonly kind: 'completed' } & Completion)
  /** Nobody has left for so long that all of them stay. */
  | { readonly kind: 'time-over' }
  /** The reached party `from` has consulted `to` itself, and hands this consultation over. */
  | { readonly kind: 'handed-on'; readonly from: LegKey; readonly to: LegKey; readonly at: EngageMicros }
  /** The consultation `call`, about which this one may be, is part of `main` now. */
  | { readonly kind: 'outer-over'; readonly call: CallKey; readonly main: CallKey }
  | { readonly kind: 'leg-ended'; readonly leg: LegKey; readonly at: EngageMicros }
  /** Who consults takes the main call back. */
  | { readonly kind: 'retrieved'; readonly at: EngageMicros }
  | { readonly kind: 'main-ended'; readonly at: EngageMicros }
  /** Its own call has ended. `intoMain`: merged into the main call. */
  | {
      readonly kind: 'call-ended';
      readonly at: EngageMicros;
      readonly intoMain: boolean;
      readonly initiator: Initiator;
      readonly reached: 'open' | 'moving' | 'gone';
    }
  /** The reached party was made to leave, since the consultation is over. */
  | { readonly kind: 'given-up'; readonly at: EngageMicros }
  /** Nobody is left, or the conversation is closed. */
  | { readonly kind: 'cancelled'; readonly at: EngageMicros };

/** What is there to begin with. */
export interface Readiness {
  /** Another consult transfer of the conversation is open. */
  readonly anotherRuns: boolean;
  /** The leg that would be handed over; undefined as well when initiator or target are not there. */
  readonly object: LegKey | undefined;
  /** Event time at which the initiator left with nobody known to hand over to, microseconds. */
  readonly leftAt: EngageMicros | undefined;
}

/** Who consults, as the main call sees him. `leftAt`: event time at which he left, and waits; microseconds. */
export type Initiator =
  | { readonly is: 'present' | 'gone' }
  | { readonly is: 'leaving'; readonly leftAt: EngageMicros };

export interface Completion {
  readonly at: EngageMicros;
  /** The leg that was handed over and the one that was reached are both open. */
  readonly bothOpen: boolean;
}

export type ConsultEffect =
  | { readonly kind: 'publish'; readonly change: ConsultChanged }
  /** The initiator has left already: completes the transfer at that time. */
  | { readonly kind: 'complete'; readonly at: EngageMicros }
  /** The consultations about this one are about the main call now. */
  | { readonly kind: 'move-inner'; readonly to: CallKey }
  | { readonly kind: 'set-main'; readonly main: CallKey }
  /** Others who consulted the initiator consult the reached party from now on. */
  | {
      readonly kind: 'hand-on';
      readonly from: LegKey | undefined;
      readonly to: LegKey | undefined;
      readonly at: EngageMicros;
    }
  | { readonly kind: 'end-initiator'; readonly at: EngageMicros }
  /** The reached party has left its call and does not return. */
  | { readonly kind: 'release-reached' }
  | { readonly kind: 'end-reached'; readonly at: EngageMicros }
  | { readonly kind: 'give-up'; readonly at: EngageMicros }
  /** One that had to wait for the end of another one may begin. */
  | { readonly kind: 'begin-next'; readonly at: EngageMicros };

type ConsultStep = Step<Consult, ConsultEffect>;

/** A consultation that is open in the cloud. */
export function isRunning({ phase }: Consult): boolean {
  return phase === 'begun' || phase === 'joined';
}

/**
 * @rule A consultation begins with the consulted party, and ends completed, as a conference, or given up; one at a time.
 * @scenario consult-completed, consult-completed-while-ringing, consult-reconnected, consult-unanswered,
 *   consult-target-hangs-up, consult-queue-completed, consult-in-consult-handed-on, consult-in-consult-conference
 * @test consult.test.ts
 * @page docs/decisions/0005-where-sources-are-silent.md
 */
export function nextConsult(state: Consult, input: ConsultInput): ConsultStep {
  switch (input.kind) {
    case 'initiator-known':
      return { state: { ...state, initiator: state.initiator ?? input.leg }, effects: [] };
    case 'leg-joined':
      return state.phase === 'over' ? same(state) : legJoined(state, input);
    case 'may-begin':
      return mayBegin(state, input);
    case 'joined-main':
      return joinedMain(state, input);
    case 'initiator-left':
      if (state.phase !== 'joined' && !input.isTransfer) return same(state);
      return completed(state, input);
    case 'completed':
      return completed(state, input);
    case 'time-over':
      return state.phase === 'joined' ? merged(state, state.joinedAt ?? engageMicros(0)) : same(state);
    case 'handed-on':
      return handedOn(state, input);
    case 'outer-over':
      if (state.main !== input.call || state.phase === 'over') return same(state);
      return { state: { ...state, main: input.main }, effects: [{ kind: 'set-main', main: input.main }] };
    case 'leg-ended':
      return legEnded(state, input);
    case 'retrieved':
      if (state.phase === 'joined') return merged(state, state.joinedAt ?? input.at);
      return state.phase === 'begun' ? { state, effects: [{ kind: 'release-reached' }] } : same(state);
    case 'main-ended': {
      const { state: left, effects } = cancelled(state, input.at);
      return { state: { ...left, phase: 'over' }, effects };
    }
    case 'call-ended':
      return callEnded(state, input);
    case 'given-up':
      return state.phase === 'begun' ? cancelled(state, input.at) : same(state);
    case 'cancelled':
      return state.phase === 'over' ? same(state) : cancelled(state, input.at);
  }
}

type Of<K extends ConsultInput['kind']> = Extract<ConsultInput, { kind: K }>;

function same(state: Consult): ConsultStep {
  return { state, effects: [] };
}

/** Another party in the same consultation is not the one that was called; behind a queue it is. */
function legJoined(state: Consult, { leg, isQueue, target }: Of<'leg-joined'>): ConsultStep {
  const reaches = !isQueue && target !== 'party';
  const isCalled = target === 'none' && state.phase === 'waiting';
  return same({ ...state, ...(reaches ? { reached: leg } : {}), ...(isCalled ? { target: leg } : {}) });
}

function mayBegin(state: Consult, { at, anotherRuns, object, leftAt }: Of<'may-begin'>): ConsultStep {
  if (state.phase !== 'waiting' || anotherRuns || object === undefined) return same(state);
  const begun: Consult = { ...state, object, phase: 'begun' };
  const effects = publish(begun, 'consult-begun', at);
  // The transfer was completed before anything named whom it goes to.
  return {
    state: begun,
    effects: leftAt === undefined ? effects : [...effects, { kind: 'complete', at: leftAt }],
  };
}

function joinedMain(state: Consult, { at, until, isConference, initiator }: Of<'joined-main'>): ConsultStep {
  if (initiator.is === 'gone') return over(state, []);
  if (isConference) return merged(state, at);
  if (initiator.is === 'leaving') return { state, effects: [{ kind: 'complete', at: initiator.leftAt }] };
  return same({ ...state, phase: 'joined', joinedAt: at, until });
}

/** Where one of the two is not there any more nobody is handed over: it only ends. */
function completed(state: Consult, { at, bothOpen }: Completion): ConsultStep {
  const { state: after, effects } = over(state, [
    ...(bothOpen ? publish(state, 'consult-progressed', at) : []),
    ...publish(state, 'consult-ended', at),
  ]);
  const then: ConsultEffect[] = [
    { kind: 'hand-on', from: state.initiator, to: state.reached ?? state.target, at },
    { kind: 'end-initiator', at },
    { kind: 'begin-next', at },
  ];
  return { state: after, effects: [...effects, ...then] };
}

/** All stay: a conference. No transfer has made progress, so only its end is published. */
function merged(state: Consult, at: EngageMicros): ConsultStep {
  const { state: after, effects } = over(state, publish(state, 'consult-ended', at));
  return { state: after, effects: [...effects, { kind: 'begin-next', at }] };
}

/** It is part of its main call now: who consults in it consults about that one. */
function over(state: Consult, before: readonly ConsultEffect[]): ConsultStep {
  return {
    state: { ...state, phase: 'over' },
    effects: [...before, { kind: 'move-inner', to: state.main }],
  };
}

/** A consult transfer names one target for good: it ends, and another one begins. */
function handedOn(state: Consult, { from, to, at }: Of<'handed-on'>): ConsultStep {
  if (!isRunning(state) || state.reached !== from) return same(state);
  const { object: _, until: __, ...rest } = state;
  return {
    state: { ...rest, phase: 'waiting', target: to, reached: to },
    effects: publish(state, 'consult-ended', at),
  };
}

/** A party's leg has ended before it took part in the main call; a queue may deliver to another one. */
function legEnded(state: Consult, { leg, at }: Of<'leg-ended'>): ConsultStep {
  if (!isRunning(state) || state.reached !== leg) return same(state);
  const { reached: _, ...rest } = state;
  return state.target === leg ? cancelled(rest, at) : same(rest);
}

function callEnded(state: Consult, { at, intoMain, initiator, reached }: Of<'call-ended'>): ConsultStep {
  if (!isRunning(state)) return same(state);
  if (intoMain) {
    if (initiator.is !== 'leaving') return same(state);
    return { state, effects: [{ kind: 'complete', at: initiator.leftAt }] };
  }
  if (state.phase !== 'begun' || reached === 'moving') return same(state);
  const end: ConsultEffect[] = reached === 'open' ? [{ kind: 'end-reached', at }] : [];
  return { state, effects: [...end, { kind: 'give-up', at }] };
}

/** Another party may be called in the same consultation. */
function cancelled(state: Consult, at: EngageMicros): ConsultStep {
  const { target: _, reached: __, object: ___, until: ____, ...rest } = state;
  const end = isRunning(state) ? publish(state, 'consult-ended', at) : [];
  return { state: { ...rest, phase: 'waiting' }, effects: [...end, { kind: 'begin-next', at }] };
}

/** Nothing of one that waited for the end of another one: it never began for the cloud. */
function publish(state: Consult, change: ConsultChanged['change'], at: EngageMicros): ConsultEffect[] {
  const { initiator, target, object, reached = target } = state;
  if (initiator === undefined || target === undefined || reached === undefined || object === undefined)
    return [];
  return [{ kind: 'publish', change: { change, at, initiating: initiator, target, reached, object } }];
}
