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

export function resolveExpected(
  performance: Performance,
  stage: Stage,
  startedAt: number,
): ExpectedConversation[] {
  return performance.scenario.expected.map((one) => ({
    call: stage.call(one.call),
    legs: one.legs.map((leg) => resolveLeg(leg, stage, startedAt)),
    transfers: one.transfers.map((transfer) => resolveTransfer(transfer, stage.people, startedAt)),
  }));
}

function resolveLeg(leg: ExpectedLeg, stage: Stage, startedAt: number): ExpectedLeg {
  const { people } = stage;
  return {
    ...leg,
    participant: resolveParticipant(leg.participant, people),
    steps: leg.steps.map((step) => {
      const [what = '', code] = step.split('disposition:');
      return code === undefined ? step : `${what}disposition:${stage.code(code)}`;
    }),
    times: leg.times.map((offset) => startedAt + offset),
    ...(leg.number === undefined ? {} : { number: stage.number(leg.number) }),
    ...(leg.invitedBy === undefined ? {} : { invitedBy: resolveParticipant(leg.invitedBy, people) }),
    ...(leg.queue === undefined ? {} : { queue: people.queues.get(leg.queue)?.number ?? leg.queue }),
    ...(leg.goesOnIn === undefined ? {} : { goesOnIn: stage.call(leg.goesOnIn) }),
  };
}

function resolveTransfer(transfer: ExpectedTransfer, people: People, startedAt: number): ExpectedTransfer {
  return {
    ...transfer,
    at: startedAt + transfer.at,
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
