/** What the commands on agents and calls print for people. */
import type { agentAnswer } from '@exec/common/answers/agents';
import type { Answer } from '@exec/common/answers/answer';
import type { conversationAnswer, gapAnswer } from '@exec/common/answers/conversations';
import type { agentMappingAnswer } from '@exec/common/answers/mappings';
import { table } from '@exec/common/text-table';

type CloudState = NonNullable<Answer<typeof agentAnswer>['accepted']>;

export function gapsText(gaps: readonly Answer<typeof gapAnswer>[]): string {
  if (gaps.length === 0) return 'No events were lost.';
  const rows = gaps.map((one) => [one.from, one.to, String(one.seconds), one.site, one.connection, one.why]);
  return table(['from', 'to', 'seconds', 'site', 'connection', 'why'], rows);
}

/** The legs and events in order of time, then what the cloud has not accepted yet. */
export function conversationText(one: Answer<typeof conversationAnswer>): string {
  const legs = [...one.legs].sort((a, b) => (a.establishedAt < b.establishedAt ? -1 : 1));
  const rows = legs.map(({ leg, kind, name, userId, queueId, state, ...times }) => [
    ...[times.establishedAt, times.endedAt ?? '-', kind, leg, state],
    name ?? userId ?? queueId ?? '',
  ]);
  const events = (one.events ?? []).map(({ at, event, state, reason }) => [at, event, state, reason ?? '']);
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
    ...(events.length === 0 ? [] : [table(['time', 'event', 'result', 'reason'], events), '']),
    one.waiting.length === 0
      ? 'Nothing waits: Genesys Cloud has accepted or refused every event.'
      : `Waiting to be accepted: ${one.waiting.length}`,
    ...one.waiting.map(({ event, at }) => `  ${at}  ${event}`),
  ].join('\n');
}

/** What is known of an agent on either side; a sentence in place of what could not be found out. */
export interface AgentFacts {
  readonly mapped: Answer<typeof agentMappingAnswer> | string;
  readonly watched: Answer<typeof agentAnswer> | string;
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
    const shown = (state: CloudState | null): string =>
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
