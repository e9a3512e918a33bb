/** Schemas for the kinds of text that stand in environment variables; each says what it expects. */
import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';

/** A schema over text: `parse` answers undefined when the text is not what `expected` says. */
export function textTo<T>(
  expected: string,
  parse: (text: string) => T | undefined,
): z.ZodType<T, string | undefined> {
  return z.string({ error: `expected ${expected}` }).transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  }) as unknown as z.ZodType<T, string | undefined>;
}

/** Any text that is not blank, without the blanks around it. */
export function text(expected = 'a text'): z.ZodType<string, string | undefined> {
  return textTo(expected, (value) => (value.trim() === '' ? undefined : value.trim()));
}

/** A whole number within the bounds, both included; at most 15 digits. */
export function integer(range: {
  readonly min: number;
  readonly max: number;
}): z.ZodType<number, string | undefined> {
  return textTo(`a whole number from ${range.min} to ${range.max}`, (value) => {
    if (!/^-?\d{1,15}$/.test(value.trim())) return undefined;
    const number = Number(value);
    return number >= range.min && number <= range.max ? number : undefined;
  });
}

/** `true` or `false`, in any case. */
export function flag(): z.ZodType<boolean, string | undefined> {
  return textTo('true or false', (value) => {
    switch (value.trim().toLowerCase()) {
      case 'true':
        return true;
      case 'false':
        return false;
      default:
        return undefined;
    }
  });
}

/** One of the choices, in any case; the value is the choice as it is spelled here. */
export function oneOf<const C extends readonly [string, ...string[]]>(
  choices: C,
): z.ZodType<C[number], string | undefined> {
  return textTo(`one of ${choices.join(', ')}`, (value) =>
    choices.find((choice) => choice.toLowerCase() === value.trim().toLowerCase()),
  );
}

/** Comma-separated texts; blanks around them and empty ones are dropped, at least one must be left. */
export function commaList(expected = 'a comma-separated list'): z.ZodType<string[], string | undefined> {
  return textTo(expected, (value) => {
    const items = value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    return items.length === 0 ? undefined : items;
  });
}

/** A file that exists and can be read at start. */
export function readableFile(): z.ZodType<string, string | undefined> {
  return textTo('the path of a readable file', (value) => {
    const path = value.trim();
    try {
      accessSync(path, constants.R_OK);
      return statSync(path).isFile() ? path : undefined;
    } catch {
      return undefined;
    }
  });
}

/** A URL with one of the given schemes, e.g. `url('http', 'https')`. Yields the text as written. */
export function url(...schemes: readonly string[]): z.ZodType<string, string | undefined> {
  const expected = `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return textTo(expected, (value) => {
    const parsed = URL.parse(value.trim());
    if (parsed === null || parsed.hostname === '') return undefined;
    return schemes.includes(parsed.protocol.slice(0, -1)) ? value.trim() : undefined;
  });
}

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** `host:port` or `tls://host:port`; an IPv6 address stands in brackets. */
export function peerAddress(): z.ZodType<PeerAddress, string | undefined> {
  return textTo('host:port or tls://host:port', (value) => {
    const parts = /^(tls:\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+)):(\d{1,5})$/.exec(value.trim());
    if (parts === null) return undefined;
    const port = Number(parts[4]);
    if (port < 1 || port > 65_535) return undefined;
    return { host: parts[2] ?? parts[3] ?? '', port, tls: parts[1] !== undefined };
  });
}
