/** When nobody saw everything: the times in which a conversation may have become incomplete without a fault of ours. */
import type { Entry, FaultEntry, ScriptEntry } from '../history/entries.ts';

/** Milliseconds since 1970. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why: string;
  /** Whether what was told before may be forgotten, so that it is told again. */
  readonly forgets?: boolean;
}

/** Whether what was told before may be forgotten. */
export function forgets(gap: Gap): boolean {
  return gap.forgets === true;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is under way when a connection breaks, and how exactly the history knows when it did. */
export const marginMs = 1500;

/** Whether a conversation, or legs of one, may be incomplete because of a gap. */
export function wasTouched({ legs }: Pick<ScriptEntry, 'legs'>, gaps: readonly Gap[]): boolean {
  const times = legs.flatMap((leg) => leg.times);
  const from = Math.min(...times);
  const to = Math.max(...times);
  return gaps.some((gap) => gap.from - marginMs <= to && gap.to + marginMs >= from);
}

/**
 * Gaps are derived, not declared: the times in which, for one of the connections, no instance was told of everything.
 * An instance does not see while its server does not count it as a watcher, nor while a fault blinds it. Besides them,
 * the times of faults that may cost conversations.
 */
export function gapsOf(entries: readonly Entry[]): Gap[] {
  const run = entries.find((entry) => entry.what === 'run');
  const instances = run?.watchers ?? [];
  const end = entries.reduce((latest, { at }) => Math.max(latest, at), 0);
  const faults = entries.filter((entry) => entry.what === 'fault');
  const watching = entries.filter((entry) => entry.what === 'watching');
  const connections = [...new Set(watching.map(({ connection }) => connection))];
  const gaps: Gap[] = [];
  for (const connection of connections) {
    const blind = instances.map((instance) => [
      ...blindSpans(
        watching.filter((entry) => entry.instance === instance && entry.connection === connection),
        run?.at ?? 0,
        end,
      ),
      ...faultSpans(faults, end, ({ blinds }) => blinds.includes(instance)),
    ]);
    const nobody = blind.reduce<Span[] | undefined>(
      (both, spans) => (both === undefined ? merged(spans) : intersection(both, merged(spans))),
      undefined,
    );
    for (const { from, to } of nobody ?? []) gaps.push({ from, to, why: `nobody watched ${connection}` });
  }
  for (const { from, to } of faultSpans(faults, end, ({ cost }) => cost === 'conversations'))
    gaps.push({ from, to, why: 'a fault that may cost conversations', forgets: true });
  return gaps;
}

function blindSpans(
  watching: readonly { readonly at: number; readonly on: boolean }[],
  begin: number,
  end: number,
): Span[] {
  const spans: Span[] = [];
  let since: number | undefined = begin;
  for (const { at, on } of watching) {
    if (on && since !== undefined) spans.push({ from: since, to: at });
    since = on ? undefined : (since ?? at);
  }
  if (since !== undefined) spans.push({ from: since, to: end });
  return spans;
}

/** From the moment it is played until everything is back. */
function faultSpans(
  faults: readonly FaultEntry[],
  end: number,
  fits: (fault: FaultEntry) => boolean,
): Span[] {
  return faults
    .filter((fault) => fault.phase === 'played' && fits(fault))
    .map(({ id, at }) => ({
      from: at,
      to: faults.find((other) => other.id === id && other.phase === 'over')?.at ?? end,
    }));
}

function merged(spans: readonly Span[]): Span[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((left, right) => left.from - right.from)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

function intersection(one: readonly Span[], other: readonly Span[]): Span[] {
  return one.flatMap((left) =>
    other.flatMap((right) => {
      const from = Math.max(left.from, right.from);
      const to = Math.min(left.to, right.to);
      return from <= to ? [{ from, to }] : [];
    }),
  );
}
