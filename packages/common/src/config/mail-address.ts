/** What counts as an e-mail address. */

/** Deliberately loose: one "@", something on both sides, a dot in the domain, no blanks. The cloud decides finally. */
const address = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+\.[^\s@<>(),;:"[\]\\.]+$/;

/** Whether the cloud would take the text for an e-mail address: one `@`, a domain with a dot, no blanks. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && address.test(text);
}
