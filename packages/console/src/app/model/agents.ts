/** What an agent is doing in Engage beside what the cloud accepted, in words: pure. */
import type { Agent, CloudState } from '../api/answers.ts';

export type Difference = 'same' | 'on-its-way' | 'refused' | 'unknown' | 'stale';

export function differenceOf(agent: Agent): Difference {
  if (agent.lastError !== null) return 'refused';
  if (agent.pending !== null) return 'on-its-way';
  if (agent.stale) return 'stale';
  return agent.accepted === null || agent.engage === null ? 'unknown' : 'same';
}

export const differenceWords: Readonly<Record<Difference, string>> = {
  same: 'In step',
  'on-its-way': 'On its way',
  refused: 'Refused',
  stale: 'Stale: the Stat Server has no data',
  unknown: 'Not known yet',
};

const situations: Readonly<Record<string, string>> = {
  loggedOut: 'Logged out',
  unknown: 'Logged in without a state',
  notReady: 'Not ready',
  ready: 'Ready',
  inboundCall: 'Inbound call',
  otherCallReady: 'Other call',
  otherCallNotReady: 'Not ready, other call',
  ringingReady: 'Ringing',
  ringingNotReady: 'Ringing, not ready',
  offHook: 'Off hook',
  afterCallWork: 'After-call work',
  ringNoAnswer: 'Ring, no answer',
};

/** What a later release may say is shown as words. */
export function situationText({ engage }: Pick<Agent, 'engage'>): string {
  if (engage === null) return 'No state yet';
  const text = situations[engage.situation] ?? wordsOf(engage.situation);
  return engage.reason === undefined ? text : `${text}: ${engage.reason}`;
}

export function stateText(state: CloudState | null): string {
  return state === null ? 'not known' : `${state.presence} / ${state.routingStatus}`;
}

function wordsOf(name: string): string {
  const text = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
