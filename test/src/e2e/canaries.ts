/** What must not be found: values that stand for secrets, persons and attached data, looked for in every form. */

export interface Canary {
  /** What it stands for: "the client secret of EXCP". */
  readonly name: string;
  readonly value: string;
  /** A telephone number is also found without its sign, and in groups. */
  readonly isNumber?: boolean;
}

/** Names of the canaries that a text holds: as they are, in JSON, in an address, in base64, in another case. */
export function canariesIn(text: string, canaries: readonly Canary[]): readonly string[] {
  const lower = text.toLowerCase();
  const digits = text.replace(/(?<=\d)[ ()/.-]{1,3}(?=\d)/g, '');
  return canaries.flatMap(({ name, value, isNumber }) => {
    if (isNumber === true) return digits.includes(value.replace(/\D/g, '')) ? [name] : [];
    const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
    const isThere =
      forms.some((form) => lower.includes(form.toLowerCase())) ||
      base64Of(value).some((form) => text.includes(form));
    return isThere ? [name] : [];
  });
}

/** What a log-in to the cloud gives is made up anew each time: it is found by its look. */
const bearer = /bearer [\w.~+/-]{20,}|access_token/i;

/** Looks through texts, and counts them: a search that has read nothing has found nothing. */
export class Search {
  readonly #read = new Map<string, { texts: number; characters: number }>();
  readonly #found: string[] = [];

  /** @param where of what kind the text is; texts are counted by it */
  look(where: string, text: string, canaries: readonly Canary[]): void {
    const { texts, characters } = this.#read.get(where) ?? { texts: 0, characters: 0 };
    this.#read.set(where, { texts: texts + 1, characters: characters + text.length });
    for (const line of text.split('\n')) {
      const names = [...canariesIn(line, canaries), ...(bearer.test(line) ? ['bearer token'] : [])];
      if (names.length > 0) this.#found.push(`${where}: ${names.join(', ')}: ${line.slice(0, 4_000)}`);
    }
  }

  /** What was found, with the line that holds it. */
  get found(): readonly string[] {
    return this.#found;
  }

  /** Texts of a kind that were read. */
  texts(where: string): number {
    return this.#read.get(where)?.texts ?? 0;
  }

  /** One line a kind. */
  get summary(): string {
    return [...this.#read]
      .map(([where, { texts, characters }]) => `  ${where}: ${texts} texts, ${characters} characters\n`)
      .join('');
  }
}

/** As it stands inside of something longer that was written as base64, whatever comes before. */
function base64Of(value: string): readonly string[] {
  if (value.length < 9) return [];
  return [0, 1, 2].map((before) => {
    const text = Buffer.from(`${'x'.repeat(before)}${value}`).toString('base64');
    // The letters at both ends depend on what stands beside it.
    return text.slice(before === 0 ? 0 : 4, text.length - 4);
  });
}
