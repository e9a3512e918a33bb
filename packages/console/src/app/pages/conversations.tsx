/** Open and recent conversations, found by call, connection, agent or queue. */
import type { JSX } from 'preact';
import type { ConversationSummary, Page } from '../api/answers.ts';
import { useNow, usePoll } from '../hooks.ts';
import { hashOf, type Route } from '../model/routes.ts';
import { agoText, spanText, timeText } from '../model/words.ts';
import { pathOf, Search } from '../parts/search.tsx';
import { Shown } from '../parts/shown.tsx';
import { Pill } from '../parts/small.tsx';
import { Pager, Table } from '../parts/table.tsx';

const states = {
  untold: ['quiet', 'Not sent'],
  open: ['busy', 'Open'],
  over: ['good', 'Over'],
} as const;

export function ConversationsPage({ route }: { readonly route: Route }): JSX.Element {
  const now = useNow();
  const { q, state, cursor = '' } = route.query;
  const path = pathOf('/conversations', { q, state, cursor, limit: '100', sort: 'newest' });
  const { remote } = usePoll<Page<ConversationSummary> & { readonly total?: number }>(path, 3_000);
  return (
    <section class="card">
      <Search
        route={route}
        label="CallUUID, ConnID, employee ID, queue or ID in the cloud"
        choices={[
          {
            name: 'state',
            label: 'State',
            options: [
              ['', 'All'],
              ['open', 'Open'],
              ['over', 'Over, kept for a disposition'],
              ['untold', 'Not sent'],
            ],
          },
        ]}
      />
      <Shown
        remote={remote}
        empty={{
          when: ({ items, next }) => items.length === 0 && next === null,
          text:
            q === undefined && state === undefined
              ? 'No conversation is known at present.'
              : 'No conversation fits.',
          hint: 'A conversation is kept while it is open, and after its end as long as a disposition may come for it.',
        }}
      >
        {({ items, next, total }) => (
          <>
            {total === undefined && (
              <p class="banner quiet" data-state="standby">
                This instance stands by: it reads what is stored page by page, in no order. The active
                instance shows the newest first.
              </p>
            )}
            <Table
              caption={
                total === undefined
                  ? 'Conversations'
                  : `${total.toLocaleString('en')} conversations, newest first`
              }
              rows={items}
              keyOf={({ conversationId }) => conversationId}
              columns={[
                {
                  title: 'Began',
                  cell: ({ startedAt }) => (startedAt === undefined ? '–' : timeText(startedAt, now)),
                },
                {
                  title: 'Call',
                  cell: ({ callUuid }) => (
                    <a href={hashOf('conversations', { about: callUuid })}>{callUuid}</a>
                  ),
                },
                {
                  title: 'State',
                  cell: ({ state: of }) => <Pill tone={states[of][0]}>{states[of][1]}</Pill>,
                },
                { title: 'Lasts', cell: (one) => lasts(one, now) },
                { title: 'Agents', cell: ({ agents = [] }) => agents.join(', ') || '–' },
                { title: 'Queues', cell: ({ queues = [] }) => queues.join(', ') || '–' },
                {
                  title: 'Site',
                  cell: ({ site, calls }) => (calls.length > 1 ? `${site}, ${calls.length} calls` : site),
                  wide: true,
                },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) =>
                (location.hash = hashOf('conversations', { query: { ...route.query, cursor: to } }))
              }
            />
          </>
        )}
      </Shown>
    </section>
  );
}

function lasts({ startedAt, endedAt }: ConversationSummary, now: number): string {
  if (startedAt === undefined) return '–';
  if (endedAt === undefined) return agoText(startedAt, now).replace(/ ago$/, '');
  return spanText((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}
