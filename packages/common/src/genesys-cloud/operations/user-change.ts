/** The read-change-write loop of a user: the version decides who was first. */
import { CloudError, isVersionConflict } from '../errors.ts';
import type { User, UserChange, UserPatch } from './user-schemas.ts';

/** Rounds and the growing wait between them follow Genesys' Terraform provider (`util_retries.go`). */
const maxRounds = 10;
const waitStepMs = 500;

interface ChangeSteps {
  readonly read: () => Promise<User>;
  readonly patch: (patch: UserPatch) => Promise<User>;
  /** The user as it was read last, to save the first read. */
  readonly known: User | undefined;
  readonly wanted: (current: User) => UserChange | undefined;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Reads, decides and writes again while the version of the user is in conflict.
 *
 * @throws CloudError of the last round
 */
export async function changeUser(steps: ChangeSteps): Promise<User> {
  let current = steps.known?.version === undefined ? await steps.read() : steps.known;
  for (let round = 1; ; round++) {
    const change = steps.wanted(current);
    if (change === undefined) return current;
    if (current.version === undefined) {
      throw new CloudError('cloud.response-invalid', 'a user came without a version', {
        operation: 'getUser',
      });
    }
    try {
      return await steps.patch({ ...change, version: current.version });
    } catch (error) {
      if (!isVersionConflict(error) || round >= maxRounds) throw error;
      await steps.sleep(error.retryAfterMs ?? round * waitStepMs);
      current = await steps.read();
    }
  }
}
