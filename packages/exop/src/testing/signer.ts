/** Signs for tests as minisign does, without the program. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Signer {
  /** As `RELEASE_PUBLIC_KEY` takes it. */
  readonly publicKey: string;
  /** The text of a `.minisig` file. */
  sign(content: Buffer): string;
}

export function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const id = randomBytes(8);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const comment = 'made by a test';
  return {
    publicKey: Buffer.concat([Buffer.from('Ed'), id, raw]).toString('base64'),
    sign: (content) => {
      const own = sign(null, createHash('blake2b512').update(content).digest(), privateKey);
      const global = sign(null, Buffer.concat([own, Buffer.from(comment)]), privateKey);
      const first = Buffer.concat([Buffer.from('ED'), id, own]).toString('base64');
      return `untrusted comment: a test\n${first}\ntrusted comment: ${comment}\n${global.toString('base64')}\n`;
    },
  };
}
