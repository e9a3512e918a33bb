/** One step of a conversation in the making: a copy that may be changed, and what the step brings about. */
import { type EngageMicros, laterBy } from '@exec/common/instants';
import type { Change } from './changes.ts';
import type { Call, CallKey, Consult, Conversation, Leg, LegKey, Party, Wait } from './state.ts';
import type { Anomaly, StepContext } from './step-context.ts';

export class Draft {
  readonly state: Conversation;
  readonly context: StepContext;
  readonly changes: Change[] = [];
  readonly anomalies: Anomaly[] = [];
  /** Legs that were held back as the last one of the conversation, and end in this step. */
  readonly released = new Set<LegKey>();

  constructor(state: Conversation, context: StepContext) {
    this.state = copyOf(state);
    this.context = context;
  }

  /** A wait that begins now; `at`: event time of what waits. */
  wait(at: EngageMicros): Wait {
    const { now, place, settings } = this.context;
    return { at, since: now, place, until: laterBy(now, settings.waitMs) };
  }

  call(key: CallKey): Call | undefined {
    return this.state.calls.find((call) => call.key === key);
  }

  leg(key: LegKey | undefined): Leg | undefined {
    return key === undefined ? undefined : this.state.legs.find((leg) => leg.key === key);
  }

  openLegs(): Leg[] {
    return this.state.legs.filter(isOpen);
  }

  /** The places where the party of a leg takes part at present. */
  places(leg: Leg): { readonly call: Call; readonly party: Party }[] {
    return this.state.calls.flatMap((call) =>
      call.parties.filter((party) => party.leg === leg.key).map((party) => ({ call, party })),
    );
  }

  consult(call: CallKey): Consult | undefined {
    return this.state.consults.find((consult) => consult.call === call);
  }

  consultOf(call: Call): Consult | undefined {
    return this.consult(call.key);
  }

  note(anomaly: Anomaly): void {
    this.anomalies.push(anomaly);
  }
}

export function isOpen(leg: Leg): boolean {
  return leg.endedAt === undefined;
}

/** Open, and its party has not left. */
export function isPresent(leg: Leg): boolean {
  return leg.endedAt === undefined && leg.leaving === undefined;
}

/** What one file alone may write: the type keeps the others from it. */
export function writable<T>(value: T): { -readonly [K in keyof T]: T[K] } {
  return value;
}

/** What a step may change in place; all the rest is replaced as a whole, and shared by the states before and after. */
export function copyOf(conversation: Conversation): Conversation {
  return {
    ...conversation,
    calls: conversation.calls.map(copyOfCall),
    legs: conversation.legs.map((leg) => ({ ...leg })),
    consults: [...conversation.consults],
  };
}

function copyOfCall(call: Call): Call {
  return { ...call, parties: call.parties.map((party) => ({ ...party })) };
}
