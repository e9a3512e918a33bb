/** Times in which nobody heard of a site's calls. */
import type { JSX } from 'preact';
import type { Gap, Page } from '../api/answers.ts';
import { useNow, usePoll } from '../hooks.ts';
import { spanText, timeText } from '../model/words.ts';
import { Shown } from '../parts/shown.tsx';
import { Table } from '../parts/table.tsx';

const reasons: Readonly<Record<string, string>> = {
  'redis-data-lost': 'Redis came back without its data',
  'not-watched': 'No instance was connected',
};

export function GapsPage(): JSX.Element {
  const now = useNow();
  const { remote } = usePoll<Pick<Page<Gap>, 'items'>>('/gaps', 10_000);
  return (
    <section class="card">
      <p class="quiet">
        Calls that ended within a gap were closed at the time of discovery; calls that lived through it went
        on.
      </p>
      <Shown remote={remote} empty={{ when: ({ items }) => items.length === 0, text: 'No gaps.' }}>
        {({ items }) => (
          <Table
            caption="Gaps, newest first"
            rows={items}
            keyOf={({ site, connection, from }) => `${site} ${connection} ${from}`}
            columns={[
              { title: 'From', cell: ({ from }) => timeText(from, now) },
              { title: 'To', cell: ({ to }) => timeText(to, now) },
              { title: 'Lasted', cell: ({ seconds }) => spanText(seconds) },
              { title: 'Site', cell: ({ site }) => site },
              { title: 'Connection', cell: ({ connection }) => connection },
              { title: 'Why', cell: ({ why }) => reasons[why] ?? why, wide: true },
            ]}
          />
        )}
      </Shown>
    </section>
  );
}
