/** Builds the console: a script and a style sheet with hashes in their names, and the page that loads them. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where services that run from the sources look for it. */
export const consoleFolder: string = join(root, 'dist/app');

export interface BuiltConsole {
  readonly folder: string;
  /** Inputs of the bundle, as esbuild names them: what is inside. */
  readonly inputs: readonly string[];
}

/**
 * Writes `index.html` and `assets/` into the folder. The same sources give the same bytes.
 *
 * @param o `workingFolder`: what the names of inputs are relative to
 */
export async function buildConsole(
  folder: string = consoleFolder,
  o: { readonly workingFolder?: string } = {},
): Promise<BuiltConsole> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const result = await build({
    absWorkingDir: o.workingFolder ?? root,
    entryPoints: [join(root, 'src/app/main.tsx'), join(root, 'src/app/style.css')],
    outdir: join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const outputs = Object.keys(result.metafile.outputs).map((path) => basename(path));
  const named = (ending: string) => {
    const found = outputs.find((name) => name.endsWith(ending));
    if (found === undefined) throw new Error(`the build of the console made no ${ending} file`);
    return `assets/${found}`;
  };
  await writeFile(join(folder, 'index.html'), page({ script: named('.js'), style: named('.css') }));
  return { folder, inputs: Object.keys(result.metafile.inputs) };
}

/** Addresses are relative, so that the page works behind any prefix of a proxy. */
function page({ script, style }: { readonly script: string; readonly style: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>EX Engage Connector</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>The console needs JavaScript. Without it: the command exop, or the REST interface.</noscript>
</body>
</html>
`;
}
