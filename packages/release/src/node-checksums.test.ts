/** The Node that is shipped is the one that nodejs.org lists. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './bundle.ts';
import { checkNode, nodeChecksumsFile } from './node-checksums.ts';
import { architectures, nodeRuntime, runtimeVersion } from './node-runtime.ts';

const list = readFileSync(join(root, nodeChecksumsFile), 'utf8');
const own = process.arch === 'arm64' ? 'arm64' : 'x64';

describe('the Node of the bootstrap', () => {
  it('is the one that is listed', async () => {
    const { program, described } = await nodeRuntime(root, own);
    const node = { version: described.version, architecture: own, program };
    expect(() => checkNode(list, node)).not.toThrow();
    const changed = Buffer.from(program);
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(() => checkNode(list, { ...node, program: changed })).toThrow(/is not the one of nodejs\.org/);
  });

  it('is listed in the version of the lock file, for each architecture', () => {
    const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
    for (const architecture of architectures) {
      const version = runtimeVersion(lock, architecture);
      expect(list).toContain(`  node-v${version}-linux-${architecture}.tar.xz\n`);
    }
  });

  it('of another version or architecture is refused', () => {
    const program = Buffer.from('node');
    const sha256 = createHash('sha256').update(program).digest('hex');
    const of1 = `${sha256}  node-v1.2.3-linux-x64/bin/node\n`;
    expect(() => checkNode(of1, { version: '1.2.3', architecture: 'x64', program })).not.toThrow();
    for (const [version, architecture] of [
      ['1.2.4', 'x64'],
      ['1.2.3', 'arm64'],
    ] as const)
      expect(() => checkNode(of1, { version, architecture, program })).toThrow(/does not list/);
  });
});
