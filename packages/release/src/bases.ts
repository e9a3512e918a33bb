/** The bases of the images: what is released is built on a digest, for a tag is what somebody made of it last. Pure. */

export interface Bases {
  readonly base: string | undefined;
  readonly buildBase: string | undefined;
}

const pinned = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/** @throws Error that says which base is not named by its digest, and how to find it */
export function requireDigests({ base, buildBase }: Bases): void {
  const open = [
    { option: '--base', variable: 'BASE', image: base, usual: 'gcr.io/distroless/nodejs24-debian13:nonroot' },
    { option: '--build-base', variable: 'BUILD_BASE', image: buildBase, usual: 'node:24-bookworm-slim' },
  ].filter(({ image }) => image === undefined || !pinned.test(image));
  if (open.length === 0) return;
  throw new Error(
    [
      'Images of a release are built on bases that are named by digest (name@sha256:…):',
      ...open.flatMap(({ option, variable, image, usual }) => [
        `  ${option} (or ${variable}) is ${image === undefined || image === '' ? 'not given' : image}. Look it up where the registry is reached, then pass it:`,
        `    docker pull ${image || usual} && docker inspect --format '{{index .RepoDigests 0}}' ${image || usual}`,
      ]),
      'To try things out, "--trial" builds on tags; its packages are not for others, and not signed.',
    ].join('\n'),
  );
}
