/** Turns the values of one business attribute into wrap-up codes. */
import type { Dbid } from '@exec/common/ids';
import type { EngageAttribute } from '../engage/snapshot.ts';
import type { Conflict, DesiredWrapupCode } from './model.ts';
import { uniqueNames } from './names.ts';
import type { EngagePaths } from './paths.ts';

/**
 * The name is the display name, else the name; the first by DBID wins where the cloud sees one name.
 *
 * @rule Wrap-up codes are the enabled values of one business attribute, called by display name, else by name.
 * @test desired.test.ts: are the enabled values, by display name, else name
 */
export function desiredWrapupCodes(
  attribute: EngageAttribute | undefined,
  paths: EngagePaths,
  conflicts: Conflict[],
): ReadonlyMap<Dbid, DesiredWrapupCode> {
  const enabled = (attribute?.values ?? []).filter((value) => value.enabled);
  const named = enabled.map((value) => ({
    dbid: value.dbid,
    name: value.displayName || value.name,
    value,
  }));
  const { winners, clashes } = uniqueNames(named.filter(({ name }) => name !== ''));
  for (const { loser, winner, kind } of clashes)
    conflicts.push({
      reason: kind === 'case' ? 'wrapup.name-case' : 'wrapup.duplicate-name',
      object: paths.wrapupCode(loser.value),
      detail: `The name ${kind === 'case' ? 'differs in case only from' : 'is the same as'} that of ${
        paths.wrapupCode(winner.value).path
      }, which is mapped.`,
    });
  return new Map(
    winners.map(({ dbid, name, value }) => [
      dbid,
      {
        dbid,
        name,
        systemName: value.name,
        ...(value.displayName === '' ? {} : { displayName: value.displayName }),
      },
    ]),
  );
}
