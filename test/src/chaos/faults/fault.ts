/** What a fault is: how it is played and healed, what it may cost, what a person sees of it. */

import type { Random } from '@exec/simulators/scenarios';
import type { Cost } from '../history/entries.ts';
import type { Stage } from '../stage/stage.ts';

export type FaultKind = 'process' | 'redis' | 'cloud' | 'link' | 'database' | 'log' | 'clock';

/** One playing of a fault: on what, for how long. */
export interface Play {
  /** What it is played on, in words. */
  readonly on: string;
  /** Parts of the stage that it takes for itself: two faults at once share none. */
  readonly parts: readonly string[];
  /** Milliseconds between playing and healing. */
  readonly lastsMs: number;
  /** Instances of EXCP that do not see meanwhile. */
  readonly blinds?: readonly string[];
  /** What must be so before it is played: it costs more otherwise than it says. */
  readonly after?: (stage: Stage) => Promise<void>;
  /** Answers how it is healed. */
  readonly play: (stage: Stage) => Promise<() => Promise<void>>;
}

export interface Fault {
  /** Lower case with hyphens; unique. */
  readonly name: string;
  readonly kind: FaultKind;
  /** What happens, in a few words for a table. */
  readonly happens: string;
  /** What somebody sees who runs the connector. */
  readonly sees: string;
  /** Nothing, or what is lost and why. */
  readonly lost: string;
  /** Name of the alert that fires when it lasts; undefined: none, and `sees` says where it shows. */
  readonly alarm?: string;
  readonly cost: Cost;
  /** Whose clock it sets; left out of a run in which that one cannot be set. */
  readonly needsClockOf?: 'services' | 'redis';
  /** Minutes that a run must last at least; a shorter one leaves the fault out. */
  readonly needsMinutes?: number;
  /** Draws one playing of it. */
  readonly draw: (random: Random) => Play;
}
