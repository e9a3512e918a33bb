/** The newest plan: what it adds, changes and removes, what it costs, and the decision of a person. */
import { markOf } from '@exec/common/plan-marks';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Operation, Page, PlanSummary, SyncOverview } from '../api/answers.ts';
import { useAction, useNow, usePoll, useShared } from '../hooks.ts';
import { groupsOf, totalsOf } from '../model/plan-groups.ts';
import { lastValue } from '../model/remote.ts';
import { hashOf, type Route } from '../model/routes.ts';
import { type Decision, decisionOf, isTyped, limitRows, progressOf, syncWords } from '../model/sync.ts';
import { countText, timeText } from '../model/words.ts';
import { Confirm } from '../parts/confirm.tsx';
import { pathOf, Search } from '../parts/search.tsx';
import { Shown } from '../parts/shown.tsx';
import { Facts, Gauge, Pill } from '../parts/small.tsx';
import { Pager, Table } from '../parts/table.tsx';

export function PlanPage({ route }: { readonly route: Route }): JSX.Element {
  const sync = usePoll<SyncOverview>('/sync', 2_000);
  const plan = usePoll<PlanSummary>('/sync/plan/summary', 3_000);
  const state = lastValue(sync.remote);
  return (
    <Shown remote={plan.remote}>
      {(summary) => (
        <>
          <Summary summary={summary} sync={state} onDone={() => [sync, plan].map(({ again }) => again())} />
          {summary.operations > 0 && <Operations summary={summary} route={route} />}
        </>
      )}
    </Shown>
  );
}

function Summary({
  summary,
  sync,
  onDone,
}: {
  readonly summary: PlanSummary;
  readonly sync: SyncOverview | undefined;
  readonly onDone: () => void;
}): JSX.Element {
  const { session } = useShared();
  const now = useNow();
  const totals = totalsOf(groupsOf(summary.counts));
  const decision: Decision = sync === undefined ? { kind: 'none' } : decisionOf(sync, summary, session.right);
  const progress = sync === undefined ? undefined : progressOf(sync);
  return (
    <section class="card">
      <p class="totals">
        <strong class="add">+ {totals.add.toLocaleString('en')} to add</strong>{' '}
        <strong class="change">~ {totals.change.toLocaleString('en')} to change</strong>{' '}
        <strong class="remove">- {totals.remove.toLocaleString('en')} to remove</strong>
      </p>
      <Facts
        rows={[
          ['Plan', <code>{summary.planId}</code>],
          [
            'Made',
            `${timeText(summary.createdAt, now)}${summary.drift ? ', compared with Genesys Cloud' : ''}`,
          ],
          [
            'State',
            sync === undefined ? '…' : <Pill tone={syncWords(sync).tone}>{syncWords(sync).title}</Pill>,
          ],
          ['Users that become billable', <strong>{summary.billableUsers.toLocaleString('en')}</strong>],
          ['Removals that wait for a second read', summary.waitingForSecondRead],
        ]}
      />
      {summary.operations === 0 && (
        <p class="quiet">Nothing to do: the EX organisation shows what Engage says.</p>
      )}
      {progress !== undefined && (
        <Gauge label="Progress of the plan" part={progress.part} text={progress.text} />
      )}
      <ul class="limits">
        {limitRows(summary).map(({ limit, text, exceeded }) => (
          <li key={limit}>
            <Pill tone={exceeded ? 'bad' : 'good'}>{exceeded ? 'Beyond the limit' : 'Within the limit'}</Pill>{' '}
            {text}
          </li>
        ))}
      </ul>
      {summary.stopped !== null && (
        <p class="banner bad" data-state="stopped">
          <strong>Stopped.</strong> {summary.stopped}
        </p>
      )}
      {summary.review !== null && (
        <p class="banner ask" data-state="waits">
          <strong>Waits for approval.</strong> {summary.review.detail}
        </p>
      )}
      {decision.kind !== 'none' && <Decide decision={decision} onDone={onDone} />}
    </section>
  );
}

