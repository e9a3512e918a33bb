/** Where the image of each service comes from, and whether it is there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from '@exec/common/config';
import type { BridgeImage, ImageSource } from '../config/deployment.ts';
import type { Vm } from '../ssh/vm.ts';
import type { Finding } from './check.ts';
import { readChecksums } from './checksums.ts';

export type WantedImage =
  | { readonly how: 'pull'; readonly image: string }
  | {
      readonly how: 'load';
      readonly image: string;
      readonly archive: string;
      readonly bytes: number;
      readonly sha256: string;
    }
  | { readonly how: 'none'; readonly image: string; readonly problem: string; readonly remedy: string };

export function archiveName(service: ServiceName, version: string): string {
  return `${service}-${version}.tgz`;
}

/**
 * The name under which Docker knows the image. An archive's name carries the start of its checksum: whether that
 * very archive was loaded is then a question that Docker answers by itself. With a signer in `source` an archive is
 * taken only if it fits checksums that this key has signed.
 */
export async function wantedImage(
  source: ImageSource,
  service: ServiceName,
  version: string,
): Promise<WantedImage> {
  if (source.kind === 'registry') return { how: 'pull', image: `${source.registry}/${service}:${version}` };
  const name = archiveName(service, version);
  const image = `ex-engage-connector/${service}:${version}`;
  const place = `Put ${name} into ${source.folder}, or correct VERSION or IMAGES_DIR.`;
  const found = await inArchive(join(source.folder, name), image, place);
  if (found.how !== 'load') return found;
  const sums = await readChecksums(source.folder, source.signer);
  if ('problem' in sums) return { how: 'none', image, ...sums };
  const listed = sums.byName.get(name);
  if (listed === undefined && source.signer !== undefined)
    return {
      how: 'none',
      image,
      problem: `${name} is not listed in the signed SHA256SUMS`,
      remedy: 'Put archive, SHA256SUMS and SHA256SUMS.minisig of one release into IMAGES_DIR.',
    };
  if (listed !== undefined && listed !== found.sha256)
    return {
      how: 'none',
      image,
      problem: `${found.archive} does not fit its checksum in SHA256SUMS`,
      remedy: 'Fetch the package again: it is damaged, or not the one that was released.',
    };
  return found;
}

/** The image that the customer built, with jars of their own. */
export async function wantedBridgeImage(source: BridgeImage): Promise<WantedImage> {
  if (source.kind === 'registry') return { how: 'pull', image: source.image };
  return await inArchive(source.path, 'ex-engage-connector/bridge:own', 'Correct BRIDGE_IMAGE_FILE.');
}

async function inArchive(archive: string, image: string, place: string): Promise<WantedImage> {
  const none = (problem: string, remedy: string): WantedImage => ({ how: 'none', image, problem, remedy });
  try {
    const { size } = await stat(archive);
    if (!(await isGzip(archive)))
      return none(
        `${archive} is not a gzip archive`,
        'Fetch the package again; it is made by "docker save | gzip".',
      );
    const sha256 = await sha256Of(archive);
    return { how: 'load', image: `${image}-${sha256.slice(0, 12)}`, archive, bytes: size, sha256 };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return none(code === 'ENOENT' ? `${archive} does not exist` : `${archive}: ${code ?? message}`, place);
  }
}

/** For a registry the VM itself is asked, because it is the VM that will pull. */
export async function checkImage(vm: Vm, wanted: WantedImage, hasImage: boolean): Promise<Finding> {
  const expected = wanted.image;
  if (wanted.how === 'none')
    return { check: 'image', status: 'failed', expected, found: wanted.problem, remedy: wanted.remedy };
  if (hasImage) return { check: 'image', status: 'ok', expected, found: 'on the VM', remedy: '' };
  if (wanted.how === 'load') {
    const found = `${wanted.archive}, ${Math.ceil(wanted.bytes / 1_000_000)} MB`;
    return { check: 'image', status: 'ok', expected, found, remedy: '' };
  }
  const asked = await vm.script('docker manifest inspect "$1" >/dev/null', [wanted.image], {
    limitMs: 60_000,
  });
  if (asked.code === 0)
    return { check: 'image', status: 'ok', expected, found: 'in the registry', remedy: '' };
  return {
    check: 'image',
    status: 'failed',
    expected,
    found: asked.stderr.trim().split('\n').at(-1)?.slice(0, 200) || 'not in the registry',
    remedy:
      'Check VERSION and REGISTRY (of a bridge BRIDGE_IMAGE), the way to it, and "docker login" on the VM.',
  };
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
