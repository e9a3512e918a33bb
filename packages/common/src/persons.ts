/**
 * Takes out of texts what tells of a person: telephone numbers and e-mail addresses. Times, IDs and addresses of
 * machines stay, since a fault is looked for by them. Texts of others (the cloud, a database, a peer, whoever threw)
 * pass here before they are logged, kept or answered.
 */
import { parseJson } from './json-text.ts';

const time = /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/;
const uuid = /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/;
/** Of a call, a plan, a container: some letter is among the digits. That of `%2B4930123456` is none. */
const digest = /(?<!%)\b(?=\d*[a-f])[\da-f]{12,}\b/;
const machine = /\b\d{1,3}(?:\.\d{1,3}){3}\b/;
const kept = [time, uuid, digest, machine].map(({ source }) => `(?:${source})`).join('|');

/**
 * Seven digits or more, however they are grouped, that are no part of a word, unless that is a sign of an address
 * (`%2B`): shorter numbers are those of the site.
 */
const number = new RegExp(
  `${kept}|(?<number>(?:(?<![\\da-z])|(?<=%[\\da-f]{2}))\\+?\\d(?:[ ()/.-]{0,3}\\d){6,}(?![\\da-z]))`,
  'gi',
);
/** Five digits or more, wherever they stand. */
const anyNumber = new RegExp(`${kept}|(?<number>\\+?\\d(?:[ ()/.-]{0,2}\\d){4,})`, 'gi');

/** With a domain of the Internet: `8001@SIP_Switch` and `undici@7.10.0` are none. In an address `@` is written `%40`. */
const mail = /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]+(?:@|%40)(?:[\p{L}\d-]+\.)+\p{L}{2,}/gu;
const anyMail = /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]+(?:@|%40)[\p{L}\d-]+(?:\.[\p{L}\d-]+)*/gu;

const mailMask = '[e-mail]';

/** The text with of each telephone number the last three digits alone, and no e-mail address. */
export function maskPersons(text: string): string {
  const plain = /@|%40/.test(text) ? text.replace(mail, mailMask) : text;
  return replaceNumbers(plain, number, lastDigits);
}

/** As `maskPersons`; of a JSON text its strings, so that its figures stay. */
export function maskPersonsInJson(text: string): string {
  return ofJson(text, maskPersons);
}

/** For what leaves the site: nothing is left of a number, and less is enough to be one. */
export function withoutPersons(text: string): string {
  return replaceNumbers(withoutMail(text), anyNumber, () => '[number]');
}

/** For what lists machines, ports and figures, and no calls. */
export function withoutMail(text: string): string {
  return text.replace(anyMail, mailMask);
}

/** Of what may be a telephone number the last three digits. Short numbers are those of the site. */
export function maskNumber(text: string): string {
  return text.length < 7 ? text : lastDigits(text);
}

/** The text without the words of a person's name that have three letters or more, in any case. */
export function withoutName(text: string, name: string): string {
  const words = name.split(/[^\p{L}\p{M}'’-]+/u).filter((word) => word.length > 2);
  if (words.length === 0) return text;
  const any = words.join('|');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{M}])(?:${any})(?![\\p{L}\\p{M}])`, 'giu'), '[name]');
}

/**
 * A JSON text gone through value by value, so that its figures stay; any other text by what stands in it.
 *
 * @param plainFields fields that hold no words
 */
export function ofJson(
  text: string,
  mask: (text: string) => string,
  plainFields: ReadonlySet<string> = new Set(),
): string {
  const value = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return value === undefined ? mask(text) : JSON.stringify(walk(value, mask, plainFields));
}

function walk(value: unknown, mask: (text: string) => string, plainFields: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((one) => walk(one, mask, plainFields));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      mask(name),
      plainFields.has(name) ? one : walk(one, mask, plainFields),
    ]),
  );
}

function lastDigits(text: string): string {
  return text.replace(/\d(?=(?:\D*\d){3})/g, '*');
}

function replaceNumbers(text: string, pattern: RegExp, mask: (found: string) => string): string {
  return text.replace(pattern, (whole, ...rest) => {
    const { number: found } = rest.at(-1) as { readonly number?: string };
    return found === undefined ? whole : mask(found);
  });
}
