/** A bundle starts without anything beside it, brings the pages of /docs, and is the same each time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from './bundle.ts';
import { parts } from './parts.ts';

let out: string;
const file = (name: string) => join(out, 'exas', name);

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'exec-bundle-'));
  await bundle(parts.exas, out);
});
afterAll(() => rm(out, { recursive: true, force: true }));

it('runs where no package is installed', async () => {
  const child = spawn(process.execPath, [file('dist/main.js')], { cwd: '/', env: {} });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(78);
  expect(complaint).toContain('STAT_SERVER_PRIMARY: is not set');
});

it('brings the pages that it looks for', async () => {
  const code = await readFile(file('dist/main.js'), 'utf8');
  // Two looks: one from the index of the package, one from its routes. The code is too long to be shown.
  expect(code.match(/__dirname \+ "\/swagger-ui(\/lib)?"/g)).toHaveLength(2);
  for (const name of ['logo.svg', 'index.css', 'swagger-ui-bundle.js'])
    expect((await stat(file(`dist/swagger-ui/static/${name}`))).size).toBeGreaterThan(0);
});

it('brings the console, whose page names the files beside it', async () => {
  const page = await readFile(file('dist/console/index.html'), 'utf8');
  const names = [...page.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, name = '']) => name);
  expect(names.map((name) => name.replace(/-\w+\./, '.'))).toEqual(['assets/style.css', 'assets/main.js']);
  for (const name of names) expect((await stat(file(`dist/console/${name}`))).size).toBeGreaterThan(1000);
  // Nothing in the page is a script, and nothing comes from elsewhere.
  expect(page).not.toMatch(/<script(?![^>]*src=)|https?:/);
  expect(await readFile(file('LICENSES.txt'), 'utf8')).toMatch(/^preact@\S+ \(MIT\)$/m);
});

it('holds nothing of simulators and tests, and no place of this machine', async () => {
  const code = await readFile(file('dist/main.js'), 'utf8');
  expect(/packages\/(simulators|testing|release)\//.exec(code)?.[0]).toBeUndefined();
  for (const text of [process.cwd(), 'sourceMappingURL='])
    expect([text, code.includes(text)]).toEqual([text, false]);
});

it('states the licence of everything inside', async () => {
  const licences = await readFile(file('LICENSES.txt'), 'utf8');
  expect(licences.startsWith('EX Engage Connector')).toBe(true);
  expect(/^fastify@\S+ \(MIT\)$/m.test(licences)).toBe(true);
});

it('is the same each time', async () => {
  const before = await Promise.all(['dist/main.js', 'sbom.cdx.json'].map((name) => readFile(file(name))));
  await bundle(parts.exas, out);
  const after = await Promise.all(['dist/main.js', 'sbom.cdx.json'].map((name) => readFile(file(name))));
  expect(after.map((one, index) => one.equals(before[index] ?? Buffer.alloc(0)))).toEqual([true, true]);
});
