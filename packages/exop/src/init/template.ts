/** Fills answers into the commented example of a `.env`; every other line stays as it is. */

/** A value, or `undefined` where the variable is to be left out. */
export type Answers = ReadonlyMap<string, string | undefined>;

export function filledIn(template: string, answers: Answers): string {
  return template
    .split('\n')
    .map((line) => {
      const name = assignment.exec(line)?.[1];
      if (name === undefined || !answers.has(name)) return line;
      const value = answers.get(name);
      if (value === undefined) return line.startsWith('#') ? line : `#${line}`;
      return `${name}=${quoted(value)}`;
    })
    .join('\n');
}

/** The value that the template has for a variable, also in a line that is a comment. */
export function exampleOf(template: string, name: string): string | undefined {
  for (const line of template.split('\n')) {
    const found = assignment.exec(line);
    if (found?.[1] === name) return found[2];
  }
  return undefined;
}

const assignment = /^#?([A-Z][A-Z0-9_]*)=(.*)$/;

/** As the reader of `.env` files takes it. A value with all three quotes cannot be written. */
export function quoted(value: string): string {
  if (!/^["'`]|(^|[ \t])#/.test(value)) return value;
  const quote = ["'", '"', '`'].find((one) => !value.includes(one));
  return quote === undefined ? value : `${quote}${value}${quote}`;
}
