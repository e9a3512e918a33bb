/** How an operation of a plan is marked, wherever a plan is shown. */

export type Mark = '+' | '~' | '-';

const marks: Readonly<Record<string, Mark>> = {
  create: '+',
  add: '+',
  grant: '+',
  activate: '+',
  restore: '+',
  remove: '-',
  revoke: '-',
  deactivate: '-',
};

/** What is no addition and no removal changes something: update, set, adopt, replace. */
export function markOf(operation: string): Mark {
  return marks[operation] ?? '~';
}
