/** What people did, newest first. */
import type { JSX } from 'preact';
import type { AuditEntry, Page } from '../api/answers.ts';
import { useNow, usePoll } from '../hooks.ts';
import { hashOf, type Route } from '../model/routes.ts';
import type { Tone } from '../model/sync.ts';
import { timeText } from '../model/words.ts';
import { pathOf } from '../parts/search.tsx';
import { Shown } from '../parts/shown.tsx';
import { Pill } from '../parts/small.tsx';
import { Pager, Table } from '../parts/table.tsx';

const tones: Readonly<Record<AuditEntry['outcome'], Tone>> = { done: 'good', refused: 'ask', failed: 'bad' };

export function AuditPage({ route }: { readonly route: Route }): JSX.Element {
  const now = useNow();
  const { cursor = '' } = route.query;
  const { remote } = usePoll<Page<AuditEntry>>(pathOf('/audit', { cursor, limit: '100' }), 10_000);
  return (
    <section class="card">
      <Shown
        remote={remote}
        empty={{ when: ({ items }) => items.length === 0, text: 'Nobody has changed anything yet.' }}
      >
        {({ items, next }) => (
          <>
            <Table
              caption="What people did, newest first"
              rows={items}
              keyOf={({ at, requestId, what }) => `${at} ${requestId} ${what}`}
              columns={[
                { title: 'When', cell: ({ at }) => timeText(at, now) },
                { title: 'Who', cell: ({ who }) => who },
                { title: 'From', cell: ({ address }) => address },
                { title: 'What', cell: ({ what }) => what, wide: true },
                {
                  title: 'Result',
                  cell: ({ outcome, status }) => (
                    <>
                      <Pill tone={tones[outcome]}>{outcome}</Pill> <span class="quiet">{status}</span>
                    </>
                  ),
                },
                { title: 'Request', cell: ({ requestId }) => <code>{requestId}</code> },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('audit', { query: { cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}
