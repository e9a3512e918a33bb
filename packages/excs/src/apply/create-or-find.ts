/** Creates what has a unique name in the cloud, or finds it when somebody, or a lost request, was first. */
import { isDuplicate } from '@exec/common/genesys-cloud';
import { type ApplyContext, findEventually, isUnknown } from './context.ts';

interface Made<T> {
  readonly entity: T;
  /** False when it was there already. */
  readonly created: boolean;
}

/**
 * A create whose outcome is unknown and whose object is found was carried out: the object is ours.
 * @throws CloudError: what `create` threw, when it is no duplicate, or nothing is found
 */
export async function createOrFind<T>(
  context: ApplyContext,
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<Made<T>> {
  try {
    return { entity: await create(), created: true };
  } catch (error) {
    if (!isDuplicate(error) && !isUnknown(error)) throw error;
    const found = await findEventually(context, find);
    if (found === undefined) throw error;
    return { entity: found, created: isUnknown(error) };
  }
}
