/** A table that is a table for who hears it, and cards on a narrow screen. */
import type { ComponentChildren, JSX } from 'preact';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  readonly align?: 'right';
  /** Takes the width that is left. */
  readonly wide?: true;
}

export function Table<T>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
}): JSX.Element {
  return (
    <table class="table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, align }) => (
            <th key={title} scope="col" class={align}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, cell, align, wide }) => (
              <td
                key={title}
                data-title={title}
                class={[align, wide && 'wide'].filter(Boolean).join(' ') || undefined}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Pages of a list: to the first one and to the next. */
export function Pager({
  cursor,
  next,
  onGo,
}: {
  readonly cursor: string;
  readonly next: string | null;
  readonly onGo: (cursor: string) => void;
}): JSX.Element | null {
  if (cursor === '' && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      <button type="button" disabled={cursor === ''} onClick={() => onGo('')}>
        First page
      </button>
      <button type="button" disabled={next === null} onClick={() => next !== null && onGo(next)}>
        Next page
      </button>
    </nav>
  );
}