function Decide({
  decision,
  onDone,
}: {
  readonly decision: Exclude<Decision, { readonly kind: 'none' }>;
  readonly onDone: () => void;
}): JSX.Element {
  const act = useAction();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const { planId, numbers } = decision;
  const isApproval = decision.kind === 'approve';
  const confirm = async () => {
    setOpen(false);
    const request = isApproval
      ? { path: '/sync/approve', body: { planId }, done: `Plan ${planId} is approved and is applied now.` }
      : {
          path: '/sync/runs',
          body: {
            mode: 'apply',
            allow: { planId, ...Object.fromEntries(numbers.map(({ name, number }) => [name, number])) },
          },
          done: `Plan ${planId} is allowed beyond its limits and is applied now.`,
        };
    if (await act({ method: 'POST', ...request })) onDone();
  };
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        onClick={() => {
          setTyped({});
          setOpen(true);
        }}
      >
        {isApproval ? 'Approve this plan…' : 'Allow this one plan…'}
      </button>
      {open && (
        <Confirm
          title={isApproval ? `Approve plan ${planId}` : `Allow plan ${planId} beyond its limits`}
          action={isApproval ? 'Approve and apply' : 'Allow and apply'}
          disabled={!isTyped(numbers, typed)}
          onConfirm={() => void confirm()}
          onClose={() => setOpen(false)}
        >
          <p>
            Type in the numbers of the plan. If it changes before it is applied, this approval does not hold.
          </p>
          {numbers.map(({ name, label, number }) => (
            <label key={name}>
              <span>
                {label}: {number.toLocaleString('en')}
              </span>
              <input
                inputMode="numeric"
                autocomplete="off"
                name={name}
                value={typed[name] ?? ''}
                onInput={(event) => {
                  const { value } = event.currentTarget;
                  setTyped((before) => ({ ...before, [name]: value }));
                }}
              />
            </label>
          ))}
        </Confirm>
      )}
    </div>
  );
}

function Operations({
  summary,
  route,
}: {
  readonly summary: PlanSummary;
  readonly route: Route;
}): JSX.Element {
  const { q, kind, mark, cursor = '' } = route.query;
  const path = pathOf('/sync/plan/operations', {
    planId: summary.planId,
    q,
    kind,
    mark,
    cursor,
    limit: '50',
  });
  const { remote } = usePoll<Page<Operation> & { readonly total: number }>(path, 60_000);
  const groups = groupsOf(summary.counts);
  return (
    <section class="card">
      <h2>Operations</h2>
      <ul class="groups">
        {groups.map((group) => (
          <li key={group.kind}>
            <a
              href={hashOf('plan', { query: { kind: group.kind === kind ? '' : group.kind } })}
              aria-current={group.kind === kind ? 'true' : undefined}
            >
              {group.title} <span class="add">+{group.add}</span> <span class="change">~{group.change}</span>{' '}
              <span class="remove">-{group.remove}</span>
            </a>
          </li>
        ))}
      </ul>
      <Search
        route={route}
        label="Name or DBID"
        choices={[
          {
            name: 'kind',
            label: 'Kind',
            options: [['', 'All kinds'], ...groups.map((group) => [group.kind, group.title] as const)],
          },
          {
            name: 'mark',
            label: 'What',
            options: [
              ['', 'All'],
              ['+', '+ adds'],
              ['~', '~ changes'],
              ['-', '- removes'],
            ],
          },
        ]}
      />
      <Shown
        remote={remote}
        empty={{
          when: ({ items }) => items.length === 0,
          text: 'No operation of this plan fits.',
          hint: 'Choose another kind or search for another name.',
        }}
      >
        {({ items, next, total }) => (
          <>
            <Table
              caption={countText(total, 'operation')}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: 'What',
                  cell: ({ operation, kind: of }) => <Sign operation={operation} kind={of} />,
                },
                {
                  title: 'Object',
                  cell: ({ engage }) => (
                    <>
                      {engage.name} <span class="quiet">({engage.dbid})</span>
                      {engage.path !== undefined && <div class="quiet path">{engage.path}</div>}
                    </>
                  ),
                },
                { title: 'Before', cell: ({ before }) => before ?? '–' },
                { title: 'After', cell: ({ after }) => after ?? '–' },
                { title: 'Why', cell: ({ reason }) => reason, wide: true },
              ]}
            />
            <Pager
              cursor={cursor}
              next={next}
              onGo={(to) => (location.hash = hashOf('plan', { query: { ...route.query, cursor: to } }))}
            />
          </>
        )}
      </Shown>
    </section>
  );
}

function Sign({ operation, kind }: { readonly operation: string; readonly kind: string }): JSX.Element {
  const mark = markOf(operation);
  return (
    <span class={{ '+': 'add', '~': 'change', '-': 'remove' }[mark]}>
      {mark} {kind} {operation}
    </span>
  );
}
