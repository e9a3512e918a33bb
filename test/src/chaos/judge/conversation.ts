/** Builds a conversation from the events that the cloud accepted, in the words in which a script speaks of it. */
import type { DecidedEntry, NamesEntry } from '../history/entries.ts';

export interface Step {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Leg {
  readonly communicationId: string;
  readonly participant: string;
  /** In the order of acceptance. */
  readonly steps: readonly Step[];
}

export interface Conversation {
  readonly id: string;
  /** The calls that its legs name: the first one is the conversation's own. */
  readonly calls: readonly string[];
  readonly legs: readonly Leg[];
  /** Commands of transfer in the order of their times. */
  readonly transfers: readonly string[];
  readonly accepted: number;
}

interface OpenLeg extends Leg {
  readonly steps: Step[];
  canHear: boolean;
}

const commands = new Set(['userTransfer', 'routingTransfer', 'phoneTransfer', 'consultTransfer']);

/** `events`: accepted ones of one conversation, in the order of acceptance. */
export function conversationOf(id: string, events: readonly DecidedEntry[], names: NamesEntry): Conversation {
  const legs = new Map<string, OpenLeg>();
  const calls = new Set<string>();
  const transfers: Step[] = [];
  for (const { kind, event, eventAt } of events) {
    if (kind.endsWith('Established')) {
      const communicationId = textOf(event, 'communicationId');
      const initial = objectOf(event, 'initialConfiguration');
      const leg: OpenLeg = {
        communicationId,
        participant: participantOf(kind, event, names),
        steps: [...(legs.get(communicationId)?.steps ?? [])],
        canHear: true,
      };
      leg.steps.push({
        text: initial.alerting === true ? 'established(alerting)' : 'established',
        at: eventAt,
      });
      if (initial.held === true) leg.steps.push({ text: 'held', at: eventAt });
      legs.set(communicationId, leg);
      calls.add(textOf(objectOf(event, 'sourceConfiguration'), 'interactionId'));
      continue;
    }
    if (commands.has(kind)) {
      transfers.push({ text: kind, at: eventAt });
      continue;
    }
    const leg = legs.get(textOf(event, 'communicationId'));
    const text = leg === undefined ? undefined : stepOf(kind, event, leg, names);
    if (text !== undefined) leg?.steps.push({ text, at: eventAt });
  }
  transfers.sort((left, right) => left.at - right.at);
  return {
    id,
    calls: [...calls],
    legs: [...legs.values()],
    transfers: transfers.map(({ text }) => text),
    accepted: events.length,
  };
}

function stepOf(
  kind: string,
  event: DecidedEntry['event'],
  leg: OpenLeg,
  names: NamesEntry,
): string | undefined {
  switch (kind) {
    case 'communicationAnswered':
      return 'answered';
    case 'holdUpdated':
      return event.held === true ? 'held' : 'retrieved';
    case 'audioUpdated': {
      const { canHear = true, canSpeak = true } = objectOf(event, 'audioState');
      const changed = canHear !== leg.canHear;
      leg.canHear = canHear === true;
      if (changed) return leg.canHear ? 'undeafened' : 'deafened';
      return canSpeak === true ? 'unmuted' : 'muted';
    }
    case 'communicationEnded':
      return `ended:${textOf(event, 'disconnectType')}`;
    case 'communicationDispositionApplied': {
      const code = textOf(event, 'code');
      return code === '' ? 'disposition' : `disposition:${names.wrapupCodes[code] ?? code}`;
    }
    default:
      return undefined;
  }
}

function participantOf(kind: string, event: DecidedEntry['event'], names: NamesEntry): string {
  switch (kind) {
    case 'routingEstablished': {
      const queue = textOf(event, 'queueId');
      return `queue:${names.queues[queue] ?? queue}`;
    }
    case 'userEstablished': {
      const user = textOf(event, 'userId');
      return `user:${names.users[user] ?? user}`;
    }
    default:
      return kind.slice(0, -'Established'.length);
  }
}

function textOf(object: Readonly<Record<string, unknown>>, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

function objectOf(
  object: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = object[name];
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
