/** `pnpm console:build`: builds the console where services that run from the sources look for it. */
import { buildConsole } from './build.ts';

const { folder } = await buildConsole();
process.stdout.write(`The console is in ${folder}\n`);
