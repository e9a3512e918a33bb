/** What has been published of a conversation, as far as the next event depends on it. */
import { type EngageMicros, laterBy, latest, type WallMs, wallMs, wallOf } from '@exec/common/instants';

export interface Published {
  /** Time of the newest event; 0: none yet. */
  readonly last: WallMs;
}

export const nothingPublished: Published = { last: wallMs(0) };

/**
 * The time an event is sent with.
 *
 * @rule An event has its own time, but a later one than everything published before of its conversation.
 * @test translate/published.test.ts
 * @param at time on the Engage side
 */
export function nextTime(published: Published, at: EngageMicros): WallMs {
  return latest(wallOf(at), laterBy(published.last, 1));
}
