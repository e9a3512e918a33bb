/** `node bundle-main.ts --out <folder> <part>...`: what the image build runs. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { type PartName, parts } from './parts.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'dist/bundles' } },
});
const known = Object.keys(parts);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0 || positionals.length === 0) {
  process.stderr.write(`Name one or more of ${known.join(', ')}; not ${unknown.join(', ') || 'nothing'}.\n`);
  process.exitCode = 1;
} else {
  for (const name of positionals as PartName[]) {
    const { folder, packages } = await bundle(parts[name], resolve(values.out));
    process.stdout.write(`${name}: ${packages.length} packages bundled into ${folder}\n`);
  }
}
