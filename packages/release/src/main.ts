/** `pnpm package`: the four release packages, their bills of materials and checksums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryVersion, root } from './bundle.ts';
import { command } from './command.ts';
import { packageExop } from './exop-package.ts';
import { needEngine, packageImage } from './image-packages.ts';
import { type Architecture, architectures } from './node-runtime.ts';
import { type Service, services } from './parts.ts';

const usage = `Usage: pnpm package [options]

  --out FOLDER         where the packages go (default dist/release)
  --only PART          excs, exas, excp or exop; may be given several times (default all)
  --arch x64|arm64     Node that EXOP brings along; may be given twice (default both)
  --base IMAGE         base of the images: Node 24, no shell needed (default as in docker/Dockerfile)
  --build-base IMAGE   base of the build stage: Node 24 with a shell
`;

const known = [...services, 'exop'] as const;

function readOptions() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      out: { type: 'string', default: 'dist/release' },
      only: { type: 'string', multiple: true, default: [...known] },
      arch: { type: 'string', multiple: true, default: [...architectures] },
      base: text,
      'build-base': text,
    },
  });
  const wrongPart = values.only.find((one) => !known.includes(one as (typeof known)[number]));
  if (wrongPart !== undefined) throw new TypeError(`--only ${wrongPart}: choose from ${known.join(', ')}.`);
  const wrongArch = values.arch.find((one) => !architectures.includes(one as Architecture));
  if (wrongArch !== undefined)
    throw new TypeError(`--arch ${wrongArch}: choose from ${architectures.join(', ')}.`);
  return values;
}

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

async function run(options: ReturnType<typeof readOptions>): Promise<void> {
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
    await done(await packageExop({ out, version, architectures: options.arch as Architecture[] }));
  const images = services.filter((one) => options.only.includes(one)) as Service[];
  if (images.length > 0) await needEngine();
  for (const service of images) {
    const { base, 'build-base': buildBase } = options;
    await done(
      await packageImage(service, {
        out,
        version,
        revision: await revision(),
        source: process.env.SOURCE_URL ?? '',
        base: base ?? process.env.BASE,
        buildBase: buildBase ?? process.env.BUILD_BASE,
      }),
    );
  }
  process.stdout.write(`\nPackages in ${out}, checksums in SHA256SUMS.\n`);
}

try {
  await run(readOptions());
} catch (error) {
  const { message } = error as Error;
  const isMisuse = error instanceof TypeError;
  process.stderr.write(`${message}\n${isMisuse ? `\n${usage}` : ''}`);
  process.exitCode = 1;
}
