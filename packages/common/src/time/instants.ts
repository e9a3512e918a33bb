/**
 * Points in time on the four clocks of the product. To the machine they are numbers; the compiler refuses one clock's
 * time where another's is meant, and a sum of two of them anywhere. A constructor stands where a time comes in: a frame,
 * an ID of a stream, a clock, a stored text.
 */
import type { Branded } from '../ids.ts';

/** Time of a SIP Server or Stat Server: microseconds since 1970, by its own clock. */
export type EngageMicros = Branded<number, 'EngageMicros'>;
/** Time that a Stat Server gives, and the start of any server: whole seconds since 1970, by its own clock. */
export type EngageSeconds = Branded<number, 'EngageSeconds'>;
/** Time in a stream of Redis, without the jumps of Redis' clock: milliseconds since 1970. Waits are measured in it. */
export type StreamMs = Branded<number, 'StreamMs'>;
/** Wall clock of a machine: milliseconds since 1970. It may jump. */
export type WallMs = Branded<number, 'WallMs'>;
/** A clock that never jumps: milliseconds since some moment, so only differences mean something. */
export type MonotonicMs = Branded<number, 'MonotonicMs'>;

/** The clocks that count milliseconds. */
type Milliseconds = StreamMs | WallMs | MonotonicMs;

export const engageMicros = (value: number) => value as EngageMicros;
export const engageSeconds = (value: number) => value as EngageSeconds;
export const streamMs = (value: number) => value as StreamMs;
export const wallMs = (value: number) => value as WallMs;
export const monotonicMs = (value: number) => value as MonotonicMs;

/** @param ms negative for an earlier time */
export function laterBy<T extends Milliseconds>(time: T, ms: number): T {
  return (time + ms) as T;
}

/** @param ms milliseconds, negative for an earlier time */
export function engageLaterBy(time: EngageMicros, ms: number): EngageMicros {
  return engageMicros(time + ms * 1000);
}

export function latest<T extends EngageMicros | Milliseconds>(first: T, ...others: readonly T[]): T {
  return Math.max(first, ...others) as T;
}

export function earliest<T extends EngageMicros | Milliseconds>(first: T, ...others: readonly T[]): T {
  return Math.min(first, ...others) as T;
}

/** What is found out, and not reported, has the time of its discovery. */
export function discoveredAt(now: StreamMs): EngageMicros {
  return engageMicros(now * 1000);
}

/** A time that was sent away once, as the server would report it. */
export function engageOf(time: WallMs): EngageMicros {
  return engageMicros(time * 1000);
}

/** The time that a server reported, as the wall clock that it should follow shows it; rounded down. */
export function wallOf(time: EngageMicros): WallMs {
  return wallMs(Math.floor(time / 1000));
}

/** The same of a time in seconds. */
export function wallOfSeconds(time: EngageSeconds): WallMs {
  return wallMs(time * 1000);
}
