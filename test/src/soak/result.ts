/** What a soak leaves: everything that the page on performance shows of it. */
import type { Machine } from '../bench/machine.ts';
import type { Growth, Point } from './growth.ts';
import type { Restart } from './restarts.ts';

export interface FigureOfSoak {
  readonly name: string;
  readonly unit: string;
  /** Of the stretches that are judged; undefined: shown, not judged. */
  readonly growth?: Growth;
  readonly points: readonly Point[];
}

export interface SoakResult {
  /** Time of day of the first call, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  /** With restarts, and after these without any. */
  readonly minutes: number;
  readonly restMinutes: number;
  readonly callsPerSecond: number;
  readonly changesPerSecond: number;
  readonly graceSeconds: number;
  /** Cores that the soak and that other programs of the machine used on average. */
  readonly cores: { readonly own: number; readonly others: number };
  readonly niceness: number;
  /** By how much the load was late at worst, milliseconds. */
  readonly lateByMs: number;
  readonly calls: number;
  readonly stateChanges: number;
  readonly configChanges: number;
  /** Voice events that the cloud must have, has, and refused; and the answers 429. */
  readonly events: {
    readonly due: number;
    readonly accepted: number;
    readonly refused: number;
    readonly repeated: number;
  };
  readonly answers429: number;
  readonly restarts: readonly Restart[];
  readonly figures: readonly FigureOfSoak[];
}

/**
 * Whether the machine had so little time for the run that not even the process that plays the calls kept up. Then what
 * waits, and how long something took, say nothing of the services; what they hold does.
 */
export function wasStarved({ calls, callsPerSecond, minutes, restMinutes }: SoakResult): boolean {
  return calls < 0.98 * callsPerSecond * (minutes + restMinutes) * 60;
}

/** What is not as it should be, in words; empty when all is. */
export function findingsOf(result: SoakResult): string[] {
  const { figures, events, restarts } = result;
  const isStarved = wasStarved(result);
  const findings = figures
    .filter(({ name, growth }) => growth?.grows === true && !(isStarved && isOfTime(name)))
    .map(({ name, unit, growth }) => `${name} grows by ${growth?.perHour.toFixed(1)} ${unit} an hour`);
  if (events.accepted !== events.due)
    findings.push(`the cloud accepted ${events.accepted} voice events of ${events.due}`);
  if (events.refused > 0) findings.push(`the cloud refused ${events.refused} voice events`);
  for (const { part, at, recovered } of restarts)
    if (recovered === undefined && !isStarved)
      findings.push(
        `not everything was well again after the restart of ${part} at ${(at / 60).toFixed(1)} min`,
      );
  return findings;
}

/** What waits hangs on how fast everything is. */
export function isOfTime(figure: string): boolean {
  return /not (processed|accepted)$|open conversations$/.test(figure);
}
