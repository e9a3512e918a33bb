/** The notation in which scenarios and what is expected of them are written. */
import type {
  ExpectedConversation,
  ExpectedLeg,
  ExpectedTransfer,
  Participant,
  Scenario,
  TransferCommand,
} from './scenario.ts';

/** What the consumer may still have to do after the last moment: the longest wait of its rules, and a little. */
const afterLastMs = 3_000;

export function scenario(o: Omit<Scenario, 'lasts' | 'solo'> & { readonly solo?: boolean }): Scenario {
  const moments = [
    ...o.steps.map((step) => step.at),
    ...o.expected.flatMap((one) => one.legs.flatMap((expectedLeg) => expectedLeg.times)),
  ];
  return {
    ...o,
    steps: o.steps.toSorted((a, b) => a.at - b.at),
    solo: o.solo ?? false,
    lasts: Math.max(...moments) + afterLastMs,
  };
}

export function conversation(
  call: string,
  legs: readonly ExpectedLeg[],
  transfers: readonly ExpectedTransfer[] = [],
): ExpectedConversation {
  return { call, legs, transfers };
}

/** `steps`: `<ms> <step>`, parted by commas, for example `6000 established(alerting), 9000 answered`. */
export function leg(
  participant: Participant,
  steps: string,
  o: Omit<ExpectedLeg, 'participant' | 'steps' | 'times'> = {},
): ExpectedLeg {
  const parts = steps.split(',').map((part) => part.trim().split(' '));
  return {
    participant,
    steps: parts.map(([, step]) => step ?? ''),
    times: parts.map(([ms]) => Number(ms)),
    ...o,
  };
}

/** The customer's leg of a call that came in; of one that went out with `{ inbound: false }`. */
export function customer(steps: string, o: { readonly number?: string; readonly inbound?: boolean } = {}) {
  return leg('external', steps, { number: o.number ?? 'customer', inbound: o.inbound ?? true });
}

/** Somebody sends the customer on without talking to the target. */
export function unattended(
  command: TransferCommand,
  at: number,
  o: { readonly by: string; readonly to: string; readonly moves?: string },
): ExpectedTransfer {
  return {
    command,
    at,
    by: o.by,
    moves: o.moves ?? 'external',
    to: o.to,
    steps: ['begin', 'progress', 'end:Completed'],
  };
}

/** Somebody asks a third party first; `completed`: and hands the customer over. */
export function consulted(
  at: number,
  o: { readonly by: string; readonly to: string; readonly reaches?: string; readonly completed: boolean },
): ExpectedTransfer {
  return {
    command: 'consultTransfer',
    at,
    by: o.by,
    moves: 'external',
    to: o.to,
    ...(o.reaches === undefined ? {} : { reaches: o.reaches }),
    steps: o.completed ? ['begin', 'progress', 'end'] : ['begin', 'end'],
  };
}
