/** Finds the rules in a source file: declarations whose doc comment has `@rule`, with the proofs that it names. */
import { type Comment, parseSync } from 'oxc-parser';

export interface Rule {
  /** Path below the root of the repository. */
  readonly file: string;
  /** The function, constant or class; `Class.method` for a method. */
  readonly name: string;
  /** One sentence, without its full stop. */
  readonly sentence: string;
  /** Names of scenarios of the simulators. */
  readonly scenarios: readonly string[];
  readonly tests: readonly TestReference[];
  /** Pages below the root of the repository (`docs/reference/mapping.md#plan`) or published ones (`https://…`). */
  readonly pages: readonly string[];
}

export interface TestReference {
  readonly file?: string | undefined;
  readonly title?: string | undefined;
}

interface Declared {
  readonly name: string;
  readonly start: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
}

interface WithId extends Node {
  readonly id?: { readonly name?: string } | null;
  readonly declarations?: readonly WithId[];
  readonly declaration?: WithId | null;
  readonly body?: { readonly body?: readonly MemberNode[] };
}

interface MemberNode extends Node {
  readonly key?: { readonly name?: string };
}

/** @throws Error when a `@rule` stands before nothing that is declared at the top of the file or in a class. */
export function readRules(file: string, text: string): readonly Rule[] {
  const { program, comments } = parseSync(file, text);
  const written = comments.filter(isRule);
  const rules = program.body
    .flatMap((statement) => declaredIn(statement as WithId))
    .flatMap(({ name, start }) => {
      const comment = written.find(({ end }) => end <= start && text.slice(end, start).trim() === '');
      return comment === undefined ? [] : [ruleOf(file, name, comment.value)];
    });
  if (rules.length < written.length) throw new Error(`${file}: an @rule stands before no declaration`);
  return rules;
}

function isRule(comment: Comment): boolean {
  return comment.type === 'Block' && comment.value.startsWith('*') && /^[\s*]*@rule\b/m.test(comment.value);
}

function declaredIn(statement: WithId): readonly Declared[] {
  const declaration = statement.declaration ?? statement;
  const { start } = statement;
  const name = declaration.id?.name ?? declaration.declarations?.[0]?.id?.name;
  if (name === undefined) return [];
  const members = declaration.type === 'ClassDeclaration' ? (declaration.body?.body ?? []) : [];
  return [
    { name, start },
    ...members.flatMap((member) =>
      member.key?.name === undefined ? [] : [{ name: `${name}.${member.key.name}`, start: member.start }],
    ),
  ];
}

function ruleOf(file: string, name: string, comment: string): Rule {
  const tags = tagsOf(comment);
  const all = (tag: string) => tags.filter((each) => each.tag === tag).map(({ text }) => text);
  return {
    file,
    name,
    sentence: all('rule').join(' ').replace(/\.$/, ''),
    scenarios: all('scenario').flatMap(listed),
    tests: all('test').flatMap(testReferences),
    pages: all('page').flatMap(listed),
  };
}

/** The tags of a doc comment in order; a tag's text goes on until the next tag. */
function tagsOf(comment: string): readonly { readonly tag: string; readonly text: string }[] {
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*+\s?/, '').trim())
    .join('\n');
  return text
    .split(/^@/m)
    .slice(1)
    .map((part) => {
      const tag = /^\w+/.exec(part)?.[0] ?? '';
      return { tag, text: part.slice(tag.length).replaceAll(/\s+/g, ' ').trim() };
    });
}

function listed(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

/** Files (`plan/limits.test.ts, sync/safety.test.ts`), a test of a file (`limits.test.ts: title`), or a title alone. */
function testReferences(text: string): readonly TestReference[] {
  const inFile = /^(\S+\.test\.ts):\s*(.+)$/.exec(text);
  if (inFile !== null) return [{ file: inFile[1], title: inFile[2] }];
  const files = listed(text);
  if (files.every((part) => part.endsWith('.test.ts'))) return files.map((file) => ({ file }));
  return [{ title: text }];
}
