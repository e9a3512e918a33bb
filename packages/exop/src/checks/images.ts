/** Where the image of each service comes from, and whether it is there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ServiceName } from '@exec/common/config';
import type { BridgeImage, ImageSource } from '../config/deployment.ts';
import type { Vm } from '../ssh/vm.ts';
import type { Finding } from './check.ts';

export type WantedImage =
  | { readonly how: 'pull'; readonly image: string }
  | { readonly how: 'load'; readonly image: string; readonly archive: string; readonly bytes: number }
  | { readonly how: 'none'; readonly image: string; readonly problem: string; readonly remedy: string };

export function archiveName(service: ServiceName, version: string): string {
  return `${service}-${version}.tgz`;
}

/**
 * The name under which Docker knows the image. An archive's name carries the start of its checksum: whether that
 * very archive was loaded is then a question that Docker answers by itself.
 */
export async function wantedImage(
  source: ImageSource,
  service: ServiceName,
  version: string,
): Promise<WantedImage> {
  if (source.kind === 'registry') return { how: 'pull', image: `${source.registry}/${service}:${version}` };
  const name = archiveName(service, version);
  return await inArchive(
    join(source.folder, name),
    `ex-engage-connector/${service}:${version}`,
    `Put ${name} into ${source.folder}, or correct VERSION or IMAGES_DIR.`,
  );
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
    const listed = await listedChecksum(dirname(archive), basename(archive));
    if (listed !== undefined && listed !== sha256)
      return none(
        `${archive} does not fit its checksum in SHA256SUMS`,
        'Fetch the package again: it is damaged.',
      );
    return { how: 'load', image: `${image}-${sha256.slice(0, 12)}`, archive, bytes: size };
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

/** From a file as `sha256sum` writes it, if there is one. */
async function listedChecksum(folder: string, name: string): Promise<string | undefined> {
  const list = await readFile(join(folder, 'SHA256SUMS'), 'utf8').catch(() => '');
  for (const line of list.split('\n')) {
    const parts = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line.trim());
    if (parts?.[2] === name) return parts[1];
  }
  return undefined;
}
