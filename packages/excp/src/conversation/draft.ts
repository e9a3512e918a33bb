/** One step of a conversation in the making: a copy that may be changed, and what the step brings about. */
import type { Change } from './changes.ts';
import type { Call, CallKey, Consult, Conversation, Leg, LegKey, Party } from './state.ts';
import type { Oddity, World } from './world.ts';

export class Draft {
  readonly state: Conversation;
  readonly world: World;
  readonly changes: Change[] = [];
  readonly odd: Oddity[] = [];

  constructor(state: Conversation, world: World) {
    this.state = copy(state);
    this.world = world;
  }

  /** Stream time at which a wait that begins now is over. */
  get waitEnd(): number {
    return this.world.now + this.world.settings.waitMs;
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

  consultOf(call: Call): Consult | undefined {
    return this.state.consults.find((consult) => consult.call === call.key);
  }

  note(oddity: Oddity): void {
    this.odd.push(oddity);
  }
}

export function isOpen(leg: Leg): boolean {
  return leg.endedAt === undefined;
}

/** Open, and its party has not left. */
export function isPresent(leg: Leg): boolean {
  return leg.endedAt === undefined && leg.leaving === undefined;
}

/** A deep copy of plain data. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const result: Record<string, unknown> = {};
  for (const key in value) result[key] = copy(value[key]);
  return result as T;
}
