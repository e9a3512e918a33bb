/** Brings image and files of a release to a VM; what runs there is not touched. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { ExecError } from '@exec/common/errors';
import type { WantedImage } from '../checks/images.ts';
import type { Report } from '../checks/run.ts';
import type { Action } from '../plan/difference.ts';
import type { Release } from '../plan/release.ts';
import type { Vm } from '../ssh/vm.ts';

const IMAGE_LIMIT_MS = 1_800_000;

export async function prepare(
  vm: Vm,
  release: Release,
  actions: readonly Action[],
  wanted: WantedImage,
  tell: Report,
): Promise<void> {
  for (const action of actions) {
    switch (action.kind) {
      case 'image':
        await bringImage(vm, wanted, tell);
        break;
      case 'write':
        tell(vm.name, `writing ${action.paths.length} files`);
        await writeRelease(vm, release);
        break;
      case 'renew':
      case 'switch':
      case 'start':
        break;
    }
  }
}

async function bringImage(vm: Vm, wanted: WantedImage, tell: Report): Promise<void> {
  switch (wanted.how) {
    case 'none':
      throw new ExecError('exop.image-missing', wanted.problem);
    case 'pull':
      tell(vm.name, `pulling ${wanted.image}`);
      await vm.must(`pull ${wanted.image}`, 'docker pull --quiet "$1"', [wanted.image], {
        limitMs: IMAGE_LIMIT_MS,
      });
      return;
    case 'load': {
      tell(vm.name, `loading ${wanted.archive}`);
      const tellPart = (percent: number): void => tell(vm.name, `loading ${wanted.archive}: ${percent} %`);
      const input = Readable.from(quarters(wanted.archive, wanted.bytes, tellPart), { objectMode: false });
      const said = await vm.must(`load ${wanted.archive}`, 'docker load', [], {
        input,
        limitMs: IMAGE_LIMIT_MS,
      });
      const loaded = /Loaded image(?: ID)?: (\S+)/.exec(said)?.[1];
      if (loaded === undefined)
        throw new ExecError(
          'exop.image-missing',
          `${wanted.archive}: docker load named no image; an archive of "docker export" has to be made by "docker save"`,
        );
      // Under its own name alone: two names would keep the image on the disk after its release is gone.
      const rename =
        'docker tag "$1" "$2" && case "$1" in sha256:*) ;; *) docker image rm "$1" >/dev/null ;; esac';
      await vm.must(`tag ${loaded}`, rename, [loaded, wanted.image]);
    }
  }
}

/** The content of a file; tells each quarter once. */
async function* quarters(
  path: string,
  bytes: number,
  tell: (percent: number) => void,
): AsyncGenerator<Buffer, void> {
  let reported = 0;
  let sent = 0;
  for await (const chunk of createReadStream(path)) {
    yield chunk as Buffer;
    sent += (chunk as Buffer).length;
    const quarter = Math.floor((sent / Math.max(bytes, 1)) * 4) * 25;
    if (quarter > reported) tell(quarter);
    reported = Math.max(reported, quarter);
  }
}

/** Written beside and moved into place: a release folder is whole or not there. */
async function writeRelease(vm: Vm, release: Release): Promise<void> {
  const folder = vm.releaseDir(release.id);
  const part = `${folder}.part`;
  await vm.must(
    'make the release folder',
    'rm -rf -- "$2" && mkdir -p -- "$1/releases" && chmod 700 "$1" "$1/releases" && mkdir -- "$2" "$2/secrets"',
    [vm.dir, part],
  );
  try {
    // The content goes through standard input: command lines can be read by everybody on the VM.
    for (const file of release.files)
      await vm.must(
        `write ${file.path}`,
        'cat > "$1" && chmod "$2" "$1"',
        [`${part}/${file.path}`, file.mode],
        {
          input: file.content.reveal(),
        },
      );
    await vm.must('put the release in place', 'rm -rf -- "$2" && mv -- "$1" "$2"', [part, folder]);
  } catch (error) {
    await vm.script('rm -rf -- "$1"', [part]).catch(() => {});
    throw error;
  }
}
