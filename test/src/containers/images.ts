/** Builds the images as a user would, from the Dockerfile of the repository, on bases that can be had here. */
import type { Engine } from './engine.ts';
import { importLocalImages, localImages, localVersions } from './local-images.ts';

export const targets = ['excs', 'exas', 'excp', 'simulators'] as const;
export type Target = (typeof targets)[number];

export interface Images {
  /** What compose and `docker build` are told by environment and build arguments. */
  readonly settings: Readonly<Record<string, string>>;
  /** For the report. */
  readonly how: string;
  tag(target: Target): string;
  /** Removes what was made, from an engine that is not ours. */
  remove(): Promise<void>;
}

/** What the compose file of docker/dev and the Dockerfile name when nothing else is said. */
const shipped = {
  BASE: 'gcr.io/distroless/nodejs24-debian13:nonroot',
  BUILD_BASE: 'node:24-bookworm-slim',
  POSTGRES_IMAGE: 'postgres:15-alpine',
  REDIS_IMAGE: 'redis:6.2-alpine',
};

const local = {
  BASE: localImages.base,
  BUILD_BASE: localImages.buildBase,
  POSTGRES_IMAGE: localImages.postgres,
  REDIS_IMAGE: localImages.redis,
};

export async function prepareImages(engine: Engine, root: string, version: string): Promise<Images> {
  const pulled = !engine.isOwn && (await pullAll(engine));
  if (!pulled) await importLocalImages(engine, root);
  const names = pulled ? shipped : local;
  const registry = 'exec-containers';
  const tag = (target: Target) => `${registry}/${target}:${version}`;
  return {
    settings: { ...names, REGISTRY: registry, VERSION: version },
    how: pulled
      ? `on the shipped base ${shipped.BASE}`
      : `on a base made of this machine's files (${await localVersions()}); ${shipped.BASE} was not tested`,
    tag,
    async remove() {
      if (engine.isOwn) return;
      await engine.tryDocker(['image', 'rm', '--force', ...targets.map(tag)]);
      if (!pulled) await engine.tryDocker(['image', 'rm', '--force', ...Object.values(localImages)]);
    },
  };
}

async function pullAll(engine: Engine): Promise<boolean> {
  for (const image of Object.values(shipped))
    if ((await engine.tryDocker(['pull', '--quiet', image])).code !== 0) return false;
  return true;
}

export async function buildImage(
  engine: Engine,
  images: Images,
  target: Target,
  o: { readonly root: string; readonly revision: string },
): Promise<void> {
  const { BASE = '', BUILD_BASE = '', VERSION = '' } = images.settings;
  const args = { BASE, BUILD_BASE, VERSION, REVISION: o.revision, SOURCE: 'https://example.com/exec' };
  await engine.docker(
    [
      ...['build', '--file', 'docker/Dockerfile', '--target', target, '--tag', images.tag(target)],
      ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      '.',
    ],
    { cwd: o.root },
  );
}
