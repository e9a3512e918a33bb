/** What has been published of a conversation, as far as the next event depends on it. */

export interface Published {
  /** Time of the newest event, milliseconds since 1970; 0: none yet. */
  readonly last: number;
}

export const nothingPublished: Published = { last: 0 };

/**
 * The time an event is sent with, milliseconds since 1970.
 *
 * @rule An event has its own time, but a later one than everything published before of its conversation.
 * @test translate/published.test.ts
 * @param at time on the Engage side, microseconds since 1970
 */
export function nextTime(published: Published, at: number): number {
  return Math.max(Math.floor(at / 1000), published.last + 1);
}
