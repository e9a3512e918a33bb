/** A history in which nothing is wrong, and ways to make it wrong. */
import type { DecidedEntry, Entry } from '../../history/entries.ts';

export const begin = Date.UTC(2026, 0, 5, 8);
let events = 0;

export function decided(
  kind: string,
  subject: string,
  after: number,
  event: Readonly<Record<string, unknown>>,
  more: Partial<DecidedEntry> = {},
): DecidedEntry {
  events += 1;
  const at = begin + after;
  return {
    ...{ what: 'decided', at, request: events, kind, eventId: `e${events}`, subject, eventAt: at },
    ...{ outcome: 'accepted', event },
    ...more,
  };
}

export function leg(communicationId: string, call: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    communicationId,
    initialConfiguration: { alerting: false },
    sourceConfiguration: { interactionId: call },
    ...more,
  };
}

/** One call that a customer made and an agent answered and held, and that agent's last state. */
export function goodHistory(): Entry[] {
  const c = 'conversation-1';
  const watching = (instance: string, after: number, on: boolean): Entry => ({
    ...{ what: 'watching', at: begin + after, instance, connection: 'calls', on },
  });
  return [
    {
      ...{ what: 'run', at: begin - 60_000, seed: 1, minutes: 1 },
      watchers: ['a', 'b'],
    },
    watching('a', -50_000, true),
    watching('b', -49_000, true),
    {
      ...{
        what: 'names',
        at: begin,
        users: { u1: 'E1' },
        queues: { q1: 'VQ1' },
        wrapupCodes: { w1: 'Sale' },
      },
      presences: { p1: 'Offline', p2: 'OnQueue' },
    },
    { what: 'foreign', at: begin, when: 'before', type: 'user', id: 'f', content: 'as it was' },
    decided('externalEstablished', c, 0, leg('l1', 'call-1')),
    decided('routingEstablished', c, 100, leg('l2', 'call-1', { queueId: 'q1' })),
    decided('userEstablished', c, 200, {
      ...leg('l3', 'call-1', { userId: 'u1' }),
      initialConfiguration: { alerting: true },
    }),
    decided('communicationEnded', c, 201, { communicationId: 'l2', disconnectType: 'Transfer' }),
    decided('communicationAnswered', c, 1000, { communicationId: 'l3' }),
    decided('holdUpdated', c, 2000, { communicationId: 'l3', held: true }),
    decided('holdUpdated', c, 3000, { communicationId: 'l3', held: false }),
    decided('communicationEnded', c, 4000, { communicationId: 'l1', disconnectType: 'Self' }),
    decided('communicationEnded', c, 4001, { communicationId: 'l3', disconnectType: 'Peer' }),
    decided('communicationDispositionApplied', c, 5000, { communicationId: 'l3', code: 'w1' }),
    decided('userPresence', 'u1', 6000, { userId: 'u1', presenceDefinitionId: 'p1' }),
    decided('userRoutingStatus', 'u1', 6000, { agentId: 'u1', status: 'OffQueue' }),
    {
      ...{ what: 'script', at: begin + 6000, scenario: 'day', call: 'call-1', transfers: [] },
      legs: [
        { participant: 'external', steps: ['established', 'ended:Self'], times: [begin, begin + 4000] },
        {
          participant: 'queue:VQ1',
          steps: ['established', 'ended:Transfer'],
          times: [begin + 100, begin + 200],
        },
        {
          participant: 'user:E1',
          steps: ['established(alerting)', 'answered', 'held', 'retrieved', 'ended:Peer', 'disposition:Sale'],
          times: [200, 1000, 2000, 3000, 4000, 5000].map((after) => begin + after),
        },
      ],
    },
    { what: 'agent', at: begin + 7000, employeeId: 'E1', status: 'LoggedOut' },
    { what: 'foreign', at: begin + 7000, when: 'after', type: 'user', id: 'f', content: 'as it was' },
    { what: 'mapping', at: begin + 7000, type: 'user', expected: ['E1'], found: ['E1'] },
    { what: 'process', at: begin + 7000, name: 'excp-1', event: 'ended', how: 'exit 0', wanted: true },
    { what: 'service', at: begin + 7000, name: 'excp-2', ready: true, problems: [] },
  ];
}

export type Change = (history: Entry[]) => void;

/** Adds entries at the end. */
export const add =
  (...entries: readonly Entry[]): Change =>
  (history) =>
    void history.push(...entries);

/** Takes away the events of a kind, or all but those that fit. */
export const drop =
  (kind: string, fits: (event: DecidedEntry) => boolean = () => true): Change =>
  (history) => {
    const rest = history.filter((entry) => !(entry.what === 'decided' && entry.kind === kind && fits(entry)));
    history.splice(0, history.length, ...rest);
  };

export const edit =
  <What extends Entry['what']>(
    what: What,
    change: Partial<Extract<Entry, { what: What }>>,
    nth = -1,
  ): Change =>
  (history) => {
    const found = history.filter((entry) => entry.what === what).at(nth);
    if (found === undefined) throw new Error(`the history has no ${what}`);
    history[history.indexOf(found)] = { ...found, ...change } as Entry;
  };

export const c = 'conversation-1';
export const later = 8000;
