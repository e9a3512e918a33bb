/** Brings a conversation, as the fake cloud holds it, into the words in which the Engage side says what it played. */
import type { ConversationView, LegView } from '@exec/simulators/genesys-cloud';
import type { ExpectedConversation, ExpectedLeg } from '@exec/simulators/scenarios';

/** What cloud IDs stand for in Engage. */
export interface Names {
  /** Cloud user to employee ID. */
  readonly users: ReadonlyMap<string, string>;
  /** Cloud queue to the number of the virtual queue. */
  readonly queues: ReadonlyMap<string, string>;
  readonly wrapupCodes: ReadonlyMap<string, string>;
}

export interface Leg {
  readonly participant: string;
  readonly steps: readonly string[];
  /** Milliseconds since 1970, one for each step. */
  readonly times: readonly number[];
}

/** How far an injected time may be from the time in Engage, in milliseconds. */
export const toleranceMs = 2000;

function participantOf(leg: LegView, names: Names): string {
  switch (leg.type) {
    case 'routing':
      return `queue:${names.queues.get(leg.queueId ?? '') ?? leg.queueId}`;
    case 'user':
      return `user:${names.users.get(leg.userId ?? '') ?? leg.userId}`;
    case 'external':
    case 'ivr':
    case 'phone':
    case 'flow':
      return leg.type;
  }
}

export function legsOf(conversation: ConversationView, names: Names): Leg[] {
  return conversation.legs.map((leg) => {
    const steps: { readonly at: number; readonly text: string }[] = [
      { at: leg.establishedAt, text: leg.alerting ? 'established(alerting)' : 'established' },
    ];
    if (leg.answeredAt !== undefined) steps.push({ at: leg.answeredAt, text: 'answered' });
    for (const { at, held } of leg.holds) steps.push({ at, text: held ? 'held' : 'retrieved' });
    steps.push(...audioSteps(leg));
    if (leg.endedAt !== undefined) steps.push({ at: leg.endedAt, text: `ended:${leg.disconnectType}` });
    for (const { at, code } of leg.dispositions) {
      const name = code === undefined ? undefined : (names.wrapupCodes.get(code) ?? code);
      steps.push({ at, text: name === undefined ? 'disposition' : `disposition:${name}` });
    }
    steps.sort((left, right) => orderOf(left) - orderOf(right) || left.at - right.at);
    return {
      participant: participantOf(leg, names),
      steps: steps.map(({ text }) => text),
      times: steps.map(({ at }) => at),
    };
  });
}

/** What a script calls a change of what a leg can hear or speak. */
function audioSteps({ audio }: LegView): { readonly at: number; readonly text: string }[] {
  let heard = true;
  return audio.map(({ at, canHear = true, canSpeak = true }) => {
    const hearing = canHear === heard ? undefined : canHear ? 'undeafened' : 'deafened';
    heard = canHear;
    return { at, text: hearing ?? (canSpeak ? 'unmuted' : 'muted') };
  });
}

/** Commands of transfer, in the order of their begin. */
export function transfersOf(conversation: ConversationView): string[] {
  const commands = [
    ...conversation.transfers.map(({ kind, startedAt }) => ({ at: startedAt, text: `${kind}Transfer` })),
    ...conversation.consultTransfers.map(({ startedAt }) => ({ at: startedAt, text: 'consultTransfer' })),
  ];
  return commands.sort((left, right) => left.at - right.at).map(({ text }) => text);
}

/**
 * A disposition that the agent sets around the moment of hanging up comes over another connection than the end of the
 * leg; between connections there is no order, and both orders are right. It is therefore compared last.
 */
function orderOf({ text }: { readonly text: string }): number {
  return text.startsWith('disposition') ? 1 : 0;
}

function dispositionsLast(leg: ExpectedLeg): Leg {
  const steps = leg.steps
    .map((text, index) => ({ text, at: leg.times[index] ?? 0 }))
    .sort((left, right) => orderOf(left) - orderOf(right) || left.at - right.at);
  return {
    participant: leg.participant,
    steps: steps.map(({ text }) => text),
    times: steps.map(({ at }) => at),
  };
}

/**
 * What differs between what was played and what was accepted, in words; empty when they are equal. Legs that were
 * established closer together than the tolerance may stand in either order: they come over different connections.
 */
export function differences(expected: ExpectedConversation, seen: readonly Leg[]): string[] {
  const found: string[] = [];
  const rest = seen.map((leg, position) => ({ leg, position }));
  let last: { readonly position: number; readonly at: number } | undefined;
  for (const [index, expectedLeg] of expected.legs.entries()) {
    const wanted = dispositionsLast(expectedLeg);
    const match = rest.findIndex(({ leg }) => words(leg) === words(wanted));
    const [entry] = match < 0 ? [] : rest.splice(match, 1);
    if (entry === undefined) {
      found.push(`leg ${index}: ${words(wanted)} is missing`);
      continue;
    }
    const { leg, position } = entry;
    const late = wanted.times.findIndex((at, step) => Math.abs(at - (leg.times[step] ?? 0)) > toleranceMs);
    if (late >= 0) found.push(`leg ${index}: ${leg.steps[late]} at another time than in Engage`);
    const at = wanted.times[0] ?? 0;
    if (last !== undefined && position < last.position && at - last.at > toleranceMs) {
      found.push(`leg ${index}: ${leg.participant} stands before what came earlier`);
    }
    if (last === undefined || position > last.position) last = { position, at };
  }
  for (const { leg } of rest) found.push(`not played: ${words(leg)}`);
  return found;
}

function words({ participant, steps }: Leg): string {
  return `${participant} ${steps.join(', ')}`;
}
