/** Refused events are told once more: unchanged, but later than everything that has been told meanwhile. */
import { type ConversationEvent, toEventTime } from '@exec/common/genesys-cloud';
import { nextTime, type Told } from './told.ts';
import type { VoiceEvent } from './translate.ts';

export interface Retold {
  readonly told: Told;
  readonly events: readonly VoiceEvent[];
}

export function retime(
  told: Told,
  events: readonly Pick<VoiceEvent, 'event' | 'legs' | 'establishes'>[],
): Retold {
  let state = told;
  const again = events.map(({ event, legs, establishes }): VoiceEvent => {
    const at = nextTime(state, Date.parse(event.event.eventDateTime) * 1000);
    state = { last: at };
    const moved = {
      kind: event.kind,
      event: { ...event.event, eventDateTime: toEventTime(at) },
    } as ConversationEvent;
    return { event: moved, legs, establishes, at };
  });
  return { told: state, events: again };
}
