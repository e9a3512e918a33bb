/** A list of which several rows can be chosen, to do the same with each of them. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useShared } from '../hooks.ts';
import { Confirm } from './confirm.tsx';
import { type Column, Table } from './table.tsx';

export interface BulkAction {
  /** `Retry` */
  readonly title: string;
  readonly method: 'POST' | 'DELETE';
  readonly path: (id: string) => string;
  /** `is sent again` */
  readonly done: string;
  /** What it means, before it is done. */
  readonly warning: string;
}

export function Selection<T>({
  caption,
  rows,
  keyOf,
  columns,
  actions,
  onDone,
}: {
  readonly caption: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly columns: readonly Column<T>[];
  readonly actions: readonly BulkAction[];
  readonly onDone: () => void;
}): JSX.Element {
  const { client, session, notify } = useShared();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<BulkAction>();
  if (session.right !== 'operator')
    return <Table caption={caption} rows={rows} keyOf={keyOf} columns={columns} />;
  const ids = rows.map(keyOf).filter((id) => chosen.has(id));
  const run = async (action: BulkAction) => {
    setAsked(undefined);
    const refusals: string[] = [];
    // One after the other: each is an entry of the audit with a result of its own.
    for (const id of ids) {
      const answer = await client.send(action.method, action.path(id));
      if (answer.kind === 'refused') refusals.push(`${id}: ${answer.fault.detail}`);
      if (answer.kind !== 'no-answer') continue;
      refusals.push(`${id}: the service does not answer; the rest was not tried`);
      break;
    }
    const done = ids.length - refusals.length;
    notify(
      refusals.length === 0
        ? { tone: 'good', text: `${done} ${action.done}.` }
        : {
            tone: 'bad',
            text: `${done} ${action.done}; not so: ${refusals.slice(0, 5).join('; ')}${refusals.length > 5 ? '; …' : ''}`,
          },
    );
    setChosen(new Set());
    onDone();
  };
  const toggle = (id: string, on: boolean) =>
    setChosen((before) => {
      const after = new Set(before);
      if (on) after.add(id);
      else after.delete(id);
      return after;
    });
  return (
    <>
      <div class="buttons">
        <label class="check">
          <input
            type="checkbox"
            checked={ids.length === rows.length && rows.length > 0}
            onChange={(event) =>
              setChosen(event.currentTarget.checked ? new Set(rows.map(keyOf)) : new Set())
            }
          />{' '}
          All of this page
        </label>
        {actions.map((action) => (
          <button
            key={action.title}
            type="button"
            disabled={ids.length === 0}
            onClick={() => setAsked(action)}
          >
            {action.title} {ids.length}…
          </button>
        ))}
      </div>
      <Table
        caption={caption}
        rows={rows}
        keyOf={keyOf}
        columns={[
          {
            title: 'Choose',
            cell: (row) => (
              <input
                type="checkbox"
                aria-label={`Choose ${keyOf(row)}`}
                checked={chosen.has(keyOf(row))}
                onChange={(event) => toggle(keyOf(row), event.currentTarget.checked)}
              />
            ),
          },
          ...columns,
        ]}
      />
      {asked !== undefined && (
        <Confirm
          title={`${asked.title} ${ids.length}`}
          action={asked.title}
          onConfirm={() => void run(asked)}
          onClose={() => setAsked(undefined)}
        >
          <p>{asked.warning}</p>
        </Confirm>
      )}
    </>
  );
}
