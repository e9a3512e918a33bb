/** What must hold for the events of every conversation, whatever the input was. */
import { type ConversationEvent, voiceEventSchemas } from '@exec/common/genesys-cloud';
import { brokenRules } from '@exec/simulators/genesys-cloud';

/**
 * Answers what is wrong, in words; nothing when all is well: what the strict cloud would refuse, and our own promises.
 * Events in the order in which they are sent.
 */
export function violations(events: readonly ConversationEvent[]): string[] {
  const found: string[] = brokenRules(events);
  const ids = new Set<string>();
  for (const [conversation, list] of Map.groupBy(events, ({ event }) => event.conversationId)) {
    const legs = new Map<
      string,
      { ended: boolean; answered: boolean; alerting: boolean; disposed: boolean }
    >();
    const commands = new Map<string, 'begun' | 'ended'>();
    let consults = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (const { kind, event } of list) {
      const wrong = (what: string) => found.push(`${conversation} ${kind}: ${what}`);
      const checked = voiceEventSchemas[kind].safeParse(event);
      if (!checked.success) wrong(checked.error.message);
      if (ids.has(event.eventId)) wrong('an event ID that was used before');
      ids.add(event.eventId);
      const at = Date.parse(event.eventDateTime);
      if (at <= last) wrong('the time does not rise');
      last = at;
      const fields = event as Record<string, unknown>;
      const leg = fields.communicationId as string | undefined;
      const over = legs.size > 0 && [...legs.values()].every((one) => one.ended);
      if (over && kind !== 'communicationDispositionAppliedEvents') wrong('the conversation has ended');
      if ('initialConfiguration' in event && leg !== undefined) {
        if (legs.has(leg)) wrong('a leg is established twice');
        const alerting = event.initialConfiguration.alerting === true;
        legs.set(leg, { ended: false, answered: !alerting, alerting, disposed: false });
        const { invitedBy } = event.initialConfiguration;
        if (invitedBy !== undefined && !legs.has(invitedBy)) wrong('invited by a leg that is not there');
        continue;
      }
      if (leg !== undefined) {
        const state = legs.get(leg);
        if (state === undefined) {
          wrong('a leg that is not established');
          continue;
        }
        if (kind === 'communicationDispositionAppliedEvents') {
          if (state.ended && state.disposed) wrong('a second disposition after the end');
          if (state.ended) state.disposed = true;
        } else if (state.ended) wrong('a leg that has ended');
        if (kind === 'communicationAnsweredEvents') {
          if (state.answered) wrong('answered twice');
          state.answered = true;
        }
        if (kind === 'communicationEndedEvents') state.ended = true;
      }
      for (const name of [
        'initiatingCommunicationId',
        'objectCommunicationId',
        'destinationCommunicationId',
      ]) {
        const other = fields[name] as string | undefined;
        // Only the end of a transfer may name what has gone meanwhile.
        const mustBeOpen = kind.endsWith('TransferEvents') && !kind.startsWith('end');
        if (other === undefined) continue;
        if (!legs.has(other)) wrong(`${name} is a leg that is not established`);
        else if (mustBeOpen && legs.get(other)?.ended === true) wrong(`${name} is a leg that has ended`);
      }
      const command = fields.commandId as string | undefined;
      if (command !== undefined) {
        const state = commands.get(command);
        const begins = kind.endsWith('TransferEvents') && !/^(progress|end)/.test(kind);
        if (begins ? state !== undefined : state !== 'begun') wrong('a transfer out of order');
        commands.set(command, kind === 'endTransferEvents' ? 'ended' : 'begun');
      }
      if (kind === 'consultTransferEvents' && ++consults > 1) wrong('a second consultation at the same time');
      if (kind === 'endConsultTransferEvents') consults--;
      if (consults < 0) wrong('a consultation ends that was not begun');
    }
  }
  return found;
}
