/** Brings injected events into the form in which scenarios say what they expect. */
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import type { ExpectedConversation, ExpectedLeg, Production } from '@exec/simulators/scenarios';
import { wrapupCodes } from '@exec/simulators/scenarios';
import { type CloudIds, inventedIds } from './mapping.ts';

interface SeenLeg {
  participant: string;
  readonly id: string;
  readonly steps: string[];
  readonly times: number[];
  number?: string;
  invitedBy?: string;
  queue?: string;
  goesOnIn?: string;
  canHear: boolean;
  canSpeak: boolean;
}

interface SeenTransfer {
  readonly command: string;
  readonly at: number;
  readonly by: string;
  readonly moves: string;
  readonly to: string;
  reaches?: string;
  readonly steps: string[];
  readonly key: string;
}

export interface SeenConversation {
  readonly id: string;
  readonly call: string;
  readonly legs: readonly SeenLeg[];
  readonly transfers: readonly SeenTransfer[];
}

type Fields = Record<string, unknown>;

/** Reads conversations out of events, in the order of their times within each conversation. */
export function seenConversations(events: readonly ConversationEvent[], names: Names): SeenConversation[] {
  const byConversation = Map.groupBy(events, ({ event }) => event.conversationId);
  const calls = new Map<string, string>();
  for (const { event } of events)
    if ('sourceConfiguration' in event)
      calls.set(event.conversationId, event.sourceConfiguration.interactionId);
  return [...byConversation].map(([id, list]) => seen(id, list, names, calls));
}

export interface Names {
  readonly users: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, string>;
  readonly codes: ReadonlyMap<string, string>;
}

export function namesOf(production: Production, ids: CloudIds = inventedIds): Names {
  const agents = production.agents.filter((agent) => agent.mapped);
  const queues = production.queues.filter((queue) => queue.mapped);
  return {
    users: new Map(agents.map(({ employeeId }) => [ids.user(employeeId), employeeId])),
    queues: new Map(queues.map(({ number }) => [ids.queue(number), number])),
    codes: new Map(wrapupCodes.map((name) => [ids.code(name), name])),
  };
}

function seen(
  id: string,
  events: readonly ConversationEvent[],
  names: Names,
  calls: ReadonlyMap<string, string>,
): SeenConversation {
  const legs: SeenLeg[] = [];
  const transfers: SeenTransfer[] = [];
  const ordered = events.toSorted((a, b) => a.event.eventDateTime.localeCompare(b.event.eventDateTime));
  for (const { kind, event } of ordered) {
    const fields = event as Fields;
    const at = Date.parse(event.eventDateTime);
    const step = (communicationId: unknown, text: string) => {
      const leg = legs.find((candidate) => candidate.id === communicationId);
      if (leg === undefined) throw new Error(`${kind} for a leg that is not there`);
      leg.steps.push(text);
      leg.times.push(at);
      return leg;
    };
    const transfer = (text: string, key: unknown) => {
      const found = transfers.findLast((candidate) => candidate.key === key || key === undefined);
      if (found === undefined) throw new Error(`${kind} without its begin`);
      found.steps.push(text);
      return found;
    };
    switch (kind) {
      case 'externalEstablishedEvents':
      case 'ivrEstablishedEvents':
      case 'phoneEstablishedEvents':
      case 'routingEstablishedEvents':
      case 'userEstablishedEvents':
        legs.push(established(kind, fields, at, names, legs));
        break;
      case 'communicationAnsweredEvents':
        step(event.communicationId, 'answered');
        break;
      case 'holdUpdatedEvents':
        step(event.communicationId, event.held ? 'held' : 'retrieved');
        break;
      case 'audioUpdatedEvents': {
        const { canHear = true, canSpeak = true } = event.audioState;
        const leg = legs.find((candidate) => candidate.id === event.communicationId);
        if (leg === undefined) throw new Error('audio of a leg that is not there');
        step(event.communicationId, audioStep(leg, canHear, canSpeak));
        leg.canHear = canHear;
        leg.canSpeak = canSpeak;
        break;
      }
      case 'communicationEndedEvents': {
        const leg = step(event.communicationId, `ended:${event.disconnectType}`);
        const into = event.destinationConversationId;
        if (into !== undefined) leg.goesOnIn = calls.get(into) ?? into;
        break;
      }
      case 'communicationDispositionAppliedEvents': {
        const code = event.code === undefined ? undefined : names.codes.get(event.code);
        step(event.communicationId, code === undefined ? 'disposition' : `disposition:${code}`);
        break;
      }
      case 'userTransferEvents':
      case 'routingTransferEvents':
      case 'phoneTransferEvents':
        transfers.push({
          command: kind.replace('Events', ''),
          at,
          by: nameOf(legs, event.initiatingCommunicationId),
          moves: nameOf(legs, event.objectCommunicationId),
          // A queue that has delivered already is named by the command alone; it progresses to the agent.
          to: kind === 'routingTransferEvents' ? `queue:${names.queues.get(event.destinationQueueId)}` : '',
          steps: ['begin'],
          key: event.commandId,
        });
        break;
      case 'progressTransferEvents': {
        const found = transfer('progress', event.commandId);
        if (found.to === '') Object.assign(found, { to: nameOf(legs, event.destinationCommunicationId) });
        break;
      }
      case 'endTransferEvents':
        transfer(`end:${event.finalState}`, event.commandId);
        break;
      case 'consultTransferEvents':
        transfers.push({
          command: 'consultTransfer',
          at,
          by: nameOf(legs, event.initiatingCommunicationId),
          moves: nameOf(legs, event.objectCommunicationId),
          to: nameOf(legs, event.destinationCommunicationId),
          steps: ['begin'],
          key: 'consult',
        });
        break;
      case 'progressConsultTransferEvents': {
        const found = transfer('progress', 'consult');
        const reaches = nameOf(legs, event.destinationCommunicationId);
        if (reaches !== found.to) found.reaches = reaches;
        break;
      }
      case 'endConsultTransferEvents':
        transfer('end', 'consult');
        break;
    }
  }
  return { id, call: calls.get(id) ?? '', legs, transfers };
}

