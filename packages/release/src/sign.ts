/** Signs the checksums with the releaser's own minisign key, and with them every package. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { command } from './command.ts';

export interface SigningKey {
  /** `MINISIGN_KEY_FILE`: the secret key. */
  readonly keyFile: string | undefined;
  /** `MINISIGN_PASSWORD_FILE`: its password, if it has one. */
  readonly passwordFile: string | undefined;
}

/**
 * Answers the file of the signature; undefined without a key.
 * @throws Error when minisign is missing or refuses
 */
export async function sign(out: string, file: string, key: SigningKey): Promise<string | undefined> {
  if (key.keyFile === undefined || key.keyFile === '') return undefined;
  const password = key.passwordFile === undefined ? '' : (await readFile(key.passwordFile, 'utf8')).trim();
  const signature = `${file}.minisig`;
  try {
    await command('minisign', ['-S', '-s', key.keyFile, '-m', join(out, file), '-x', join(out, signature)], {
      input: Readable.from([`${password}\n`]),
      quiet: true,
    });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      missing
        ? 'MINISIGN_KEY_FILE is set, but minisign is not installed (Debian: apt-get install minisign)'
        : `${file} could not be signed: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return signature;
}
