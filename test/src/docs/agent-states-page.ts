/** docs/reference/agent-states.md: the translation table of EXAS, from its data. */
import { defaultReasons, defaultTable, type StateTable } from '@exec/exas';
import { code, generated, table } from './markdown.ts';

const meaning: Readonly<Record<keyof StateTable, readonly [engage: string, mark: string]>> = {
  loggedOut: ['logged out', 'published'],
  unknown: ['no data: not monitored, monitored, logged in or on hook without a state', 'ours'],
  notReady: ['not ready, no call', 'published'],
  ready: ['ready, no call', 'ours'],
  inboundCall: ['any inbound call in progress: talking, on hold, also beside a consult call', 'ours'],
  otherCallReady: [
    'ready, and only other calls: outbound, internal, consult, unknown, dialling, ASM',
    'ours',
  ],
  otherCallNotReady: ['not ready, and only other calls', 'ours'],
  ringingReady: ['ringing, no other call, the agent was ready', 'ours'],
  ringingNotReady: ['ringing, the agent was not ready', 'ours'],
  offHook: ['off hook without a call', 'ours'],
  afterCallWork: ['after-call work', 'ours'],
  ringNoAnswer: [
    'ringing followed directly by not ready without a mapped reason, until the next status or reason',
    'ours',
  ],
};

export function agentStatesPage(): string {
  const rows = Object.entries(defaultTable).map(([name, row]) => {
    const [engage, mark] = meaning[name as keyof StateTable];
    const shown =
      row === 'unchanged'
        ? ['*unchanged*', '*unchanged*']
        : [row.presence === 'byReason' ? '*by reason*' : row.presence, row.routingStatus];
    return [code(name), engage, ...shown, mark];
  });
  const reasons = [...defaultReasons].map(([reason, presence]) => [code(reason), presence]);
  return `# Agent states

${generated}

EXAS opens two statistics for every mapped agent: *CurrentState* (subject DNStatus) and *CurrentStateReasons* (subject DNAction). It publishes a state when both agree on status and time, or 250 ms after the first of them; if one cannot be opened, the other alone is used and a warning says so. Order of arrival on the active connection decides, because the Stat Server's times are whole seconds.

The state is derived from **all** actions of the tree, not from the top status alone. *Published* marks the rows that the original product documents; the others are this project's own.

${table(['row', 'Engage agent', 'presence', 'routing status', ''], rows)}

*Unchanged* keeps what was accepted last; the row ${code('unknown')} also marks the agent stale (${code('exas_stale_agents')}).

## Reasons

A not-ready reason is taken from the key ${code('ReasonCode')}, otherwise from the only value there is, and compared without regard to case. A reason that maps to nothing becomes *Busy*.

${table(['reason', 'presence'], reasons)}

## Changing the table

${code('STATE_MAP_FILE')} names a JSON file with the rows that differ; ${code('REASON_MAP_FILE')} one from the site's own reason names to presences. Both are validated at start: unknown rows, unknown presences, and pairs that contradict each other (On Queue goes with a routing status other than OffQueue, every other presence with OffQueue) end the start with exit code 78.

\`\`\`json
{ "afterCallWork": { "presence": "Busy", "routingStatus": "OffQueue" }, "offHook": "unchanged" }
\`\`\`

\`\`\`json
{ "Lunch": "Meal", "Coaching": "Training", "Coffee": "Break" }
\`\`\`

## How a state is injected

- Presence and routing status travel in requests of their own; only the half that differs is sent. The last state wins: while a request is waiting for the request budget, or one of the same agent is on its way, newer states replace older ones.
- The injected time is that of the event, but later than the last injected one of that agent and never in the future.
- Event IDs depend on user, kind, time and value alone: a repeat is the same event. A refusal of a repeat after an unknown outcome counts as accepted.
- What the cloud accepted is kept in Redis. Before a request goes out, its halves are marked unknown there; a restart therefore injects only differences and never trusts a value that may be old.
- If Genesys Cloud permanently rejects either the presence or the routing status, EXAS restores the other one to its last accepted value, so that the two never contradict each other. Both are tried again with the next state, when the mapping changes, and at the next re-assertion.
- Every ${code('REASSERT_INTERVAL_SECONDS')} all states are sent once more with the present time. In between nothing is sent when nothing changed.
- While no Stat Server can be used, agents stay as they are. With ${code('ENGAGE_DOWN_OFFLINE_SECONDS')} they are set Offline after that time, and shown as before when Engage is back.
`;
}
