/** What the commands on agents and calls print for people. */
import { table } from '@exec/common/text-table';
import { z } from 'zod';

export const deadLetter = z.looseObject({
  id: z.string(),
  at: z.string(),
  callUuid: z.string(),
  reason: z.string(),
  wholeLeg: z.boolean(),
  events: z.array(z.looseObject({ event: z.string() })),
});

export function deadLettersText(letters: readonly z.output<typeof deadLetter>[]): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const rows = letters.map(({ id, at, callUuid, wholeLeg, events, reason }) => [
    ...[id, at, callUuid],
    wholeLeg ? `a leg, ${events.length} events` : (events[0]?.event ?? '-'),
    reason,
  ]);
  return table(['ID', 'time', 'call', 'what', 'reason'], rows);
}

export const quarantined = z.looseObject({
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  calls: z.array(z.looseObject({ callUuid: z.string() })),
  reason: z.string(),
});

export function quarantineText(entries: readonly z.output<typeof quarantined>[]): string {
  if (entries.length === 0) return 'Nothing is in the quarantine.';
  const rows = entries.map(({ id, at, kind, calls, reason }) => [
    ...[id, at, calls.map(({ callUuid }) => callUuid).join(' ') || '-'],
    ...[kind, reason],
  ]);
  return table(['ID', 'time', 'calls', 'kind', 'reason'], rows);
}

export const gap = z.looseObject({
  site: z.string(),
  connection: z.string(),
  from: z.string(),
  to: z.string(),
  seconds: z.number(),
  why: z.string(),
});

export function gapsText(gaps: readonly z.output<typeof gap>[]): string {
  if (gaps.length === 0) return 'No events were lost.';
  const rows = gaps.map((one) => [one.from, one.to, String(one.seconds), one.site, one.connection, one.why]);
  return table(['from', 'to', 'seconds', 'site', 'connection', 'why'], rows);
}

export const conversation = z.looseObject({
  callUuid: z.string(),
  site: z.string(),
  conversationId: z.string(),
  state: z.string(),
  calls: z.array(
    z.looseObject({ site: z.string(), callUuid: z.string(), type: z.string(), ended: z.boolean() }),
  ),
  legs: z.array(
    z.looseObject({
      leg: z.string(),
      kind: z.string(),
      userId: z.string().optional(),
      queueId: z.string().optional(),
      state: z.string(),
      establishedAt: z.string(),
      endedAt: z.string().optional(),
    }),
  ),
  waiting: z.array(z.looseObject({ event: z.string(), at: z.string() })),
});

/** The legs in order of time, then what the cloud has not accepted yet. */
export function conversationText(one: z.output<typeof conversation>): string {
  const legs = [...one.legs].sort((a, b) => (a.establishedAt < b.establishedAt ? -1 : 1));
  const rows = legs.map(({ leg, kind, userId, queueId, state, establishedAt, endedAt }) => [
    ...[establishedAt, endedAt ?? '-', kind, leg, state],
    userId ?? queueId ?? '',
  ]);
  const calls = one.calls.map(
    ({ callUuid, type, ended }) => `  ${callUuid}  ${type}  ${ended ? 'ended' : 'in progress'}`,
  );
  return [
    `conversation ${one.conversationId}, ${one.state}, site ${one.site}`,
    'calls',
    ...calls,
    '',
    rows.length === 0
      ? 'No leg: no mapped queue or agent has taken part.'
      : table(['established', 'ended', 'kind', 'leg', 'state', 'user or queue'], rows),
    '',
    one.waiting.length === 0
      ? 'Nothing waits: Genesys Cloud has accepted or refused every event.'
      : `Waiting to be accepted: ${one.waiting.length}`,
    ...one.waiting.map(({ event, at }) => `  ${at}  ${event}`),
  ].join('\n');
}

export const mappedAgent = z.looseObject({
  employeeId: z.string(),
  dbid: z.number(),
  userId: z.string(),
  state: z.string(),
  supervisor: z.boolean(),
  logins: z.array(z.looseObject({ switch: z.string(), code: z.string() })),
});

const cloudState = z.looseObject({ presence: z.string(), routingStatus: z.string() });

export const watchedAgent = z.looseObject({
  employeeId: z.string(),
  engage: z
    .looseObject({ situation: z.string(), since: z.string().nullable(), reason: z.string().optional() })
    .nullable(),
  stale: z.boolean(),
  accepted: cloudState.nullable(),
  pending: cloudState.nullable(),
  lastError: z.string().nullable(),
});

/** What is known of an agent on either side; a sentence in place of what could not be found out. */
export interface AgentFacts {
  readonly mapped: z.output<typeof mappedAgent> | string;
  readonly watched: z.output<typeof watchedAgent> | string;
}

export function agentText(employeeId: string, { mapped, watched }: AgentFacts): string {
  const rows: [string, string][] = [['employee ID', employeeId]];
  if (typeof mapped === 'string') rows.push(['mapping', mapped]);
  else
    rows.push(
      ['mapping', `person ${mapped.dbid} is user ${mapped.userId}, ${mapped.state}`],
      ['supervisor', mapped.supervisor ? 'yes' : 'no'],
      ['logins', mapped.logins.map((login) => `${login.code} on ${login.switch}`).join(', ') || 'none'],
    );
  if (typeof watched === 'string') rows.push(['state', watched]);
  else {
    const { engage, accepted, pending, lastError, stale } = watched;
    const shown = (state: z.output<typeof cloudState> | null): string =>
      state === null ? '-' : `${state.presence}, ${state.routingStatus}`;
    rows.push(
      [
        'in Engage',
        engage === null
          ? 'Stat Server has not reported it yet'
          : `${engage.situation}${engage.reason === undefined ? '' : ` (${engage.reason})`} since ${engage.since ?? '-'}${stale ? ', stale' : ''}`,
      ],
      ['accepted', shown(accepted)],
      ['on its way', shown(pending)],
      ['last error', lastError ?? 'none'],
    );
  }
  return rows.map(([name, value]) => `${name.padEnd(11)}  ${value}`).join('\n');
}
