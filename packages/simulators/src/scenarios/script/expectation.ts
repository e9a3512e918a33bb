/** Turns what a script expects of its roles into what a performance must become: numbers, CallUUIDs, times. */
import type { People } from './cast.ts';
import type {
  ExpectedConversation,
  ExpectedLeg,
  ExpectedTransfer,
  Participant,
  Performance,
} from './scenario.ts';
import type { Stage } from './stage.ts';

/** A step of the script, and when it was really played, milliseconds since 1970. */
export interface PlayedStep {
  readonly offset: number;
  readonly at: number;
}

export interface PlayedTimes {
  readonly startedAt: number;
  /** In their order; a player that got no time has played them later than the script says. Default: at their times. */
  readonly playedAt?: readonly PlayedStep[];
  /** Milliseconds of the script in one real one. Default 1. */
  readonly speed?: number;
}

export function resolveExpected(
  performance: Performance,
  stage: Stage,
  { startedAt, playedAt = [], speed = 1 }: PlayedTimes,
): ExpectedConversation[] {
  const timeOf = (offset: number) => {
    const step = playedAt.findLast((one) => one.offset <= offset) ?? { offset: 0, at: startedAt };
    return step.at + (offset - step.offset) / speed;
  };
  return performance.scenario.expected.map((one) => ({
    call: stage.call(one.call),
    legs: one.legs.map((leg) => resolveLeg(leg, stage, timeOf)),
    transfers: one.transfers.map((transfer) => resolveTransfer(transfer, stage.people, timeOf)),
  }));
}

type TimeOf = (offset: number) => number;

function resolveLeg(leg: ExpectedLeg, stage: Stage, timeOf: TimeOf): ExpectedLeg {
  const { people } = stage;
  return {
    ...leg,
    participant: resolveParticipant(leg.participant, people),
    steps: leg.steps.map((step) => {
      const [what = '', code] = step.split('disposition:');
      return code === undefined ? step : `${what}disposition:${stage.code(code)}`;
    }),
    times: leg.times.map(timeOf),
    ...(leg.number === undefined ? {} : { number: stage.number(leg.number) }),
    ...(leg.invitedBy === undefined ? {} : { invitedBy: resolveParticipant(leg.invitedBy, people) }),
    ...(leg.queue === undefined ? {} : { queue: people.queues.get(leg.queue)?.number ?? leg.queue }),
    ...(leg.goesOnIn === undefined ? {} : { goesOnIn: stage.call(leg.goesOnIn) }),
  };
}

function resolveTransfer(transfer: ExpectedTransfer, people: People, timeOf: TimeOf): ExpectedTransfer {
  return {
    ...transfer,
    at: timeOf(transfer.at),
    by: resolveParticipant(transfer.by, people),
    moves: resolveParticipant(transfer.moves, people),
    to: resolveParticipant(transfer.to, people),
    ...(transfer.reaches === undefined ? {} : { reaches: resolveParticipant(transfer.reaches, people) }),
  };
}

/** `user:<role>` becomes `user:<employee ID>`, `queue:<role>` becomes `queue:<number>`; `#2` stays. */
function resolveParticipant<Reference extends string>(reference: Reference, people: People): Participant {
  const [kind, rest = ''] = reference.split(':');
  const [role = '', nth] = rest.split('#');
  const suffix = nth === undefined ? '' : `#${nth}`;
  if (kind === 'user') return `user:${people.agents.get(role)?.employeeId ?? role}${suffix}`;
  if (kind === 'queue') return `queue:${people.queues.get(role)?.number ?? role}${suffix}`;
  return reference as string as Participant;
}
