/** Plays faults on a stage while the load goes on: one at a time or some that share no part, drawn from a seed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@exec/simulators/scenarios';
import type { Fault, Play } from './faults/fault.ts';
import type { FaultEntry } from './history/entries.ts';
import type { Problems, Stage } from './stage/stage.ts';

/** A stage that has not recovered after so long is left to the judge. */
const recoveryMs = 90_000;
const lookEveryMs = 250;
/** From here on, others are played meanwhile. */
const longMs = 60_000;

interface Drawn {
  readonly fault: Fault;
  readonly play: Play;
}

export interface ProgrammeOptions {
  readonly stage: Stage;
  readonly random: Random;
  readonly faults: readonly Fault[];
  /** Share of faults that are played beside another one. */
  readonly pairs: number;
  /** Plays each of the given faults once and ends, in place of going on until `until`. */
  readonly once: boolean;
  /** Reading of `performance.now()` after which no fault begins. */
  readonly until: number;
  /** No fault begins after it is aborted. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export class Programme {
  readonly #o: ProgrammeOptions;
  readonly #playing = new Map<Play, Promise<void>>();
  /** Whether a fault that lasts long is being played: nothing is well until it is over. */
  #long = false;
  #lastId = 0;

  constructor(o: ProgrammeOptions) {
    this.#o = o;
  }

  /**
   * Every fault comes once before any comes again. One that lasts long begins early and comes once only; others are played
   * meanwhile on parts that it leaves alone.
   */
  async play(): Promise<void> {
    const { random, faults, once, until, pairs, signal } = this.#o;
    let bag: Fault[] = once
      ? [...faults]
      : random.shuffled(faults).toSorted((left, right) => rank(left) - rank(right));
    const long: Promise<void>[] = [];
    while (performance.now() < until && bag.length > 0 && !signal.aborted) {
      await delay(random.between(500, 3000));
      const first = this.#take(bag);
      if (first === undefined) {
        await Promise.race([...this.#playing.values()]);
        continue;
      }
      const playing = this.#begin(first);
      if (first.play.lastsMs >= longMs && !once) {
        long.push(playing);
        // It is awaited at the end.
        playing.catch(() => undefined);
        continue;
      }
      const second = random.chance(pairs) ? this.#take(bag) : undefined;
      if (second !== undefined)
        await Promise.all([playing, delay(random.between(0, 2000)).then(() => this.#begin(second))]);
      await playing;
      if (bag.length === 0 && !once) bag = random.shuffled(faults.filter((fault) => rank(fault) === 0));
    }
    await Promise.all(long);
  }

  /** The next fault that shares no part with those that are being played. */
  #take(bag: Fault[]): Drawn | undefined {
    for (const [index, fault] of bag.entries()) {
      const play = fault.draw(this.#o.random);
      if (![...this.#playing.keys()].every((other) => disjoint(play, other))) continue;
      bag.splice(index, 1);
      return { fault, play };
    }
    return undefined;
  }

  #begin({ fault, play }: Drawn): Promise<void> {
    const playing = this.#playOne(fault, play).finally(() => this.#playing.delete(play));
    this.#playing.set(play, playing);
    return playing;
  }

  async #playOne(fault: Fault, { on, lastsMs, blinds = [], after, play }: Play): Promise<void> {
    const { stage, say } = this.#o;
    this.#lastId += 1;
    const note = (phase: FaultEntry['phase']) => {
      const { name, kind, cost } = fault;
      stage.history.add({ what: 'fault', at: Date.now(), id, phase, name, kind, on, cost, blinds });
    };
    const id = this.#lastId;
    await after?.(stage);
    say(`${fault.name} on ${on}, ${(lastsMs / 1000).toFixed(1)} s`);
    note('played');
    const isLong = lastsMs >= longMs;
    this.#long ||= isLong;
    const heal = await play(stage);
    await delay(lastsMs);
    await heal();
    if (isLong) this.#long = false;
    note('healed');
    const began = performance.now();
    let problems = await this.#problems();
    while (problems.length > 0 && performance.now() - began < recoveryMs) {
      await delay(lookEveryMs);
      problems = await this.#problems();
    }
    if (problems.length > 0)
      say(`${fault.name}: not recovered after ${recoveryMs / 1000} s: ${JSON.stringify(problems)}`);
    note('over');
  }

  /** While a fault lasts long, no service may be ready: then it is enough that they answer and see. */
  #problems(): Promise<readonly Problems[]> {
    return this.#long ? this.#o.stage.blind() : this.#o.stage.recovered();
  }
}

/** Those that need a long run come first. */
function rank({ needsMinutes = 0 }: Fault): number {
  return -needsMinutes;
}

function disjoint(one: Play, other: Play): boolean {
  return !one.parts.some((part) => other.parts.includes(part));
}
