/** Makes what a releaser hands out: the package of the bootstrap, and an archive for the image of each service. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { tarOf } from '@exec/common/tar';
import { bundle, filesOf, parts, repositoryVersion, root, services } from '@exec/release';
import { debianProgram } from '@exec/testing/servers';

const run = promisify(execFile);

/** The release that comes after: the same programs, which call themselves so. */
export const nextVersion = '99.0.0';

export interface Release {
  readonly version: string;
  /** The command of the unpacked package. */
  readonly exop: string;
  /** Folder with the images of this release and of the next, their checksums and the signature. */
  readonly images: string;
  /** The file with the public key of the releaser, and the key in it. */
  readonly publicKeyFile: string;
  readonly publicKey: string;
}

/** @param base an empty folder */
export async function makeRelease(base: string): Promise<Release> {
  const images = join(base, 'images');
  await mkdir(images);
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  await run(
    process.execPath,
    ['packages/release/src/main.ts', '--out', images, '--only', 'exop', '--arch', arch],
    { cwd: root },
  );
  const version = await repositoryVersion();
  await run('tar', ['-xzf', join(images, `exop-${version}.tgz`), '-C', base]);
  // One after another: a bundle takes both cores.
  for (const service of services) await makeImages(service, { base, images, version });
  const signed = await signedBy(base, images);
  return { version, exop: join(base, `exop-${version}`, 'exop'), images, ...signed };
}

/** The checksums of all archives, signed by minisign with a key of the test. */
async function signedBy(base: string, images: string): Promise<Pick<Release, 'publicKeyFile' | 'publicKey'>> {
  const minisign = await debianProgram({ suite: 'bookworm', package: 'minisign', path: 'usr/bin/minisign' });
  const publicKeyFile = join(base, 'releaser.pub');
  const secretKey = join(base, 'releaser.key');
  await run(minisign, ['-G', '-W', '-p', publicKeyFile, '-s', secretKey]);
  await run('sh', ['-c', 'sha256sum -- *.tgz > SHA256SUMS'], { cwd: images });
  await run(minisign, ['-S', '-s', secretKey, '-m', 'SHA256SUMS'], { cwd: images });
  const [, publicKey = ''] = (await readFile(publicKeyFile, 'utf8')).split('\n');
  return { publicKeyFile, publicKey };
}

/** The archive of an image, as far as it is ours: what the Dockerfile puts on its base. */
async function makeImages(
  service: (typeof services)[number],
  { base, images, version }: { readonly base: string; readonly images: string; readonly version: string },
): Promise<void> {
  const { folder } = await bundle(parts[service], join(base, 'bundles'));
  for (const one of [version, nextVersion]) {
    const manifest = join(folder, 'package.json');
    const described = JSON.parse(await readFile(manifest, 'utf8')) as object;
    await writeFile(manifest, JSON.stringify({ ...described, version: one }));
    const tar = Buffer.concat([...tarOf(await filesOf(folder, 'app'))]);
    await writeFile(join(images, `${service}-${one}.tgz`), gzipSync(tar, { level: 1 }));
  }
}
