/** Refused events are published once more: unchanged, but later than everything published meanwhile. */
import { type ConversationEvent, toEventTime } from '@exec/common/genesys-cloud';
import { engageOf, wallMs } from '@exec/common/instants';
import { nextTime, type Published } from './published.ts';
import type { TranslatedEvent, Translation } from './translate.ts';

/**
 * @rule A dead letter that is sent again keeps its events and their IDs, with times after all that was published since.
 * @test dead-letters.test.ts
 * @throws RangeError when a time is beyond what the cloud can name
 */
export function retime(
  published: Published,
  events: readonly Pick<TranslatedEvent, 'event' | 'legs' | 'establishes'>[],
): Translation {
  let state = published;
  const again = events.map(({ event, legs, establishes }): TranslatedEvent => {
    const at = nextTime(state, engageOf(wallMs(Date.parse(event.event.eventDateTime))));
    state = { last: at };
    const moved = {
      kind: event.kind,
      event: { ...event.event, eventDateTime: toEventTime(at) },
    } as ConversationEvent;
    return { event: moved, legs, establishes, at };
  });
  return { published: state, events: again };
}
