/** Finds what makes the answer of a rule depend on more than its input: clocks, chance, timers, the process. */
import { parseSync, Visitor } from 'oxc-parser';

/** As in `.dependency-cruiser.mjs`, which looks at what they import. */
const pureFiles =
  /^packages\/(excs\/src\/(desired|plan|apply)\/|exas\/src\/(state\/|outbox\/(choose|outbox|request|roster)\.ts$)|excp\/src\/(events|conversation|registry|translate)\/|exop\/src\/plan\/|(common|engage-link|excp)\/src\/.*(-state|\/phase)\.ts$)/;

const globals: ReadonlySet<string> = new Set([
  ...['performance', 'process', 'console', 'fetch', 'crypto'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
]);

export interface Impurity {
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

/** @returns nothing for a file that need not be pure */
export function findImpure(file: string, text: string): readonly Impurity[] {
  if (!pureFiles.test(file) || /\.test\.ts$|\/testing\//.test(file)) return [];
  const found: Impurity[] = [];
  const note = (what: string, start: number) =>
    found.push({ what, line: text.slice(0, start).split('\n').length });
  new Visitor({
    MemberExpression({ object, property, start }) {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      const name = `${object.name}.${property.name}`;
      if (name === 'Date.now' || name === 'Math.random' || globals.has(object.name)) note(name, start);
    },
    NewExpression({ callee, arguments: given, start }) {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0)
        note('new Date()', start);
    },
    CallExpression({ callee, start }) {
      if (callee.type === 'Identifier' && globals.has(callee.name)) note(`${callee.name}()`, start);
    },
  }).visit(parseSync(file, text).program);
  return found;
}
