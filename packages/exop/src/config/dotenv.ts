/** Reads the text of a `.env` file: every line is an assignment, a comment or a fault with its line number. */
import type { ConfigurationFault } from '@exec/common/config';

export interface ParsedDotenv {
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly ConfigurationFault[];
}

/**
 * `NAME=value` as Node's `--env-file` takes it: `export` before it is allowed, ` #` ends a value without quotes,
 * single, double and back quotes keep everything between them (also line ends); `\n` in double quotes is a line
 * end. Unlike there, a `#` without a blank before it belongs to the value (passwords hold them), and a line that is
 * none of this and a name given twice are faults, not silence.
 */
export function parseDotenv(text: string): ParsedDotenv {
  const values = new Map<string, string>();
  const faults: ConfigurationFault[] = [];
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  let offset = 0;
  while (offset < source.length) {
    const rest = source.slice(offset);
    const blank = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.exec(rest);
    if (blank !== null) {
      offset += Math.max(blank[0].length, 1);
      continue;
    }
    const line = source.slice(0, offset).split('\n').length;
    const assignment = assignmentAt(rest);
    if ('problem' in assignment) {
      faults.push({
        variable: assignment.name ?? `line ${line}`,
        problem: `${assignment.problem} (line ${line})`,
      });
    } else if (values.has(assignment.name)) {
      faults.push({ variable: assignment.name, problem: `is given twice (again in line ${line}); keep one` });
    } else {
      values.set(assignment.name, assignment.value);
    }
    offset += assignment.length;
  }
  return { values, faults };
}

type Assignment =
  | { readonly name: string; readonly value: string; readonly length: number }
  | { readonly name?: string; readonly problem: string; readonly length: number };

function assignmentAt(rest: string): Assignment {
  const lineLength = (rest.indexOf('\n') + 1 || rest.length + 1) as number;
  const head = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/.exec(rest);
  const name = head?.[1];
  if (head === null || name === undefined)
    return { problem: 'is not NAME=value, a comment or empty', length: lineLength };
  const after = rest.slice(head[0].length);
  const quote = after[0];
  if (quote !== '"' && quote !== "'" && quote !== '`') {
    const raw = /^[^\n]*/.exec(after)?.[0] ?? '';
    return { name, value: raw.replace(/(^|[ \t])#.*$/, '').trim(), length: lineLength };
  }
  const end = after.indexOf(quote, 1);
  if (end === -1) return { name, problem: `opens a quote ${quote} that never closes`, length: lineLength };
  const tail = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.exec(after.slice(end + 1));
  if (tail === null)
    return { name, problem: `has text after the closing quote ${quote}`, length: lineLength };
  const inner = after.slice(1, end);
  return {
    name,
    value: quote === '"' ? inner.replaceAll('\\n', '\n') : inner,
    length: Math.max(head[0].length + end + 1 + tail[0].length, 1),
  };
}
