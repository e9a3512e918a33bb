/** The checksums of a release, and whether its releaser has signed them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SignerKey, signatureProblem } from '../config/minisign.ts';

export type Checksums =
  /** SHA-256, hexadecimal, by the name of the file. */
  { readonly byName: ReadonlyMap<string, string> } | { readonly problem: string; readonly remedy: string };

const sumsFile = 'SHA256SUMS';
const signatureFile = 'SHA256SUMS.minisig';

/** @param signer who must have signed them; undefined: nobody, and they may be absent */
export async function readChecksums(folder: string, signer: SignerKey | undefined): Promise<Checksums> {
  const [sums, signature] = await Promise.all(
    [sumsFile, signatureFile].map((name) => readFile(join(folder, name)).catch(() => undefined)),
  );
  if (signer === undefined) return { byName: parsed(sums?.toString('utf8') ?? '') };
  const remedy =
    'Put SHA256SUMS and SHA256SUMS.minisig of the release into IMAGES_DIR; RELEASE_PUBLIC_KEY must be the key of who made it. Do not go on with a signature that does not fit.';
  if (sums === undefined) return { problem: `${join(folder, sumsFile)} cannot be read`, remedy };
  if (signature === undefined) return { problem: `${join(folder, signatureFile)} cannot be read`, remedy };
  const problem = signatureProblem(sums, signature.toString('utf8'), signer);
  if (problem !== undefined) return { problem: `${join(folder, signatureFile)} ${problem}`, remedy };
  return { byName: parsed(sums.toString('utf8')) };
}

/** As `sha256sum` writes them. */
function parsed(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const parts = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line.trim());
    return parts === null ? [] : [[parts[2] ?? '', parts[1] ?? ''] as const];
  });
  return new Map(lines);
}
