/** What stays in the organisation although its Engage object is gone. */
import { describe, expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id, queue, rules, skill, snapshot } from '../testing/snapshot.ts';
import { orphansOf } from './orphans.ts';

const codes = (...names: readonly string[]): Partial<EngageSnapshot> => ({
  wrapupAttribute: {
    dbid: id(900),
    name: 'DispositionCode',
    values: names.map((name, at) => ({ dbid: id(901 + at), name, displayName: '', enabled: true })),
  },
});
const centre = {
  skills: [skill(11, 'English'), skill(12, 'Sales')],
  dns: [queue(21), queue(22)],
  ...codes('Sold', 'Lost'),
};

async function orphansAfter(now: Partial<EngageSnapshot>) {
  const site = new MemorySite();
  await site.converge(centre);
  return orphansOf(desiredState(snapshot(now), rules), site.state).map(({ type, name, dbid, reason }) => [
    type,
    name,
    dbid,
    reason,
  ]);
}
const gone = 'deleted, disabled or out of scope in Engage';

describe('an orphan', () => {
  it.each<[string, Partial<EngageSnapshot>, readonly (readonly [string, string, number, string])[]]>([
    ['nothing, while all is there', centre, []],
    ['a skill', { ...centre, skills: [skill(11, 'English')] }, [['skill', 'Sales', 12, gone]]],
    ['a wrap-up code', { ...centre, ...codes('Sold') }, [['wrapup-code', 'Lost', 902, gone]]],
    ['a queue', { ...centre, dns: [queue(22)] }, [['queue', 'Queue 21', 21, gone]]],
  ])('is %s', async (_what, now, expected) => {
    expect(await orphansAfter(now)).toEqual(expected);
  });

  it('is no code while the attribute is not read', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const { wrapupAttribute: _unread, ...unread } = snapshot(centre);
    expect(orphansOf(desiredState(unread, rules), site.state)).toEqual([]);
  });

  it('is the skill that a renamed one leaves behind', async () => {
    const site = new MemorySite();
    await site.converge(centre);
    const renamed = { ...centre, skills: [skill(11, 'French'), skill(12, 'Sales')] };
    await site.converge(renamed);
    expect(orphansOf(desiredState(snapshot(renamed), rules), site.state)).toMatchObject([
      {
        type: 'skill',
        name: 'English',
        dbid: 11,
        reason: 'renamed in Engage; the skill of the new name took its place',
      },
    ]);
  });
});
