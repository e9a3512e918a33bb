/** Bundles a part with all it needs into one file, so that an image holds nothing but what runs. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from '@exec/console';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { type BundledPackage, bundledPackages } from './bundled-packages.ts';
import { licencesOf } from './licences.ts';
import type { Part } from './parts.ts';
import { billOfMaterials } from './sbom.ts';

/** Root of the repository. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

const servesConsole = /common[\\/]src[\\/]http[\\/]console[\\/]built-files\.ts$/;
const swaggerUi = /@fastify[\\/]swagger-ui[\\/](index|lib[\\/]routes)\.js$/;

/** CommonJS inside expects what an ES module does not have. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { dirname as __pathDirname } from 'node:path';",
  "import { fileURLToPath as __urlToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __urlToPath(import.meta.url);',
  'const __dirname = __pathDirname(__filename);',
].join('\n');

/** Native or optional parts, which their users load inside `try`: without them JavaScript does the work. */
const absent = ['pg-native', 'cpu-features', '*.node'];

/**
 * The pages of `/docs` are files beside the code of @fastify/swagger-ui, which looks for them from the folder of
 * its own files: in a bundle that is another one.
 */
const keepSwaggerUiFolder: Plugin = {
  name: 'swagger-ui-folder',
  setup(building) {
    building.onLoad({ filter: swaggerUi }, async ({ path }) => {
      const folder = /lib[\\/]routes/.test(path) ? '/swagger-ui/lib' : '/swagger-ui';
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll('__dirname', `(__dirname + '${folder}')`), loader: 'js' };
    });
  },
};

/** What esbuild is told for every part. */
export const partOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  external: absent,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

export interface Bundle {
  readonly folder: string;
  readonly packages: readonly BundledPackage[];
}

/**
 * Writes `<out>/<part>/`: `package.json`, `dist/main.js` with what it reads at run time, `health-check.js`, the bill
 * of materials and the licences of what is inside. The same sources and lock file give the same bytes.
 */
export async function bundle(part: Part, out: string): Promise<Bundle> {
  const folder = join(out, part.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  const result = await build({
    ...partOptions,
    entryPoints: { main: part.entry },
    outdir: join(folder, 'dist'),
    banner: { js: banner },
    plugins: [keepSwaggerUiFolder],
  });
  const inputs = Object.keys(result.metafile.inputs);
  // The page that the service serves lies beside its code.
  if (inputs.some((input) => servesConsole.test(input)))
    inputs.push(...(await buildConsole(join(folder, 'dist/console'), { workingFolder: root })).inputs);
  const packages = await bundledPackages(root, inputs);
  const version = await repositoryVersion();
  if (inputs.some((input) => swaggerUi.test(input))) {
    const fromCommon = createRequire(join(root, 'packages/common/package.json'));
    const statics = join(dirname(fromCommon.resolve('@fastify/swagger-ui')), 'static');
    await cp(statics, join(folder, 'dist/swagger-ui/static'), { recursive: true, dereference: true });
  }
  await bundleHealthCheck(folder);
  const manifest = { name: part.name, version, private: true, type: 'module', main: 'dist/main.js' };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const bom = billOfMaterials({ name: part.name, version, packages });
  await writeFile(join(folder, 'sbom.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
  await writeFile(join(folder, 'LICENSES.txt'), await licencesOf(root, packages));
  return { folder, packages };
}

async function bundleHealthCheck(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { 'health-check': 'packages/release/src/health-check-main.ts' },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/** All parts carry the version of the repository. */
export async function repositoryVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
