/** Which Node starts the project, and which one runs it. */
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { requireNode } from './require-node.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

it('package.json asks for no more than starting takes: pnpm warns at each command otherwise', () => {
  const { engines } = JSON.parse(read('package.json'));
  expect(engines).toEqual({ node: '>=20' });
  expect(read('README.md')).toContain('Node 20 or newer');
});

it.each([
  ['18.20.4', 78],
  ['20.20.2', 78],
  ['22.21.9', 78],
  ['22.22.0', undefined],
  ['24.21.0', undefined],
])('scripts that find Node %s instead of the one of the workspace end with %s', (version, code) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    requireNode(version);
    expect(exit.mock.calls[0]?.[0]).toBe(code);
    if (code !== undefined) expect(said.mock.calls[0]?.[0]).toContain(`This is Node ${version}`);
  } finally {
    exit.mockRestore();
    said.mockRestore();
  }
});
