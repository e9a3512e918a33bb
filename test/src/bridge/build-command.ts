/** `bin/build --sdk`: from a copy of the folder alone, against jars that look like an SDK, and never against a stand-in. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bridgeFolder } from './bridge-process.ts';
import { type Checked, faultOf, ran } from './sdk-variants.ts';

const run = promisify(execFile);

type Change = (source: string) => string;

export async function checkBuild(): Promise<Checked[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-build-'));
  try {
    const alone = await copyAlone(folder);
    const build = (sdk: string) =>
      ran(join(alone, 'bin/build'), ['--sdk', sdk, '--out', join(folder, 'out')]);
    const stubs = await jarOf(folder, 'sdk-stubs', 'unmarked');
    const double = await jarOf(folder, 'sdk-double', 'unmarked');
    const anew = await jarOf(folder, 'sdk-stubs', 'anew', (source) =>
      source.replaceAll('compile-only stub of the bridge', 'nothing'),
    );
    const marked = 'holds the stubs of the bridge, not the SDK';
    const checked: Checked[] = [
      ['bin/build refuses the stubs without their mark', faultOf(await build(stubs), 78, [marked])],
      ['bin/build refuses the double without its mark', faultOf(await build(double), 78, [marked])],
      [
        'bin/build refuses stubs that somebody wrote anew',
        faultOf(await build(anew), 78, ['holds a stand-in for the SDK']),
      ],
      ['bin/build refuses a folder without jars', faultOf(await build(alone), 78, ['has no jars'])],
      [
        'bin/build builds, from a copy of its folder alone, against jars that look like an SDK',
        await buildAlone(folder, join(folder, 'out')).then(() => undefined, String),
      ],
    ];
    const built = join(folder, 'out/bridge.jar');
    const { stdout } = await run('jar', ['tf', built]);
    checked.push([
      'what was built holds no class of the SDK, and the scenarios',
      /^com\/genesyslab/m.test(stdout) || !stdout.includes('exec/bridge/scenarios/index.txt')
        ? stdout
        : undefined,
    ]);
    checked.push([
      'what was built finds its jars beside it',
      faultOf(await ran('java', ['-jar', built, 'selftest']), 0, ['nothing untested']),
    ]);
    return checked;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The folder as a customer copies it: nothing that was built, nothing from around it. */
async function copyAlone(folder: string): Promise<string> {
  const alone = join(folder, 'bridge');
  await cp(bridgeFolder, alone, { recursive: true, filter: (source) => !/\/(?:target|dist)$/.test(source) });
  return alone;
}

/**
 * Builds in a copy of the folder against jars that look like an SDK; the modules must have been built before.
 * @returns the copy
 */
export async function buildAlone(folder: string, out: string): Promise<string> {
  const alone = await copyAlone(folder);
  const sdk = await jarOf(folder, 'sdk-double', 'like-an-sdk', likeAnSdk);
  await run(join(alone, 'bin/build'), ['--sdk', sdk, '--out', out]);
  return alone;
}

/** Nothing of the double's own names, and what an SDK's messages have and a stand-in's have not. */
function likeAnSdk(source: string): string {
  const renamed = source.replaceAll('exec.sdkdouble', 'played.sdk');
  return renamed.replace(
    'public abstract class Message {',
    'public abstract class Message {\n  public Endpoint getEndpoint() {\n    return null;\n  }\n',
  );
}

/** A folder with one jar of a module's classes; with a change, of its changed sources. */
async function jarOf(
  folder: string,
  module: 'sdk-stubs' | 'sdk-double',
  name: string,
  change?: Change,
): Promise<string> {
  const jars = join(folder, `${module}-${name}`);
  const classes = join(jars, 'classes');
  await mkdir(classes, { recursive: true });
  if (change === undefined) {
    await cp(join(bridgeFolder, module, 'target/classes/com'), join(classes, 'com'), { recursive: true });
  } else {
    const sources = await changedSources(join(bridgeFolder, module, 'src/main/java'), jars, change);
    const libraries = join(bridgeFolder, 'sdk-double/target/sdk-double.jar');
    await run('javac', ['-nowarn', '-cp', libraries, '-d', classes, ...sources]);
    if (module === 'sdk-double') await run('jar', ['xf', libraries, 'com/fasterxml'], { cwd: classes });
  }
  await run('jar', ['cf', join(jars, 'commons.jar'), '-C', classes, '.']);
  return jars;
}

async function changedSources(from: string, to: string, change: Change): Promise<string[]> {
  const files = (await readdir(from, { recursive: true })).filter((file) => file.endsWith('.java'));
  return Promise.all(
    files.map(async (file) => {
      const target = join(to, 'sources', file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, change(await readFile(join(from, file), 'utf8')));
      return target;
    }),
  );
}
