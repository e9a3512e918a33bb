/** What exists of each class that the safety limits take a share of. */
import { expect, it } from 'vitest';
import { siteAfterFirst } from '../testing/every-operation.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { limitClasses } from './operation.ts';
import { existingOf } from './totals.ts';

it('is what the connector put there: neither who is inactive nor what somebody else added', async () => {
  const site = await siteAfterFirst();
  const stranger = site.cloud.addUser('x');
  site.cloud.supervisors.add(stranger);
  for (const found of site.cloud.queuesById.values()) {
    found.members.add(stranger);
    found.codes.add(site.cloud.addCode('Of others'));
  }
  await site.learn();
  expect(Object.fromEntries(existingOf(site.state, limitClasses))).toEqual({
    deactivations: 4,
    creations: 0,
    'removals.role': 1,
    'removals.user-skill': 3,
    'removals.queue-member': 3,
    'removals.queue-wrapup-code': 2,
  });
});

it('is nothing in an empty organisation, and only the classes that are asked for', () => {
  const { state } = new MemorySite();
  expect(new Set(existingOf(state, limitClasses).values())).toEqual(new Set([0]));
  expect([...existingOf(state, ['removals.role'])]).toEqual([['removals.role', 0]]);
});
