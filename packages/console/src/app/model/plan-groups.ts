/** A plan as groups of one kind each, with what is added, changed and removed: pure. */
import { markOf } from '@exec/common/plan-marks';

export interface Group {
  readonly kind: string;
  readonly title: string;
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

const titles: Readonly<Record<string, string>> = {
  source: 'Source',
  'default-source': 'Default source of the organisation',
  skill: 'Skills',
  'wrapup-code': 'Wrap-up codes',
  queue: 'Queues',
  user: 'Users',
  'external-identity': 'External identities',
  'user-skills': 'Skills of users',
  'primary-source': 'Primary sources',
  role: 'Roles',
  'queue-member': 'Members of queues',
  'queue-wrapup-code': 'Wrap-up codes of queues',
};

/** @param counts by type, `user.create`, in the order of the plan */
export function groupsOf(counts: Readonly<Record<string, number>>): readonly Group[] {
  const groups = new Map<string, { add: number; change: number; remove: number }>();
  for (const [type, count] of Object.entries(counts)) {
    const dot = type.indexOf('.');
    const kind = type.slice(0, dot);
    const group = groups.get(kind) ?? { add: 0, change: 0, remove: 0 };
    groups.set(kind, group);
    const mark = markOf(type.slice(dot + 1));
    if (mark === '+') group.add += count;
    else if (mark === '-') group.remove += count;
    else group.change += count;
  }
  return [...groups].map(([kind, group]) => ({ kind, title: titles[kind] ?? kind, ...group }));
}

export function totalsOf(groups: readonly Group[]): Omit<Group, 'kind' | 'title'> {
  const sum = (of: 'add' | 'change' | 'remove') => groups.reduce((total, group) => total + group[of], 0);
  return { add: sum('add'), change: sum('change'), remove: sum('remove') };
}
