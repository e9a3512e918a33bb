/**
 * The version of the release; all packages of the workspace carry the same one. This file lies one folder below its
 * package.json, as the file into which everything is bundled does: there and here the version is found at one place.
 */
import { readFileSync } from 'node:fs';

export const serviceVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
