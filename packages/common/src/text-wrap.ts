/** Breaks text into lines of a width, between words where that is possible. */

/** Control characters become blanks: what Engage calls an object must not steer the terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ').trim();
}

/** @param width characters of a line, at least 1 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(/ +/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
