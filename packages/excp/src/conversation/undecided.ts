/**
 * A party of which it is not known yet what it is, as a state machine: who works at its DN, whether its call came from
 * a queue, or whether it only stands for the half of the call on another site. The state is undefined once it is decided.
 */
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { Step } from '@exec/common/machine';
import { limits, type PartyPassed, type Undecided, type Wait } from './state.ts';

/** What another connection may still say. */
export type Question = Undecided['why'];

export type UndecidedInput =
  /** It takes part from now on. `question`: undefined when nothing is open. */
  | { readonly kind: 'joined'; readonly question: Question | undefined; readonly wait: Wait }
  /** Something else has become known. */
  | { readonly kind: 'looked-again'; readonly question: Question | undefined }
  /** The wait is over. */
  | { readonly kind: 'wait-over' }
  /** The same party goes on in another call, or who consults it leaves: it has to be decided. */
  | { readonly kind: 'needed' }
  /** What happens to it meanwhile. */
  | { readonly kind: 'passed'; readonly what: PartyPassed }
  /** Its call has ended, and it with it. */
  | { readonly kind: 'call-ended'; readonly at: EngageMicros }
  /** What is waited for has not caught up. `until`: stream time. */
  | { readonly kind: 'postponed'; readonly until: StreamMs };

export type UndecidedEffect =
  /** Its leg, as it was when the party joined. */
  | { readonly kind: 'establish' }
  /** Its leg goes through what has passed. */
  | { readonly kind: 'follow'; readonly what: PartyPassed }
  | { readonly kind: 'leave'; readonly what: Pick<PartyPassed, 'at' | 'cause' | 'ctrl'> }
  /** More has passed than is kept. */
  | { readonly kind: 'too-much' };

type UndecidedStep = Step<Undecided | undefined, UndecidedEffect>;

/**
 * @rule A party is decided when all that says what it is has come, or the wait is over; until then nothing is published
 *   of it, and what passes is kept with its times.
 * @scenario login-mid-call, login-before-transfer, outbound-for-queue, two-sites-routed, link-to-unwatched-site
 * @test undecided.test.ts
 */
export function nextUndecided(state: Undecided | undefined, input: UndecidedInput): UndecidedStep {
  if (state === undefined) {
    if (input.kind !== 'joined') return { state, effects: [] };
    if (input.question === undefined) return { state, effects: [{ kind: 'establish' }] };
    return { state: { why: input.question, ...input.wait, later: [] }, effects: [] };
  }
  switch (input.kind) {
    case 'joined':
      return { state, effects: [] };
    case 'looked-again':
      return input.question === undefined ? decided(state) : { state, effects: [] };
    case 'wait-over':
    case 'needed':
      return decided(state);
    case 'passed':
      return passed(state, input.what);
    case 'call-ended':
      return { state: withLater(state, { state: 'gone', at: input.at }), effects: [] };
    case 'postponed':
      return { state: { ...state, until: input.until }, effects: [] };
  }
}

/** It leaves when it was first heard that it has, unless it has come back since. */
function decided({ later }: Undecided): UndecidedStep {
  const effects: UndecidedEffect[] = [{ kind: 'establish' }];
  for (const what of later) if (what.state !== 'gone') effects.push({ kind: 'follow', what });
  const left = later[later.findLastIndex(({ state }) => state !== 'gone') + 1];
  return {
    state: undefined,
    effects: left === undefined ? effects : [...effects, { kind: 'leave', what: left }],
  };
}

function passed(state: Undecided, what: PartyPassed): UndecidedStep {
  if (state.later.length < limits.later) return { state: withLater(state, what), effects: [] };
  const tooMuch: UndecidedEffect = { kind: 'too-much' };
  // That it has left cannot be left out.
  if (what.state !== 'gone' || state.later.at(-1)?.state === 'gone') return { state, effects: [tooMuch] };
  const { effects } = decided(state);
  return { state: undefined, effects: [tooMuch, ...effects, { kind: 'leave', what: { at: what.at } }] };
}

function withLater(state: Undecided, what: PartyPassed): Undecided {
  return { ...state, later: [...state.later, what] };
}
