/** The last net under everything that is printed: known secrets are taken out of any text. */
import { Secret } from '@exec/common/config';
import type { Deployment } from '../config/deployment.ts';
import { fileVariables } from '../config/service-variables.ts';
import type { KeptSecrets } from '../config/state-file.ts';

/** Shorter ones would tear holes into ordinary words. */
const SHORTEST = 5;

export class Redactor {
  readonly #known = new Set<string>();

  learn(...secrets: readonly Secret[]): void {
    for (const secret of secrets) {
      const value = secret.reveal();
      this.#add(value);
      this.#add(encodeURIComponent(value));
      // An address holds its password also on its own, as programs print it.
      const url = URL.parse(value.replace(/^[a-z]+:\/\//i, 'http://'));
      if (url !== null && url.password !== '') {
        this.#add(url.password);
        this.#add(decoded(url.password));
      }
    }
  }

  learnDeployment(deployment: Deployment): void {
    for (const { files } of deployment.instances)
      for (const [variable, secret] of files) if (!fileVariables.has(variable)) this.learn(secret);
    if (deployment.ssh.passphrase !== undefined) this.learn(deployment.ssh.passphrase);
  }

  learnKept(kept: KeptSecrets): void {
    const lists = [kept.apiToken, kept.settingsKey, kept.fingerprintKey, ...kept.readTokens.values()];
    for (const list of lists)
      this.learn(
        list,
        ...list
          .reveal()
          .split(',')
          .map((one) => new Secret(one)),
      );
  }

  /** Without secrets, and without control characters: a text of a VM must not steer the terminal that shows it. */
  clean(text: string): string {
    let cleaned = text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
    // Longer ones first: a secret may hold another one.
    for (const secret of [...this.#known].sort((a, b) => b.length - a.length))
      cleaned = cleaned.replaceAll(secret, '[secret]');
    return cleaned;
  }

  #add(text: string): void {
    if (text.length >= SHORTEST) this.#known.add(text);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
