/** What the cloud refused for good: to be looked at, sent again or dropped. */
import type { JSX } from 'preact';
import type { DeadLetter, Page } from '../api/answers.ts';
import { useNow, usePoll } from '../hooks.ts';
import { hashOf, type Route } from '../model/routes.ts';
import { eventText } from '../model/timeline.ts';
import { timeText } from '../model/words.ts';
import { pathOf } from '../parts/search.tsx';
import { Selection } from '../parts/selection.tsx';
import { Shown } from '../parts/shown.tsx';
import { Pager } from '../parts/table.tsx';

export function DeadLettersPage({ route }: { readonly route: Route }): JSX.Element {
  const now = useNow();
  const { cursor = '' } = route.query;
  const { remote, again } = usePoll<Page<DeadLetter>>(
    pathOf('/dead-letters', { cursor, limit: '100' }),
    5_000,
  );
  return (
    <section class="card">
      <p class="quiet">
        A refused establishment takes the rest of its leg along. A letter can be sent again while its
        conversation is open, with its times moved forward. Letters are kept for KEEP_DAYS (30 days unless it
        is set), at most 10,000.
      </p>
      <Shown remote={remote} empty={{ when: ({ items }) => items.length === 0, text: 'No dead letters.' }}>
        {({ items, next }) => (
          <>
            <Selection
              caption="Dead letters, newest first"
              rows={items}
              keyOf={({ id }) => id}
              onDone={again}
              actions={[
                {
                  title: 'Retry',
                  method: 'POST',
                  path: (id) => `/dead-letters/${encodeURIComponent(id)}/retry`,
                  done: 'to be sent again',
                  warning:
                    'Each letter is sent again with its times moved forward. One whose conversation is over is refused.',
                },
                {
                  title: 'Drop',
                  method: 'DELETE',
                  path: (id) => `/dead-letters/${encodeURIComponent(id)}`,
                  done: 'dropped',
                  warning:
                    'Dropped letters are gone. The conversation in the cloud stays without their events.',
                },
              ]}
              columns={[
                { title: 'When', cell: ({ at }) => timeText(at, now) },
                {
                  title: 'Call',
                  cell: ({ callUuid }) => (
                    <a href={hashOf('conversations', { about: callUuid })}>{callUuid}</a>
                  ),
                },
                {
                  title: 'Events',
                  cell: ({ events, wholeLeg }) =>
                    `${events.map(({ event }) => eventText(event)).join(', ')}${wholeLeg ? ' (whole leg)' : ''}`,
                },
                { title: 'Reason', cell: ({ reason }) => reason, wide: true },
                {
                  title: 'Correlation ID',
                  cell: ({ correlationId }) =>
                    correlationId === undefined ? '–' : <code>{correlationId}</code>,
                },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('dead-letters', { query: { cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}
