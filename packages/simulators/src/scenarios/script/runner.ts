/** Plays performances on switches as time goes by, any number of them side by side. */
import type { Clock } from '@exec/common/clock';
import type { SipSwitch } from '../../sip-server/index.ts';
import { type PlayedStep, resolveExpected } from './expectation.ts';
import type { Performance, Played } from './scenario.ts';
import { Stage, type StageHooks } from './stage.ts';
import { logInAgent } from './verbs.ts';

export interface RunnerOptions {
  readonly clock: Clock;
  readonly switches: ReadonlyMap<string, SipSwitch>;
  /** Virtual milliseconds in one real one; expected times are real ones. Default 1. */
  readonly speed?: number;
  readonly hooks?: StageHooks;
}

export class ScenarioRunner {
  readonly #o: RunnerOptions;
  readonly #speed: number;
  readonly #running = new Set<AbortController>();

  constructor(o: RunnerOptions) {
    this.#o = o;
    this.#speed = o.speed ?? 1;
  }

  /** Logs in the agents who are there from the start: now, so that who is watching already learns of it. */
  logIn(performances: readonly Performance[]): void {
    for (const performance of performances) logInCast(performance, new Stage(performance, this.#o.switches));
  }

  /**
   * Plays one performance, whose agents are logged in. `afterMs`: virtual milliseconds until it begins.
   * Rejects when a step is impossible, or when the runner is stopped before the end.
   */
  play(performance: Performance, afterMs = 0): Promise<Played> {
    const { clock, switches, hooks } = this.#o;
    const stage = new Stage(performance, switches, hooks);
    const begin = clock.monotonic() + afterMs / this.#speed;
    const startedAt = clock.now() + afterMs / this.#speed;
    const { steps, lasts } = performance.scenario;
    const waits = new AbortController();
    const run = async (): Promise<Played> => {
      const playedAt: PlayedStep[] = [];
      for (const step of [...steps, { at: lasts, run: () => undefined }]) {
        await clock.sleep(Math.max(0, begin + step.at / this.#speed - clock.monotonic()), waits.signal);
        // By the wall clock, as the switches see it: that of a script may have stood still meanwhile.
        playedAt.push({ offset: step.at, at: clock.now() });
        step.run(stage);
      }
      const expected = resolveExpected(performance, stage, { startedAt, playedAt, speed: this.#speed });
      return { performance, startedAt, calls: stage.calls, expected };
    };
    this.#running.add(waits);
    return run().finally(() => this.#running.delete(waits));
  }

  /** Starts one performance every `everyMs` virtual milliseconds; agents are logged in first. */
  async playAll(performances: readonly Performance[], everyMs = 0): Promise<Played[]> {
    this.logIn(performances);
    return Promise.all(performances.map((performance, index) => this.play(performance, index * everyMs)));
  }

  /** Ends everything that is being played. */
  stop(): void {
    for (const waits of this.#running) waits.abort(new Error('the runner was stopped'));
  }
}

export function logInCast(performance: Performance, stage: Stage): void {
  for (const [role, { loggedIn = true }] of Object.entries(performance.scenario.cast.agents ?? {})) {
    if (loggedIn) logInAgent(stage, role);
  }
}
