/** Turns what a script expects of its roles into what a performance must become: numbers, CallUUIDs, times. */
import type {
  ExpectedConversation,
  ExpectedLeg,
  ExpectedTransfer,
  Participant,
  Performance,
} from './scenario.ts';
import type { Stage } from './stage.ts';

export function resolveExpected(stage: Stage, startedAt: number): ExpectedConversation[] {
  const { performance } = stage;
  return performance.scenario.expected.map((one) => ({
    call: stage.call(one.call),
    legs: one.legs.map((leg) => resolveLeg(leg, stage, startedAt)),
    transfers: one.transfers.map((transfer) => resolveTransfer(transfer, performance, startedAt)),
  }));
}

function resolveLeg(leg: ExpectedLeg, stage: Stage, startedAt: number): ExpectedLeg {
  const { performance } = stage;
  return {
    ...leg,
    participant: resolveParticipant(leg.participant, performance),
    steps: leg.steps.map((step) => {
      const [what = '', code] = step.split('disposition:');
      return code === undefined ? step : `${what}disposition:${stage.code(code)}`;
    }),
    times: leg.times.map((offset) => startedAt + offset),
    ...(leg.number === undefined ? {} : { number: stage.number(leg.number) }),
    ...(leg.invitedBy === undefined ? {} : { invitedBy: resolveParticipant(leg.invitedBy, performance) }),
    ...(leg.queue === undefined ? {} : { queue: performance.queues.get(leg.queue)?.number ?? leg.queue }),
    ...(leg.goesOnIn === undefined ? {} : { goesOnIn: stage.call(leg.goesOnIn) }),
  };
}

function resolveTransfer(
  transfer: ExpectedTransfer,
  performance: Performance,
  startedAt: number,
): ExpectedTransfer {
  return {
    ...transfer,
    at: startedAt + transfer.at,
    by: resolveParticipant(transfer.by, performance),
    moves: resolveParticipant(transfer.moves, performance),
    to: resolveParticipant(transfer.to, performance),
    ...(transfer.reaches === undefined ? {} : { reaches: resolveParticipant(transfer.reaches, performance) }),
  };
}

/** `user:<role>` becomes `user:<employee ID>`, `queue:<role>` becomes `queue:<number>`; `#2` stays. */
function resolveParticipant<Reference extends string>(
  reference: Reference,
  performance: Performance,
): Participant {
  const [kind, rest = ''] = reference.split(':');
  const [role = '', nth] = rest.split('#');
  const suffix = nth === undefined ? '' : `#${nth}`;
  if (kind === 'user') return `user:${performance.agents.get(role)?.employeeId ?? role}${suffix}`;
  if (kind === 'queue') return `queue:${performance.queues.get(role)?.number ?? role}${suffix}`;
  return reference as string as Participant;
}
