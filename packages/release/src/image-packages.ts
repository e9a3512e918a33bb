/** The packages of the services: their images, built and saved so that `docker load` takes them. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { root } from './bundle.ts';
import { command } from './command.ts';
import type { Service } from './parts.ts';

/** No container engine: images cannot be built. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}

/** Answers the version of the engine. @throws NoEngineError with what helps */
export async function needEngine(): Promise<string> {
  try {
    return await command('docker', ['version', '--format', '{{.Server.Version}}'], { quiet: true });
  } catch (error) {
    throw new NoEngineError(
      `No container engine answers, so there are no packages of excs, exas and excp. Start Docker 20 or newer, or name ` +
        `one by DOCKER_HOST; "pnpm package --only exop" makes the bootstrap alone. (${(error as Error).message})`,
    );
  }
}

export interface ImageOptions {
  readonly out: string;
  readonly version: string;
  readonly revision: string;
  readonly source: string;
  /** In place of the bases that the Dockerfile names. */
  readonly base: string | undefined;
  readonly buildBase: string | undefined;
}

/** Answers the files that were written into `out`. */
export async function packageImage(service: Service, o: ImageOptions): Promise<string[]> {
  const tag = `ex-engage-connector/${service}:${o.version}`;
  const args: Readonly<Record<string, string | undefined>> = {
    BASE: o.base,
    BUILD_BASE: o.buildBase,
    VERSION: o.version,
    REVISION: o.revision,
    SOURCE: o.source,
  };
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== '');
  await command(
    'docker',
    [
      ...['build', '--quiet', '--file', 'docker/Dockerfile', '--target', service, '--tag', tag],
      ...given.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      '.',
    ],
    { cwd: root },
  );
  const archive = `${service}-${o.version}.tgz`;
  await save(tag, join(o.out, archive));
  const bom = `${service}-${o.version}.cdx.json`;
  await writeFile(join(o.out, bom), `${await readFromImage(tag, '/app/sbom.cdx.json')}\n`);
  return [archive, bom];
}

async function save(tag: string, file: string): Promise<void> {
  const saving = spawn('docker', ['save', tag], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    saving.on('error', reject);
    saving.on('close', resolve);
  });
  await pipeline(saving.stdout, createGzip({ level: 6 }), createWriteStream(file));
  const code = await ended;
  if (code !== 0) throw new Error(`docker save ${tag} ended with ${code}`);
}

/** The text of a file of an image; the image itself has no program that could show it. */
async function readFromImage(tag: string, path: string): Promise<string> {
  const args = ['run', '--rm', '--network', 'none', '--entrypoint', 'node', tag];
  return command('docker', [...args, '-e', `process.stdout.write(fs.readFileSync('${path}'))`]);
}
