/** Entries that made a rule fail and were set aside. */
import type { JSX } from 'preact';
import type { Page, QuarantineEntry } from '../api/answers.ts';
import { useNow, usePoll } from '../hooks.ts';
import { hashOf, type Route } from '../model/routes.ts';
import { timeText } from '../model/words.ts';
import { pathOf } from '../parts/search.tsx';
import { Selection } from '../parts/selection.tsx';
import { Shown } from '../parts/shown.tsx';
import { Pager } from '../parts/table.tsx';

export function QuarantinePage({ route }: { readonly route: Route }): JSX.Element {
  const now = useNow();
  const { cursor = '' } = route.query;
  const { remote, again } = usePoll<Page<QuarantineEntry>>(
    pathOf('/quarantine', { cursor, limit: '100' }),
    5_000,
  );
  return (
    <section class="card">
      <p class="quiet">
        Each entry made a rule fail: its conversation was closed as lost, and everything else went on. It is a
        fault of this program; send it with a support bundle before you drop it.
      </p>
      <Shown
        remote={remote}
        empty={{ when: ({ items }) => items.length === 0, text: 'The quarantine is empty.' }}
      >
        {({ items, next }) => (
          <>
            <Selection
              caption="Quarantine, newest first"
              rows={items}
              keyOf={({ id }) => id}
              onDone={again}
              actions={[
                {
                  title: 'Drop',
                  method: 'DELETE',
                  path: (id) => `/quarantine/${encodeURIComponent(id)}`,
                  done: 'dropped',
                  warning: 'Dropped entries are gone, and with them what shows the fault.',
                },
              ]}
              columns={[
                { title: 'When', cell: ({ at }) => timeText(at, now) },
                { title: 'Kind', cell: ({ kind }) => kind },
                {
                  title: 'Calls',
                  cell: ({ calls }) => calls.map(({ callUuid }) => callUuid).join(', ') || '–',
                },
                { title: 'Reason', cell: ({ reason }) => reason, wide: true },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('quarantine', { query: { cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}
