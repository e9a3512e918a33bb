/**
 * Signatures of minisign, as jedisct1.github.io/minisign describes them: Ed25519 over the BLAKE2b-512 of the file, and a
 * second signature over the first with the trusted comment. The older form without the hash is refused, as
 * `minisign -H` does.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** The public key of a releaser. */
export interface SignerKey {
  /** A number of eight bytes, hexadecimal, without leading zeros: as the program prints it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const trusted = 'trusted comment: ';

/** @param text the line of a `.pub` file that is not its comment; undefined when it is no such key */
export function signerKey(text: string): SignerKey | undefined {
  const bytes = bytesOf(text.trim(), 42);
  if (bytes === undefined || bytes.toString('latin1', 0, 2) !== 'Ed') return undefined;
  const key = createPublicKey({
    key: Buffer.concat([spkiPrefix, bytes.subarray(10)]),
    format: 'der',
    type: 'spki',
  });
  return { id: idOf(bytes), key };
}

/**
 * Undefined when the signature is good; otherwise what is wrong with it, without its subject.
 *
 * @param signature the text of the `.minisig` file
 */
export function signatureProblem(content: Buffer, signature: string, signer: SignerKey): string | undefined {
  const [, first = '', comment = '', second = ''] = signature.split(/\r?\n/);
  const bytes = bytesOf(first, 74);
  const global = bytesOf(second, 64);
  if (bytes === undefined || global === undefined || !comment.startsWith(trusted))
    return 'is not a signature of minisign';
  const kind = bytes.toString('latin1', 0, 2);
  if (kind === 'Ed') return 'is of the older form of minisign, which does not hash the file first';
  if (kind !== 'ED') return 'is not a signature of minisign';
  if (idOf(bytes) !== signer.id) return `was made with the key ${idOf(bytes)}, not with ${signer.id}`;
  const own = bytes.subarray(10);
  const hash = createHash('blake2b512').update(content).digest();
  if (!verify(null, hash, signer.key, own)) return 'does not fit the file';
  const commented = Buffer.concat([own, Buffer.from(comment.slice(trusted.length), 'utf8')]);
  return verify(null, commented, signer.key, global) ? undefined : 'has another comment than was signed';
}

/** Strict: Node skips what is not Base64. */
function bytesOf(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
}

function idOf(bytes: Buffer): string {
  return bytes.readBigUInt64LE(2).toString(16).toUpperCase();
}
