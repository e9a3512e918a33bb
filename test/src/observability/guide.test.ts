/** What the operating guide names exists: links, metrics, error codes, variables, REST paths and log lines. */
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodes } from '@exec/common/errors';
import { beforeAll, expect, test } from 'vitest';
import { bridgeMetrics } from '../docs/bridge-metrics.ts';
import { observeServices } from '../docs/observe.ts';
import { docsFolder } from './paths.ts';

const root = join(docsFolder, '..');
const pages = new Map<string, string>();
const metrics = new Set<string>();
const paths = new Set<string>();
let sources = '';

async function texts(pattern: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const name of glob(pattern, { cwd: root }))
    found.set(name, await readFile(join(root, name), 'utf8'));
  return found;
}

beforeAll(async () => {
  for (const pattern of ['docs/guide/operate/**/*.md', 'docs/guide/{troubleshoot,backup,sizing}.md'])
    for (const [name, text] of await texts(pattern)) pages.set(name, text);
  sources = [...(await texts('packages/*/src/**/*.ts'))]
    .filter(([name]) => !/\.test\.ts$|\/testing\//.test(name))
    .map(([, text]) => text)
    .join('\n');
  for (const { name } of await bridgeMetrics()) metrics.add(name);
  for (const { registry, openapi } of await observeServices()) {
    for (const { name } of registry.getMetricsAsArray()) metrics.add(name);
    const { paths: known } = openapi as { readonly paths: Readonly<Record<string, unknown>> };
    for (const path of Object.keys(known)) paths.add(path.replaceAll(/\{\w+\}/g, '*'));
  }
});

/** Every match in every page, with the page it stands in. */
function mentions(pattern: RegExp): [page: string, text: string][] {
  return [...pages].flatMap(([page, text]) =>
    [...text.matchAll(pattern)].map(([, found = '']): [string, string] => [page, found]),
  );
}

/** Anchors as forges make them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('links and their anchors', async () => {
  const links = mentions(/\]\(([^)\s]+)\)/g);
  expect(links.length).toBeGreaterThan(100);
  for (const [page, link] of links) {
    if (/^https?:/.test(link)) continue;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    const text = await readFile(join(root, target), 'utf8');
    if (anchor !== undefined) expect(anchorsOf(text), `${page}: ${link}`).toContain(anchor);
  }
});

test('metrics', () => {
  const found = mentions(/(?<!\/)\b((?:ex(?:ec|cs|as|cp)|bridge)_[a-z_]+)\b/g);
  expect(found.length).toBeGreaterThan(8);
  for (const [page, name] of found)
    if (name !== 'exec_docs') expect(metrics.has(name), `${page}: ${name}`).toBe(true);
});

test('error codes and reasons of conflicts', () => {
  expect(mentions(/`(link\.[a-z-]+)`/g).length).toBeGreaterThan(5);
  const prefixes =
    'cloud|link|redis|settings|engage|sync|instance|organization|http|plan|person|skill|queue|group|wrapup|operation|excs';
  for (const [page, code] of mentions(new RegExp(`\`((?:${prefixes})\\.(?!conf\\b)[a-z-]+)\``, 'g')))
    expect(code in errorCodes || sources.includes(`'${code}'`), `${page}: ${code}`).toBe(true);
});

test('variables', async () => {
  const settings = await readFile(join(docsFolder, 'reference/settings.md'), 'utf8');
  const ofTheShell = new Set([
    'API_TOKEN',
    'EXCP_LOG_LEVEL',
    'EXCP_URL',
    'NODE_EXTRA_CA_CERTS',
    'PUBLISH_ADDRESS',
  ]);
  for (const [page, name] of mentions(/`([A-Z]+(?:_[A-Z]+)+)(?:=\w+)?`/g)) {
    // EXOP takes the variable of one service alone under its name.
    const plain = name.replace(/^EX(?:CS|AS|CP)_(?=REDIS_URL$)/, '');
    expect(ofTheShell.has(name) || settings.includes(`\`${plain}\``), `${page}: ${name}`).toBe(true);
  }
});

test('REST paths', () => {
  const found = mentions(/(\/(?:api\/v1|health)\/[\w/<>-]+)/g);
  expect(found.length).toBeGreaterThan(10);
  for (const [page, path] of found) {
    const plain = path.replaceAll(/<\w+>/g, '*').replace(/\/$/, '');
    expect(paths.has(plain), `${page}: ${path}`).toBe(true);
  }
});

test('log lines', () => {
  const quoted = mentions(/"([A-Z…][^"\n|]{15,})"/g);
  expect(quoted.length).toBeGreaterThan(15);
  for (const [page, line] of quoted)
    for (const part of line.split('…')) {
      const text = part.trim();
      if (text.length > 3) expect(sources.includes(text), `${page}: ${text}`).toBe(true);
    }
});
