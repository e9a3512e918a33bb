/** Every script of the workspace says what it does before it does anything. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeEnvironment } from '@exec/testing/processes';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const run = promisify(execFile);

describe('--help', () => {
  it.each(Object.entries(scripts))('of pnpm %s', async (name, script) => {
    const file = script.split(' ').findLast((word) => word.endsWith('.ts')) ?? '';
    const { stdout } = await run(process.execPath, [file, '--help'], {
      cwd: root,
      env: nodeEnvironment(),
    });
    expect(stdout).toMatch(new RegExp(`\\b${name.split(':', 1)[0]}\\b`, 'i'));
    expect(stdout.trim().length).toBeGreaterThan(20);
  });
});
