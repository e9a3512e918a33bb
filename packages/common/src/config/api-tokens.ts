/** The tokens of `/api` as a variable lists them: `token` or `name=token`, several separated by commas. */

import { isSampleSecret } from './sample-secrets.ts';
import { Secret } from './secret.ts';
import { textTo } from './values.ts';

export interface ApiToken {
  /** Who has it, as the audit says. */
  readonly name: string;
  readonly token: Secret;
}

/** 22 characters of base64 are 128 bits. */
const shortest = 22;

/** The `=` at the end of base64 ends no name. */
const named = /^([\w.-]{1,32})=(?!=*$)(.*)$/;

/** The tokens of a list; one without a name has that of its right. Answers undefined for what is no such list. */
function parse(text: string, nameless: string): ApiToken[] | undefined {
  const tokens: ApiToken[] = [];
  for (const item of text.split(',')) {
    const [, name = nameless, token = item.trim()] = named.exec(item.trim()) ?? [];
    if (token.length < shortest || !/^[\x21-\x7e]+$/.test(token) || isSampleSecret(token)) return undefined;
    tokens.push({ name, token: new Secret(token) });
  }
  return tokens;
}

/** Checks a list of tokens; the value stays the text, so that it is handed out as a secret. */
export function apiTokenList() {
  return textTo(
    `one or several tokens of at least ${shortest} random printable characters without blanks, separated by commas, ` +
      'each also as name=token (e.g. from "openssl rand -base64 32")',
    (value) => (parse(value, '') === undefined ? undefined : value.trim()),
  );
}

/** The tokens of a variable that was checked; none when it is not set. `nameless`: the name of those without one. */
export function apiTokensOf(list: Secret | undefined, nameless: string): readonly ApiToken[] {
  return list === undefined ? [] : (parse(list.reveal(), nameless) ?? []);
}

/** The first of the tokens in a list: what a client sends where several are accepted. */
export function firstApiToken(list: Secret): Secret {
  const first = list.reveal().split(',')[0]?.trim() ?? '';
  return new Secret(named.exec(first)?.[2] ?? first);
}
