/** What a service depends on and whether it is there: the answer of `/health/ready`. */
import type { Clock } from '../time/clock.ts';

export interface DependencyState {
  readonly name: string;
  readonly up: boolean;
  /** ISO 8601, UTC: when `up` last changed. */
  readonly since: string;
  readonly detail: string;
  /** Whether the service is not ready without it. */
  readonly required: boolean;
}

export interface Readiness {
  readonly ready: boolean;
  /** Whether this instance does the work or stands by; absent where that makes no difference. */
  readonly active?: boolean;
  readonly stopping: boolean;
  readonly dependencies: readonly DependencyState[];
}

/** Handle of one dependency, held by the part that talks to it. */
export interface Dependency {
  up(detail?: string): void;
  /** `detail`: why, and what is done about it; no secret. */
  down(detail: string): void;
}

/**
 * What `/health/ready` says: ready while every required dependency is up, whether this instance is active or stands
 * by.
 */
export class Health {
  readonly #clock: Clock;
  readonly #dependencies = new Map<string, DependencyState>();
  #active: boolean | undefined;
  #stopping = false;

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  /** Declares a dependency; it is down until it is said to be up. A name that is known keeps its state. */
  dependency(
    name: string,
    initialDetail = 'not tried yet',
    options: { readonly required?: boolean } = {},
  ): Dependency {
    const required = options.required ?? true;
    if (!this.#dependencies.has(name)) this.#set(name, false, initialDetail, required);
    return {
      up: (detail = 'ok') => this.#set(name, true, detail, required),
      down: (detail) => this.#set(name, false, detail, required),
    };
  }

  /** Removes what the service no longer depends on. */
  forget(name: string): void {
    this.#dependencies.delete(name);
  }

  setActive(active: boolean | undefined): void {
    this.#active = active;
  }

  /** From now on the service is not ready, whatever its dependencies. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Ready: every required dependency is up and the service is not stopping. A standby is ready too. */
  ready(): Readiness {
    const dependencies = [...this.#dependencies.values()];
    return {
      ready: !this.#stopping && dependencies.every((dependency) => dependency.up || !dependency.required),
      ...(this.#active === undefined ? {} : { active: this.#active }),
      stopping: this.#stopping,
      dependencies,
    };
  }

  #set(name: string, up: boolean, detail: string, required: boolean): void {
    const before = this.#dependencies.get(name);
    const since = before?.up === up ? before.since : new Date(this.#clock.now()).toISOString();
    this.#dependencies.set(name, { name, up, since, detail, required });
  }
}
