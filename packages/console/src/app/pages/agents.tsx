/** Every agent's state in Engage beside what the cloud accepted, and one agent with its last changes. */
import type { JSX } from 'preact';
import type { Agent, Page, StateChange } from '../api/answers.ts';
import { useNow, usePoll } from '../hooks.ts';
import { type Difference, differenceOf, differenceWords, situationText, stateText } from '../model/agents.ts';
import { hashOf, type Route } from '../model/routes.ts';
import type { Tone } from '../model/sync.ts';
import { agoText, countText, timeText } from '../model/words.ts';
import { pathOf, Search } from '../parts/search.tsx';
import { Empty, Shown } from '../parts/shown.tsx';
import { Facts, Pill } from '../parts/small.tsx';
import { Pager, Table } from '../parts/table.tsx';

const tones: Readonly<Record<Difference, Tone>> = {
  same: 'good',
  'on-its-way': 'busy',
  refused: 'bad',
  stale: 'ask',
  unknown: 'quiet',
};

export function AgentsPage({ route }: { readonly route: Route }): JSX.Element {
  const now = useNow();
  const { q, difference, cursor = '' } = route.query;
  const path = pathOf('/agents', { q, difference, cursor, limit: '100' });
  const { remote } = usePoll<Page<Agent> & { readonly total: number }>(path, 3_000);
  return (
    <section class="card">
      <Search
        route={route}
        label="Employee ID or user ID"
        choices={[
          {
            name: 'difference',
            label: 'Show',
            options: [
              ['', 'All agents'],
              ['any', 'With a difference'],
              ...(Object.entries(differenceWords) as [string, string][]),
            ],
          },
        ]}
      />
      <Shown
        remote={remote}
        empty={{
          when: ({ items }) => items.length === 0,
          text:
            q === undefined && difference === undefined
              ? 'No agent is watched by this instance.'
              : 'No agent fits.',
          hint:
            q === undefined && difference === undefined
              ? 'An instance that stands by watches none; the other one does.'
              : 'Search for another ID or show all agents.',
        }}
      >
        {({ items, next, total }) => (
          <>
            <Table
              caption={countText(total, 'agent')}
              rows={items}
              keyOf={({ employeeId }) => employeeId}
              columns={[
                {
                  title: 'Employee ID',
                  cell: ({ employeeId }) => (
                    <a href={hashOf('agents', { about: employeeId })}>{employeeId}</a>
                  ),
                },
                { title: 'In Engage', cell: (agent) => situationText(agent) },
                {
                  title: 'Since',
                  cell: ({ engage }) => (engage?.since == null ? '–' : agoText(engage.since, now)),
                },
                { title: 'Accepted by the cloud', cell: ({ accepted }) => stateText(accepted) },
                { title: 'On its way', cell: ({ pending }) => (pending === null ? '–' : stateText(pending)) },
                { title: 'State', cell: (agent) => <State agent={agent} /> },
                { title: 'Last error', cell: ({ lastError }) => lastError ?? '–', wide: true },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('agents', { query: { ...route.query, cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}

function State({ agent }: { readonly agent: Agent }): JSX.Element {
  const difference = differenceOf(agent);
  return <Pill tone={tones[difference]}>{differenceWords[difference]}</Pill>;
}

export function AgentPage({ employeeId }: { readonly employeeId: string }): JSX.Element {
  const now = useNow();
  const { remote } = usePoll<Agent & { readonly changes?: readonly StateChange[] }>(
    `/agents/${encodeURIComponent(employeeId)}?changes=true`,
    2_000,
  );
  return (
    <>
      <p>
        <a href="#/agents">All agents</a>
      </p>
      <Shown remote={remote}>
        {(agent) => (
          <>
            <section class="card">
              <Facts
                rows={[
                  ['State', <State agent={agent} />],
                  ['In Engage', situationText(agent)],
                  [
                    'Since',
                    agent.engage?.since == null
                      ? '–'
                      : `${timeText(agent.engage.since, now)} (${agoText(agent.engage.since, now)})`,
                  ],
                  ['Accepted by the cloud', stateText(agent.accepted)],
                  [
                    'On its way',
                    agent.pending === null
                      ? 'nothing'
                      : `${stateText(agent.pending)}, since ${agoText(agent.pending.since, now)}`,
                  ],
                  ['Last error', agent.lastError ?? 'none'],
                  ['User in the cloud', <code>{agent.userId}</code>],
                ]}
              />
            </section>
            <section class="card">
              <h2>Last changes</h2>
              {agent.changes === undefined || agent.changes.length === 0 ? (
                <Empty
                  text="Nothing was sent of this agent since this instance began its work."
                  hint="The newest changes of all agents are kept in memory, within a bound."
                />
              ) : (
                <Table
                  caption="What was sent of this agent, newest first"
                  rows={agent.changes}
                  keyOf={({ at, kind, value, result }) => `${at} ${kind} ${value} ${result}`}
                  columns={[
                    { title: 'When', cell: ({ at }) => timeText(at, now) },
                    {
                      title: 'What',
                      cell: ({ kind }) => (kind === 'presence' ? 'presence' : 'routing status'),
                    },
                    { title: 'Value', cell: ({ value }) => value },
                    {
                      title: 'Result',
                      cell: ({ result }) => (
                        <Pill tone={result === 'accepted' ? 'good' : result === 'refused' ? 'bad' : 'ask'}>
                          {result}
                        </Pill>
                      ),
                      wide: true,
                    },
                  ]}
                />
              )}
            </section>
          </>
        )}
      </Shown>
    </>
  );
}