function established(
  kind: string,
  fields: Fields,
  at: number,
  names: Names,
  legs: readonly SeenLeg[],
): SeenLeg {
  const initial = fields.initialConfiguration as {
    alerting?: boolean;
    inbound?: boolean;
    invitedBy?: string;
  };
  const queueId = fields.queueId as string | undefined;
  const participant = participantOf(kind, fields, names);
  const number =
    kind === 'phoneEstablishedEvents'
      ? fields.phoneNumber
      : kind === 'externalEstablishedEvents'
        ? initial.inbound === false
          ? fields.dnis
          : fields.ani
        : undefined;
  return {
    participant,
    id: fields.communicationId as string,
    steps: [initial.alerting === true ? 'established(alerting)' : 'established'],
    times: [at],
    ...(typeof number === 'string' ? { number } : {}),
    ...(initial.invitedBy === undefined ? {} : { invitedBy: nameOf(legs, initial.invitedBy) }),
    ...(kind === 'userEstablishedEvents' && queueId !== undefined
      ? { queue: names.queues.get(queueId) ?? queueId }
      : {}),
    canHear: true,
    canSpeak: true,
  };
}

function participantOf(kind: string, fields: Fields, names: Names): string {
  switch (kind) {
    case 'userEstablishedEvents':
      return `user:${names.users.get(fields.userId as string) ?? 'unknown'}`;
    case 'routingEstablishedEvents':
      return `queue:${names.queues.get(fields.queueId as string) ?? 'unknown'}`;
    default:
      return kind.replace('EstablishedEvents', '');
  }
}

function audioStep(leg: SeenLeg, canHear: boolean, canSpeak: boolean): string {
  if (canHear !== leg.canHear) return canHear ? 'undeafened' : 'deafened';
  return canSpeak ? 'unmuted' : 'muted';
}

/** The participant, the second of a kind with `#2`. */
function nameOf(legs: readonly SeenLeg[], id: string): string {
  const index = legs.findIndex((leg) => leg.id === id);
  const leg = legs[index];
  if (leg === undefined) return `unknown ${id}`;
  const nth = legs.slice(0, index + 1).filter((other) => other.participant === leg.participant).length;
  return nth === 1 ? leg.participant : `${leg.participant}#${nth}`;
}

/** What the two must agree in; times are compared apart. Only what the scenario speaks of is looked at. */
export function outline(conversation: SeenConversation | ExpectedConversation, like?: ExpectedConversation) {
  const wanted = inOrder((like ?? (conversation as ExpectedConversation)).legs);
  return {
    call: conversation.call,
    legs: inOrder<SeenLeg | ExpectedLeg>(conversation.legs).map((leg, index) => ({
      participant: leg.participant,
      steps: [...leg.steps],
      ...(wanted[index]?.number === undefined ? {} : { number: leg.number }),
      ...(wanted[index]?.invitedBy === undefined ? {} : { invitedBy: leg.invitedBy }),
      queue: leg.queue,
      goesOnIn: leg.goesOnIn,
    })),
    transfers: conversation.transfers
      .map(({ command, by, moves, to, reaches, steps }) => ({
        command,
        by,
        moves,
        to,
        reaches,
        steps: [...steps],
      }))
      .toSorted((a, b) => `${a.command}${a.by}${a.to}`.localeCompare(`${b.command}${b.by}${b.to}`)),
  };
}

function inOrder<Leg extends { readonly participant: string; readonly steps: readonly string[] }>(
  legs: readonly Leg[],
): Leg[] {
  const key = (leg: Leg) => `${leg.participant} ${leg.steps.join()}`;
  return legs.toSorted((a, b) => key(a).localeCompare(key(b)));
}

/** Largest difference between the times of two conversations with the same outline, in milliseconds. */
export function largestTimeDifference(one: SeenConversation, two: ExpectedConversation): number {
  const rows = (
    legs: readonly { participant: string; steps: readonly string[]; times: readonly number[] }[],
  ) =>
    legs
      .flatMap((leg) =>
        leg.steps.map((step, index) => ({
          key: `${leg.participant} ${leg.steps.join()}|${index} ${step}`,
          at: leg.times[index] ?? 0,
        })),
      )
      .toSorted((a, b) => a.key.localeCompare(b.key) || a.at - b.at);
  const [a, b] = [rows(one.legs), rows(two.legs)];
  return Math.max(0, ...a.map((row, index) => Math.abs(row.at - (b[index]?.at ?? Number.NaN))));
}
