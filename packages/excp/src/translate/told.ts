/** What has been told of a conversation so far, as far as the next event depends on it. */

export interface Told {
  /** Time of the newest event, milliseconds since 1970; -Infinity is written as 0. */
  readonly last: number;
}

export const nothingTold: Told = { last: 0 };

/**
 * The time an event is sent with: its own, but later than everything told before of the conversation.
 * @param at time on the Engage side, microseconds since 1970
 */
export function nextTime(told: Told, at: number): number {
  return Math.max(Math.floor(at / 1000), told.last + 1);
}
