/** `pnpm console:build`: builds the console where services that run from the sources look for it. */
import { parseArgs } from 'node:util';
import { buildConsole } from './build.ts';

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help === true) {
  process.stdout.write(
    'pnpm console:build\nbuilds the console where services that run from the sources look for it\n',
  );
  process.exit(0);
}
const { folder } = await buildConsole();
process.stdout.write(`The console is in ${folder}\n`);
