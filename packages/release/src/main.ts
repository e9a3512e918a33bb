/** `pnpm package`: the release packages and the documentation, their bills of materials, checksums and signature. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireDigests } from './bases.ts';
import { repositoryVersion, root } from './bundle.ts';
import { isReleased } from './changelog.ts';
import { command } from './command.ts';
import { packageDocs } from './docs-site.ts';
import { packageExop } from './exop-package.ts';
import { needEngine, packageImage } from './image-packages.ts';
import { type PackageOptions, packageCli } from './package-cli.ts';
import { type Service, services } from './parts.ts';
import { sign } from './sign.ts';

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The commit, marked when the working tree differs from it; a copy without history has none. */
async function revision(): Promise<string> {
  try {
    const commit = await command('git', ['rev-parse', 'HEAD'], { cwd: root, quiet: true });
    const changed = await command('git', ['status', '--porcelain'], { cwd: root, quiet: true });
    return changed === '' ? commit : `${commit}-modified`;
  } catch {
    return 'unknown';
  }
}

async function run(options: PackageOptions): Promise<void> {
  const bases = {
    base: options.base ?? process.env.BASE,
    buildBase: options.buildBase ?? process.env.BUILD_BASE,
  };
  const isTrial = options.trial === true;
  const images = services.filter((one) => options.only.includes(one)) as Service[];
  if (isTrial && (process.env.MINISIGN_KEY_FILE ?? '') !== '')
    throw new Error('A trial is not signed: leave MINISIGN_KEY_FILE out, or --trial.');
  const out = resolve(root, options.out);
  await mkdir(out, { recursive: true });
  const version = await repositoryVersion();
  const written: string[] = [];
  const done = async (files: readonly string[]) => {
    written.push(...files);
    for (const file of files) {
      const megabytes = ((await stat(join(out, file))).size / 1_000_000).toFixed(1);
      process.stdout.write(`${file.padEnd(28)} ${megabytes.padStart(6)} MB\n`);
    }
    const sums = await Promise.all(
      written.sort().map(async (file) => `${await sha256Of(join(out, file))}  ${file}\n`),
    );
    await writeFile(join(out, 'SHA256SUMS'), sums.join(''));
  };
  if (options.only.includes('exop'))
    await done(await packageExop({ out, version, architectures: options.arch }));
  if (options.only.includes('docs')) await done(await packageDocs({ out, version }));
  // After what needs no engine and no base: a machine without them still packages the bootstrap and the pages.
  if (images.length > 0 && !isTrial) requireDigests(bases);
  if (images.length > 0) await needEngine();
  for (const service of images) {
    await done(
      await packageImage(service, {
        out,
        version,
        revision: await revision(),
        source: process.env.SOURCE_URL ?? '',
        ...bases,
      }),
    );
  }
  const signature = await sign(out, 'SHA256SUMS', {
    keyFile: process.env.MINISIGN_KEY_FILE,
    passwordFile: process.env.MINISIGN_PASSWORD_FILE,
  });
  process.stdout.write(
    `\nPackages in ${out}, checksums in SHA256SUMS.\n${
      isTrial
        ? 'A trial, not for others: bases may be tags, and nothing is signed.'
        : signature === undefined
          ? 'Nothing is signed: MINISIGN_KEY_FILE is not set.'
          : `Signed: ${signature}. Publish your public key; "minisign -V -p KEY.pub -m SHA256SUMS" checks it.`
    }\n`,
  );
  if (!(await isReleased(root, version)))
    process.stdout.write(`CHANGELOG.md does not give the day on which ${version} is released yet.\n`);
}

const read = await packageCli().read<PackageOptions>(process.argv.slice(2));
if ('code' in read) process.exit(read.code);
try {
  await run(read.options);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
