/** What cannot be mapped as it stands with its remedy, and what stays in the EX organisation without an Engage object. */
import type { JSX } from 'preact';
import type { Conflict, Orphan, Page } from '../api/answers.ts';
import { usePoll } from '../hooks.ts';
import { hashOf, type Route } from '../model/routes.ts';
import { pathOf, Search } from '../parts/search.tsx';
import { Shown } from '../parts/shown.tsx';
import { Pager, Table } from '../parts/table.tsx';

export function ConflictsPage({ route }: { readonly route: Route }): JSX.Element {
  const { q, cursor = '' } = route.query;
  const { remote } = usePoll<Page<Conflict>>(pathOf('/sync/conflicts', { q, cursor, limit: '100' }), 10_000);
  return (
    <section class="card">
      <p class="quiet">
        What is listed here is not mapped, or stays as it is in the EX organisation. Everything else goes on.
        Put it right in Engage: it is seen at the next read.
      </p>
      <Search route={route} label="Name, path or reason" choices={[]} />
      <Shown remote={remote} empty={{ when: ({ items }) => items.length === 0, text: 'No conflicts.' }}>
        {({ items, next }) => (
          <>
            <Table
              caption="Conflicts"
              rows={items}
              keyOf={({ reason, kind, dbid, operation, detail }) =>
                `${reason} ${kind} ${dbid} ${operation} ${detail}`
              }
              columns={[
                { title: 'Reason', cell: ({ reason }) => <code>{reason}</code> },
                {
                  title: 'Object',
                  cell: ({ name, dbid, path, operation }) =>
                    name === undefined ? (
                      operation
                    ) : (
                      <>
                        {name} <span class="quiet">({dbid})</span>
                        <div class="quiet path">{path}</div>
                      </>
                    ),
                },
                { title: 'Detail', cell: ({ detail }) => detail, wide: true },
                { title: 'What to do', cell: ({ remedy }) => <strong>{remedy}</strong>, wide: true },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('conflicts', { query: { ...route.query, cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}

export function OrphansPage({ route }: { readonly route: Route }): JSX.Element {
  const { q, cursor = '' } = route.query;
  const { remote } = usePoll<Page<Orphan>>(pathOf('/sync/orphans', { q, cursor, limit: '100' }), 10_000);
  return (
    <section class="card">
      <p class="quiet">
        Skills, wrap-up codes and queues are never deleted by the connector. Delete them in the EX
        organisation when nothing there needs them.
      </p>
      <Search route={route} label="Name" choices={[]} />
      <Shown remote={remote} empty={{ when: ({ items }) => items.length === 0, text: 'No orphans.' }}>
        {({ items, next }) => (
          <>
            <Table
              caption="Orphans"
              rows={items}
              keyOf={({ type, cloudId }) => `${type} ${cloudId}`}
              columns={[
                { title: 'Kind', cell: ({ type }) => type },
                { title: 'Name', cell: ({ name }) => name },
                { title: 'Stood for DBID', cell: ({ dbid }) => dbid },
                { title: 'Cloud ID', cell: ({ cloudId }) => <code>{cloudId}</code> },
                { title: 'Why', cell: ({ reason }) => reason, wide: true },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('orphans', { query: { ...route.query, cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}
