/** A field to search by and choices beside it; what is chosen stands in the address, so that it can be passed on. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { hashOf, type Route } from '../model/routes.ts';

export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

const typingMs = 300;

export function Search({
  route,
  label,
  choices,
}: {
  readonly route: Route;
  readonly label: string;
  readonly choices: readonly Choice[];
}): JSX.Element {
  const [text, setText] = useState(route.query.q ?? '');
  useEffect(() => setText(route.query.q ?? ''), [route.query.q]);
  const go = (change: Readonly<Record<string, string>>) => {
    location.hash = hashOf(route.page, { query: { ...route.query, cursor: '', ...change } });
  };
  useEffect(() => {
    if (text === (route.query.q ?? '')) return;
    const timer = setTimeout(() => go({ q: text }), typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <form
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        go({ q: text });
      }}
    >
      <label>
        <span>{label}</span>
        <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {choices.map(({ name, label: of, options }) => (
        <label key={name}>
          <span>{of}</span>
          <select
            value={route.query[name] ?? ''}
            onChange={(event) => go({ [name]: event.currentTarget.value })}
          >
            {options.map(([value, said]) => (
              <option key={value} value={value}>
                {said}
              </option>
            ))}
          </select>
        </label>
      ))}
    </form>
  );
}

/** Path with a query, without what is empty. */
export function pathOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
