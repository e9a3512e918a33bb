/** An administrator who goes on working during a run: changes of the Config DB, one every few seconds. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AppliedMutation,
  type ContactCentre,
  mutations,
  writeChanges,
} from '@exec/simulators/config-db';
import { Client } from 'pg';

const everyMs = 4000;
/** Nothing that changes who has a telephone, or which queues there are: calls go on meanwhile. */
const kinds = [
  'person.rename',
  'person.set-level',
  'person.drop-skill',
  'skill.create',
  'group.add-member',
  'group.remove-member',
] as const;

export class Changes {
  readonly #databaseUrl: string;
  readonly #drawn: Generator<AppliedMutation, never>;
  readonly #stop = new AbortController();
  #held = 0;
  #working: Promise<void> | undefined;
  #change: Promise<void> = Promise.resolve();
  #made = 0;

  constructor(centre: ContactCentre, databaseUrl: string, seed: number) {
    this.#databaseUrl = databaseUrl;
    this.#drawn = mutations(centre, { seed, kinds });
  }

  /** Changes that are in the database. */
  get made(): number {
    return this.#made;
  }

  start(): void {
    this.#working = this.#work();
  }

  /** Ends with the change that is being made. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  /**
   * No change is made until the answered function is called: before something happens to the database that could leave
   * open whether a change was made.
   */
  async hold(): Promise<() => void> {
    this.#held += 1;
    await this.#change;
    return () => {
      this.#held -= 1;
    };
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.#held > 0) continue;
      this.#change = this.#make();
      await this.#change;
    }
  }

  async #make(): Promise<void> {
    const client = new Client({ connectionString: this.#databaseUrl });
    // What breaks a connection breaks what is asked through it; nobody else is to hear of it.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch {
      // On a machine that is very busy the server gives up on who logs in. The next change is made in its place.
      return;
    }
    try {
      await writeChanges(client, this.#drawn.next().value.statements);
      this.#made += 1;
    } finally {
      await client.end();
    }
  }
}
