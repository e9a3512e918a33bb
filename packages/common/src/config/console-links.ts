/** The consoles of the other services, as they stand in one variable. */
import type { z } from 'zod';
import { textTo } from './values.ts';

export interface ConsoleLink {
  readonly name: string;
  readonly url: string;
}

/** `name=address`, in a comma list. */
export function consoleLinks(): z.ZodType<readonly ConsoleLink[], string | undefined> {
  return textTo('a comma list of name=https://address', (value) => {
    const links = value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map(linkOf);
    return links.length === 0 || links.length > 20 ? undefined : allOf(links);
  });
}

function linkOf(item: string): ConsoleLink | undefined {
  const at = item.indexOf('=');
  const [name, url] = [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  const parsed = URL.parse(url);
  // Nothing but a page: a script as an address would run in ours.
  const isPage = parsed !== null && ['http:', 'https:'].includes(parsed.protocol) && parsed.password === '';
  return at > 0 && /^[^<>"']{1,40}$/.test(name) && isPage ? { name, url } : undefined;
}

function allOf<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length ? known : undefined;
}
