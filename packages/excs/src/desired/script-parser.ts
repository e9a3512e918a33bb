/** Reads the script of a virtual agent group into a tree. */

// Functions, operators and parentheses are the documented ones (Genesys "Supported VAG definitions").
// Precedence `~`, `&`, `|`, blanks without meaning and names without escapes are assumed.

export type Comparison = '=' | '!=' | '>=' | '<=' | '>' | '<';

export type ScriptValue =
  | { readonly kind: 'skill'; readonly skill: string }
  | { readonly kind: 'number'; readonly value: number };

export type Script =
  | { readonly kind: 'or' | 'and'; readonly parts: readonly Script[] }
  | { readonly kind: 'not'; readonly part: Script }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: ScriptValue;
      readonly right: ScriptValue;
    }
  | { readonly kind: 'exists'; readonly skill: string }
  | { readonly kind: 'logged-in'; readonly place: string };

export type ParsedScript =
  | { readonly script: Script }
  /** `at`: offset in characters. */
  | { readonly problem: string; readonly at: number };

const maxLength = 65_536;
const maxDepth = 100;

export function parseScript(text: string): ParsedScript {
  if (text.length > maxLength) return { problem: `longer than ${maxLength} characters`, at: maxLength };
  try {
    return { script: new Parser(tokens(text)).whole() };
  } catch (error) {
    if (error instanceof ScriptFault) return { problem: error.message, at: error.at };
    throw error;
  }
}

class ScriptFault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const pattern = /\s+|([A-Za-z]\w*)|"([^"]*)"|(-?\d+)|(!=|>=|<=|[=><&|~()])/gy;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new ScriptFault(`"${text[at]}" is not expected`, at);
    const [, word, quoted, digits, sign] = match;
    if (word !== undefined) found.push({ kind: 'word', text: word, at });
    else if (quoted !== undefined) found.push({ kind: 'quoted', text: quoted.trim(), at });
    else if (digits !== undefined) found.push({ kind: 'number', text: digits, at });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign, at });
  }
  found.push({ kind: 'end', text: 'the end', at: text.length });
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  whole(): Script {
    const script = this.#or();
    if (this.#peek().kind !== 'end') this.#fail('"&", "|" or the end');
    return script;
  }

  #or(): Script {
    return this.#chain('|', 'or', () => this.#chain('&', 'and', () => this.#factor()));
  }

  #chain(sign: string, kind: 'or' | 'and', part: () => Script): Script {
    const first = part();
    const parts = [first];
    while (this.#take(sign)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #factor(): Script {
    if (++this.#depth > maxDepth) throw new ScriptFault(`nested deeper than ${maxDepth}`, this.#peek().at);
    const script = this.#plainFactor();
    this.#depth--;
    return script;
  }

  #plainFactor(): Script {
    if (this.#take('~')) return { kind: 'not', part: this.#factor() };
    if (this.#take('(')) {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    const word = this.#peek().kind === 'word' ? this.#peek().text.toLowerCase() : '';
    if (word === 'skillexists') return { kind: 'exists', skill: this.#argument() };
    if (word === 'loggedin') return { kind: 'logged-in', place: this.#argument() };
    const left = this.#value();
    return { kind: 'compare', operator: this.#comparison(), left, right: this.#value() };
  }

  #value(): ScriptValue {
    const token = this.#peek();
    if (token.kind === 'number') {
      this.#next++;
      return { kind: 'number', value: Number(token.text) };
    }
    if (token.kind === 'word' && token.text.toLowerCase() === 'skill')
      return { kind: 'skill', skill: this.#argument() };
    return this.#fail('a function or a number');
  }

  #comparison(): Comparison {
    const token = this.#peek();
    const known: readonly string[] = ['=', '!=', '>=', '<=', '>', '<'] satisfies Comparison[];
    if (token.kind !== 'sign' || !known.includes(token.text)) return this.#fail('a comparison');
    this.#next++;
    return token.text as Comparison;
  }

  /** The function name stands next; its argument is a quoted name. */
  #argument(): string {
    this.#next++;
    this.#expect('(');
    const name = this.#peek();
    if (name.kind !== 'quoted') return this.#fail('a name in quotation marks');
    this.#next++;
    this.#expect(')');
    return name.text;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: 0 };
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#fail(`"${sign}"`);
  }

  #fail(expected: string): never {
    const token = this.#peek();
    throw new ScriptFault(`expected ${expected}, found ${token.text}`, token.at);
  }
}
