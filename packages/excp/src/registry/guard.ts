/** The place where an input meets the model: what makes it fail becomes a fault, with what it was about; the rest goes on. */
import { ExecError } from '@exec/common/errors';
import { textOf } from '@exec/common/trouble';
import type { CallKey } from '../conversation/state.ts';
import type { About, Effects, Fault } from './effects.ts';

/** What is given up because of a fault. */
export interface GivenUp {
  readonly calls: readonly CallKey[];
  /** Key of the conversation that was closed as lost. */
  readonly conversation?: string | undefined;
}

/**
 * Runs a part of the model. When it throws, `giveUp` gives up what it was about.
 *
 * @rule An input that makes the model fail is set aside with its call, which is closed as lost; all others go on.
 * @test processor/model.test.ts: because its time cannot be told is set aside; the calls beside it are told as if it were not there
 * @test quarantine.test.ts
 * @throws ExecError as it is: such an error tells of the world around, not of the input
 */
export function* guarded<T>(part: () => Effects<T>, giveUp: () => Effects<GivenUp>): Effects<T | undefined> {
  try {
    return yield* part();
  } catch (error) {
    if (error instanceof ExecError) throw error;
    yield faultOf(error, yield* giveUp());
    return undefined;
  }
}

/** What happens meanwhile is about this entry, unless it says itself what it is about. */
export function* attributed<T>(about: About | undefined, part: Effects<T>): Effects<T> {
  for (;;) {
    const step = part.next();
    if (step.done === true) return step.value;
    const effect = step.value;
    yield effect.type === 'conversation' || effect.type === 'fault' ? { about, ...effect } : effect;
  }
}

export function faultOf(error: unknown, given: GivenUp): Fault {
  return { type: 'fault', ...given, reason: reasonOf(error) };
}

/** Without the input, and without what tells of a person where the message quotes it; the first place in our own code helps most. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown: ${typeof error}`;
  const place = /([\w-]+\.ts:\d+)/.exec(error.stack ?? '')?.[1];
  return `${error.name}: ${textOf(error).slice(0, 200)}${place === undefined ? '' : ` (${place})`}`;
}
