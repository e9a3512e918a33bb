/** How the service is: what it depends on, its part in the pair, its budget, its delays, and of EXCS the synchronisation. */
import type { JSX } from 'preact';
import type { Overview, SyncOverview } from '../api/answers.ts';
import { useAction, useNow, usePoll, useShared } from '../hooks.ts';
import { progressOf, syncWords } from '../model/sync.ts';
import { agoText, countText, delayText, spanText, timeText } from '../model/words.ts';
import { Shown } from '../parts/shown.tsx';
import { Facts, Gauge, Pill, Plot } from '../parts/small.tsx';
import { Table } from '../parts/table.tsx';

export function OverviewPage(): JSX.Element {
  const { session } = useShared();
  const { remote } = usePoll<Overview>('/overview', 5_000);
  return (
    <>
      {session.offers.includes('/sync') && <SyncCard />}
      <Shown remote={remote}>{(overview) => <Service overview={overview} />}</Shown>
    </>
  );
}

function Service({ overview }: { readonly overview: Overview }): JSX.Element {
  const now = useNow();
  const { budget, minutes, dependencies } = overview;
  return (
    <>
      <section class="card">
        <h2>This instance</h2>
        <Facts
          rows={[
            [
              'State',
              <>
                <Pill tone={overview.ready ? 'good' : 'bad'}>{overview.ready ? 'Ready' : 'Not ready'}</Pill>{' '}
                {overview.active !== undefined && (
                  <Pill tone={overview.active ? 'good' : 'quiet'}>
                    {overview.active ? 'Active: holds the lease' : 'Stands by'}
                  </Pill>
                )}
              </>,
            ],
            ['Version', overview.version],
            ['Instance', overview.instanceId],
            ['Runs since', `${timeText(overview.startedAt, now)} (${agoText(overview.startedAt, now)})`],
          ]}
        />
      </section>
      <section class="card">
        <h2>Genesys Cloud</h2>
        <Gauge
          label="Request budget in use"
          part={budget.perMinute === 0 ? 0 : budget.usedInLastMinute / budget.perMinute}
          text={`${budget.usedInLastMinute.toLocaleString('en')} of ${countText(budget.perMinute, 'request')} in the last minute`}
        />
        <div class="plots">
          <Plot
            title="Requests a minute"
            least={budget.perMinute}
            lines={[{ name: 'sent', values: minutes.map(({ requests }) => requests) }]}
            text={(value) => (value === null ? '–' : Math.round(value).toLocaleString('en'))}
          />
          <Plot
            title={overview.delayOf}
            lines={[
              { name: 'half within', values: minutes.map(({ delayMedian }) => delayMedian) },
              { name: '95 % within', values: minutes.map(({ delayHigh }) => delayHigh) },
            ]}
            text={delayText}
          />
        </div>
        {minutes.length < 2 && (
          <p class="quiet">The plots fill minute by minute since the start of the service.</p>
        )}
      </section>
      <section class="card">
        <Table
          caption="What it depends on"
          rows={[...dependencies].sort((one, other) => Number(one.up) - Number(other.up))}
          keyOf={({ name }) => name}
          columns={[
            { title: 'Name', cell: ({ name }) => name },
            {
              title: 'State',
              cell: ({ up, required }) => (
                <Pill tone={up ? 'good' : required ? 'bad' : 'ask'}>
                  {up ? 'Up' : required ? 'Down' : 'Down, not needed'}
                </Pill>
              ),
            },
            { title: 'Since', cell: ({ since }) => agoText(since, now) },
            { title: 'Detail', cell: ({ detail }) => detail, wide: true },
          ]}
        />
      </section>
    </>
  );
}

function SyncCard(): JSX.Element {
  const { remote, again } = usePoll<SyncOverview>('/sync', 2_000);
  return <Shown remote={remote}>{(sync) => <Sync sync={sync} onChange={again} />}</Shown>;
}

function Sync({
  sync,
  onChange,
}: {
  readonly sync: SyncOverview;
  readonly onChange: () => void;
}): JSX.Element {
  const { session } = useShared();
  const act = useAction();
  const now = useNow();
  const words = syncWords(sync);
  const progress = progressOf(sync);
  const { last, counts } = sync;
  const steer = async (path: 'pause' | 'resume') => {
    const done = path === 'pause' ? 'Paused: plans are made and not applied.' : 'Resumed.';
    if (await act({ method: 'POST', path: `/sync/${path}`, done })) onChange();
  };
  return (
    <section class="card">
      <h2>Synchronisation</h2>
      <p>
        <Pill tone={words.tone}>{words.title}</Pill> {words.meaning}
      </p>
      {sync.stopped !== null && <p class="banner bad">{sync.stopped.detail}</p>}
      {sync.review !== null && (
        <p class="banner ask">
          {sync.review.detail} <a href="#/plan">Look at the plan</a>
        </p>
      )}
      {progress !== undefined && (
        <Gauge label="Progress of the plan" part={progress.part} text={progress.text} />
      )}
      <Facts
        rows={[
          ['In step last', agoText(sync.lastSuccessAt, now)],
          [
            'Last cycle',
            last === null
              ? 'none yet'
              : `${last.outcome}, ${timeText(last.endedAt, now)}, ${last.done} done, ${last.failed} failed, in ${spanText((Date.parse(last.endedAt) - Date.parse(last.startedAt)) / 1000)}`,
          ],
          ['Conflicts', <a href="#/conflicts">{sync.conflicts}</a>],
          ['Orphans', <a href="#/orphans">{sync.orphans}</a>],
          ['Failing operations', sync.failingCount],
          ['Removals that wait for a second read', sync.waitingForSecondRead],
          ['Oldest check in the EX organisation', agoText(sync.oldestCheckAt, now)],
          ...(counts === null
            ? []
            : ([
                ['Persons, users', `${counts.persons ?? 0}, ${counts.users ?? 0}`],
                ['Skills, mapped', `${counts.skills ?? 0}, ${counts.mappedSkills ?? 0}`],
                ['Queues, mapped', `${counts.queues ?? 0}, ${counts.mappedQueues ?? 0}`],
                ['Wrap-up values, codes', `${counts.wrapupValues ?? 0}, ${counts.wrapupCodes ?? 0}`],
              ] as const)),
        ]}
      />
      {sync.refusedKinds.map(({ kind, detail }) => (
        <p key={kind} class="banner ask">
          <strong>{kind} are not read:</strong> {detail}
        </p>
      ))}
      {session.right === 'operator' && (
        <div class="buttons">
          {sync.paused ? (
            <button type="button" class="primary" onClick={() => void steer('resume')}>
              Resume
            </button>
          ) : (
            <button type="button" onClick={() => void steer('pause')}>
              Pause
            </button>
          )}
        </div>
      )}
    </section>
  );
}
