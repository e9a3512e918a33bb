/** Which format is written, from what all instances of the deployment read. */
import type { FormatRange } from './format.ts';

/** What an instance has said of itself; it counts for a day after it was last heard of. */
export interface Announcement {
  readonly service: string;
  readonly instance: string;
  readonly reads: FormatRange;
  /** Since it was last heard of, milliseconds. */
  readonly ageMs: number;
}

export interface Choice {
  readonly format: number;
  /** Instances that keep it below the newest format of this one. */
  readonly heldBackBy: readonly Announcement[];
  /** Instances that read a newer format than this one can write. */
  readonly newer: readonly Announcement[];
  /** Instances that do not read what is written: their release is too far from this one. */
  readonly strangers: readonly Announcement[];
}

/** The newest format that this instance (`own`) and all `others` read; its own oldest when there is none. */
export function chooseFormat(own: FormatRange, others: readonly Announcement[]): Choice {
  const newestOfAll = Math.min(own.max, ...others.map(({ reads }) => reads.max));
  const format = Math.max(own.min, newestOfAll);
  return {
    format,
    heldBackBy: others.filter(({ reads }) => reads.max < own.max),
    newer: others.filter(({ reads }) => reads.max > own.max),
    strangers: others.filter(({ reads }) => format < reads.min || format > reads.max),
  };
}

/** The choice in words, for health and log. */
export function textOf({ format, heldBackBy, newer, strangers }: Choice): string {
  if (strangers.length > 0)
    return `releases too far apart, writing format ${format}: not read by ${names(strangers)}`;
  if (heldBackBy.length > 0)
    return `mixed releases, writing format ${format}: no newer one is read by ${names(heldBackBy)}`;
  if (newer.length > 0)
    return `mixed releases, writing format ${format}: a newer one is read by ${names(newer)}`;
  return `writing format ${format}, which all instances read`;
}

/** An instance that was not heard of for so long (ms) is not at work. */
export const freshMs = 3_500;

function names(announcements: readonly Announcement[]): string {
  return announcements.map(nameOf).join(', ');
}

function nameOf({ service, instance, ageMs }: Announcement): string {
  // Whoever ran here before announcements began has no name.
  const name = instance === '' ? 'what ran here before' : `${service} ${instance}`;
  return ageMs <= freshMs ? name : `${name} (last seen ${ageText(ageMs)} ago)`;
}

function ageText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'seconds';
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
