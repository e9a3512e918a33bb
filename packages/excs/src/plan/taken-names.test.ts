/** Queues and wrap-up codes whose name in the cloud is another one's, without any server. */
import { asId, type CloudQueueId, type CloudWrapupCodeId } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import { OrganizationState } from '../organization/organization-state.ts';
import { id, queue, rules, snapshot } from '../testing/snapshot.ts';
import { DiffContext } from './context.ts';
import { diffQueues } from './diff-queues.ts';
import { diffWrapupCodes } from './diff-wrapup-codes.ts';

/** Objects of the cloud as `name`, or `name=DBID` where one stands for an object of Engage. */
type Held = readonly string[];

const read = (held: Held) =>
  held.map((text) => {
    const [name = '', dbid] = text.split('=');
    return { name, dbid: dbid === undefined ? undefined : id(Number(dbid)) };
  });

/** Aliases of the DNs 1, 2, …; the number and the switch follow from the DBID. */
function planQueues(aliases: readonly string[], held: Held): string[] {
  const known = new OrganizationState({ authority: 'engage/101', source: { name: '', description: '' } });
  for (const { name, dbid } of read(held)) {
    const there = { id: asId<CloudQueueId>(`the ${name}`), name, peerId: `8${dbid ?? 0}@North` };
    known.queueIndex.set(there);
    if (dbid !== undefined) known.queues.set(dbid, { ...there, dbid, at: 0 });
  }
  const dns = aliases.map((alias, index) => queue(index + 1, { alias }));
  const context = contextOf(known, { dns });
  diffQueues(context);
  return saidIn(context);
}

function planCodes(displayNames: readonly string[], held: Held): string[] {
  const known = new OrganizationState({ authority: 'engage/101', source: { name: '', description: '' } });
  for (const { name, dbid } of read(held)) {
    const there = { id: asId<CloudWrapupCodeId>(`the ${name}`), name };
    known.codeIndex.set(there);
    if (dbid !== undefined) known.wrapupCodes.set(dbid, { ...there, dbid, at: 0 });
  }
  const values = displayNames.map((displayName, index) => ({
    ...{ dbid: id(index + 1), name: displayName, displayName, enabled: true },
  }));
  const context = contextOf(known, {
    wrapupAttribute: { dbid: id(900), name: 'DispositionCode', values },
  });
  diffWrapupCodes(context);
  return saidIn(context);
}

function contextOf(known: OrganizationState, engage: Parameters<typeof snapshot>[0]): DiffContext {
  return new DiffContext({
    desired: desiredState(snapshot(engage), rules),
    known,
    absentBefore: new Set(),
    quarantined: new Set(),
    describe: () => undefined,
  });
}

const saidIn = ({ operations, conflicts }: DiffContext): string[] => [
  ...operations.map(
    ({ type, engage, cloudId, after }) => `${type} ${engage.dbid} ${cloudId ?? '-'}: ${after}`,
  ),
  ...conflicts.map(({ reason, object }) => `${reason} ${object.dbid}`),
];

describe('a queue', () => {
  it.each<[string, readonly string[], Held, string[]]>([
    [
      'whose name its holder gives up is created after that',
      ['B', 'A'],
      ['A=1'],
      ['queue.update 1 the A: B (81@North)', 'queue.create 2 -: A'],
    ],
    [
      'whose name its holder keeps is a conflict, not a creation that is refused again and again',
      ['B', 'A'],
      ['A=1', 'B', 'B@North'],
      ['queue.name-taken 1', 'queue.name-taken 2'],
    ],
    [
      'whose new name another queue has takes its fallback, and the one that waits for its name is created',
      ['B', 'A'],
      ['A=1', 'B'],
      ['queue.update 1 the A: B@North (81@North)', 'queue.create 2 -: A'],
    ],
  ])('%s', (_, aliases, held, expected) => {
    expect(planQueues(aliases, held)).toEqual(expected);
  });
});

describe('a wrap-up code', () => {
  it.each<[string, readonly string[], Held, string[]]>([
    [
      'whose name its holder gives up is created after that',
      ['B', 'A'],
      ['A=1'],
      ['wrapup-code.update 1 the A: B', 'wrapup-code.create 2 -: A'],
    ],
    [
      'whose name its holder keeps is a conflict, not a request that is refused again and again',
      ['B', 'A'],
      ['A=1', 'B'],
      ['wrapup.name-taken 1', 'wrapup.name-taken 2'],
    ],
    [
      'goes round a ring with nobody: both keep their names, and both are conflicts',
      ['B', 'A'],
      ['A=1', 'B=2'],
      ['wrapup.name-taken 1', 'wrapup.name-taken 2'],
    ],
  ])('%s', (_, displayNames, held, expected) => {
    expect(planCodes(displayNames, held)).toEqual(expected);
  });
});
