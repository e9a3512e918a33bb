/** The version of the release; all packages of the workspace carry the same one. */
import { readFileSync } from 'node:fs';

export const serviceVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
