/** Counts what exists of each class that the safety limits take a share of. */

import type { LimitClass } from './operation.ts';
import type { Organization, Owner } from './organization.ts';
import { countSkills } from './user-skills.ts';

/** Only the classes asked for: counting skills of 20,000 users is worth a plan that takes skills away. */
export function existingOf(known: Organization, classes: Iterable<LimitClass>): Map<LimitClass, number> {
  const existing = new Map<LimitClass, number>();
  for (const limit of classes) existing.set(limit, count(known, limit));
  return existing;
}

function count(known: Organization, limit: LimitClass): number {
  switch (limit) {
    case 'deactivations':
      return sum(known.users.values(), (link) => (link.state === 'active' ? 1 : 0));
    case 'creations':
      return 0;
    case 'removals.role':
      return ours(known.supervisors);
    case 'removals.user-skill':
      return sum(known.users.values(), (link) => countSkills(link.skills));
    case 'removals.queue-member':
      return sum(known.queues.values(), (link) => ours(known.members(link.id)));
    case 'removals.queue-wrapup-code': {
      const codes = new Set<string>();
      for (const link of known.queues.values())
        for (const [code, owner] of known.queueCodes(link.id) ?? []) if (owner !== 'foreign') codes.add(code);
      return codes.size;
    }
  }
}

function ours(marks: ReadonlyMap<string, Owner> | undefined): number {
  return sum(marks?.values() ?? [], (owner) => (owner === 'foreign' ? 0 : 1));
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
