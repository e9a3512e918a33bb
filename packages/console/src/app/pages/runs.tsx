/** Runs that somebody asked for, and asking for one. */
import type { JSX } from 'preact';
import type { Page, Run } from '../api/answers.ts';
import { useAction, useNow, usePoll, useShared } from '../hooks.ts';
import type { Tone } from '../model/sync.ts';
import { timeText } from '../model/words.ts';
import { Shown } from '../parts/shown.tsx';
import { Pill } from '../parts/small.tsx';
import { Table } from '../parts/table.tsx';

const tones: Readonly<Record<string, Tone>> = {
  running: 'busy',
  done: 'good',
  stopped: 'ask',
  failed: 'bad',
};

export function RunsPage(): JSX.Element {
  const { session } = useShared();
  const now = useNow();
  const act = useAction();
  const { remote, again } = usePoll<Page<Run>>('/sync/runs', 3_000);
  const ask = async (drift: boolean) => {
    const done = drift ? 'Engage and the EX organisation are compared now.' : 'Engage is read now.';
    if (await act({ method: 'POST', path: '/sync/runs', body: { mode: 'plan', drift }, done })) again();
  };
  return (
    <section class="card">
      <p class="quiet">
        The newest hundred runs that were asked for here, by exop or by the REST interface; the usual cycles
        are not among them.
      </p>
      {session.right === 'operator' && (
        <div class="buttons">
          <button type="button" onClick={() => void ask(false)}>
            Make a plan now
          </button>
          <button type="button" onClick={() => void ask(true)}>
            Compare with the EX organisation now
          </button>
        </div>
      )}
      <Shown
        remote={remote}
        empty={{
          when: ({ items }) => items.length === 0,
          text: 'No run has been asked for since the start of this instance.',
        }}
      >
        {({ items }) => (
          <Table
            caption="Runs"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Asked for', cell: ({ startedAt }) => timeText(startedAt, now) },
              { title: 'Mode', cell: ({ mode }) => mode },
              { title: 'State', cell: ({ state }) => <Pill tone={tones[state] ?? 'quiet'}>{state}</Pill> },
              { title: 'Ended', cell: ({ endedAt }) => (endedAt === null ? '–' : timeText(endedAt, now)) },
              { title: 'Plan', cell: ({ planId }) => (planId === null ? '–' : <code>{planId}</code>) },
              {
                title: 'Result',
                cell: ({ counts, detail }) =>
                  detail ??
                  (Object.entries(counts)
                    .map(([name, count]) => `${name}: ${count}`)
                    .join(', ') ||
                    'nothing to do'),
                wide: true,
              },
            ]}
          />
        )}
      </Shown>
    </section>
  );
}
