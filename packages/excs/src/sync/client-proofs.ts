/** Proves that the OAuth client of a service fits the organisation before anything is made of it. */
import type { Clock } from '@exec/common/clock';
import type { SettingsService } from '@exec/common/config';
import { type CloudAccess, isSameAccess } from '@exec/common/genesys-cloud';
import { textOf } from '@exec/common/trouble';

export interface ClientProofsOptions {
  /** Logs in with the access and answers the ID of the organisation that it leads to. @throws CloudError */
  readonly ask: (access: CloudAccess, signal: AbortSignal) => Promise<string>;
  readonly orgId: string;
  readonly clock: Clock;
}

/** What does not fit now may do so later, when the client has been put right in the cloud: milliseconds. */
const askAgainMs = 60_000;

interface Proof {
  readonly access: CloudAccess;
  /** Why it does not fit; undefined: it does. */
  readonly problem: string | undefined;
  /** Monotonic. */
  readonly at: number;
}

export class ClientProofs {
  readonly #options: ClientProofsOptions;
  readonly #proofs = new Map<SettingsService, Proof>();

  constructor(options: ClientProofsOptions) {
    this.#options = options;
  }

  /** Why clients do not fit, by service. */
  get problems(): ReadonlyMap<SettingsService, string> {
    const problems = new Map<SettingsService, string>();
    for (const [service, { problem }] of this.#proofs)
      if (problem !== undefined) problems.set(service, problem);
    return problems;
  }

  /** Whether a client that did not fit may be asked about again. */
  get due(): boolean {
    for (const proof of this.#proofs.values())
      if (proof.problem !== undefined && this.#isOld(proof)) return true;
    return false;
  }

  /** Asked once for each access, and again after a while when it did not fit; answers why it does not. */
  async prove(
    service: SettingsService,
    access: CloudAccess,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const known = this.#proofs.get(service);
    if (known !== undefined && isSameAccess(known.access, access))
      if (known.problem === undefined || !this.#isOld(known)) return known.problem;
    const problem = await this.#problemOf(access, signal);
    this.note(service, access, problem);
    return problem;
  }

  /** What was found in another way. */
  note(service: SettingsService, access: CloudAccess, problem: string | undefined): void {
    this.#proofs.set(service, { access, problem, at: this.#options.clock.monotonic() });
  }

  /** There is no such client any more. */
  forget(service: SettingsService): void {
    this.#proofs.delete(service);
  }

  async #problemOf(access: CloudAccess, signal: AbortSignal): Promise<string | undefined> {
    try {
      const id = await this.#options.ask(access, signal);
      return id.toLowerCase() === this.#options.orgId.toLowerCase()
        ? undefined
        : `it belongs to organisation ${id}, not to ${this.#options.orgId}`;
    } catch (error) {
      signal.throwIfAborted();
      return textOf(error);
    }
  }

  #isOld({ at }: Proof): boolean {
    return this.#options.clock.monotonic() - at >= askAgainMs;
  }
}
