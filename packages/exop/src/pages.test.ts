/** Every command block of the operating guide is run by a shell against a fleet that EXOP deployed, as a reader would. */
import { execFile } from 'node:child_process';
import { chmod, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './testing/answers.ts';
import { Fleet } from './testing/fleet.ts';
import { commandBlocks, missingLines, settingsBlocks } from './testing/pages.ts';
import { answerAsPilot } from './testing/pilot.ts';

const guide = fileURLToPath(new URL('../../../docs/guide/', import.meta.url));
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const pages: string[] = [];
for await (const page of glob(
  ['{prepare,install,verify,upgrade,backup,troubleshoot}.md', 'operate/**/*.md'],
  {
    cwd: guide,
  },
))
  pages.push(page);
const markdown = new Map(
  await Promise.all(
    pages.sort().map(async (page) => [page, await readFile(join(guide, page), 'utf8')] as const),
  ),
);
const texts = new Map([...markdown].map(([page, text]) => [page, commandBlocks(text)] as const));
/** What stands in place of what is in angle brackets, and of the names and numbers of the samples in the text. */
const samples: readonly (readonly [RegExp, string])[] = [
  [/<planId>/g, 'p1'],
  [/<employeeId>/g, 'E1'],
  [/<callUuid>/g, call],
  [/<id>/g, 'd1'],
  [/\b5d0c8f1e2a9b7c34\b/g, 'p1'],
  [/\b(excs|exas|excp1|excp2)\.example\.com\b/g, '127.0.0.1'],
  [/\b0\.1\.0\b/g, '1.0.0'],
  [/\b0\.2\.0\b/g, '2.0.0'],
];

function filledIn(text: string): string {
  return samples.reduce((filled, [pattern, sample]) => filled.replaceAll(pattern, sample), text);
}

let fleet: Fleet;
let bin: string;

beforeAll(async () => {
  fleet = await Fleet.start();
  bin = join(fleet.folder, 'bin');
  await mkdir(bin);
  // The reader says yes where EXOP asks; every call and its exit code is written down.
  await writeFile(
    join(bin, 'exop'),
    `#!/bin/bash
yes=
case "$1" in deploy|upgrade|rollback|down|restart|rotate) yes=--yes ;; esac
'${process.execPath}' '${main}' "$@" $yes
code=$?
echo "$code $*" >> '${fleet.folder}/calls'
exit $code
`,
  );
  await chmod(join(bin, 'exop'), 0o755);
  await deployed();
});
afterAll(() => fleet.stop());

async function deployed(
  changes: Readonly<Record<string, string | undefined>> = {},
  { reset = true } = {},
): Promise<void> {
  if (reset) await fleet.reset();
  else await fleet.writeEnv(changes);
  const { code, stderr, stdout } = await fleet.call('deploy', '--yes');
  if (code !== 0) throw new Error(stderr + stdout);
  answerAsPilot(fleet);
  await fleet.writeEnv(changes);
}

/** Empty VMs, and a `.env` without what a page has not told to set yet. */
async function begun(page: string): Promise<void> {
  await fleet.reset();
  answerAsPilot(fleet);
  await configured(page, 0);
}

/** The `.env` as a reader has it at a line of a page that says step by step what to set. */
async function configured(page: string, line: number): Promise<void> {
  const later = settingsBlocks(markdown.get(page) ?? '').filter((block) => block.line > line);
  await fleet.writeEnv(
    Object.fromEntries(later.flatMap(({ names }) => names).map((name) => [name, undefined])),
  );
}

/** What the reader of a page has changed in the `.env` by its first command. */
const edits: Readonly<Record<string, readonly [name: string, login: string]>> = {
  'operate/rotate/redis-password.md': ['EXCS_REDIS_URL', 'redis://:canary-second'],
  'operate/rotate/config-db-password.md': ['CONFIG_DB_URL', 'postgresql://second:canary-db'],
};

/** Certificates and tokens that EXOP made, so that it can exchange them. */
async function withOwnSecrets(page: string): Promise<void> {
  await fleet.reset();
  const { code, stdout, stderr } = await fleet.call('certificates');
  if (code !== 0) throw new Error(stderr + stdout);
  const printed = stdout.matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm);
  const own = Object.fromEntries([...printed].map(([, name = '', value = '']) => [name, value]));
  await deployed({ ...own, API_TOKEN: undefined }, { reset: false });
  const [name, login] = edits[page] ?? [];
  const path = name === 'CONFIG_DB_URL' ? '/cfg' : '';
  if (name !== undefined)
    await fleet.writeEnv({ ...own, API_TOKEN: undefined, [name]: `${login}@${fleet.peer}${path}` });
}

interface Ran {
  readonly output: string;
  /** `<exit code> <arguments>` of each call of exop. */
  readonly calls: readonly string[];
}

const known = new Map<string, Ran>();
const changing = /exop (deploy|down|upgrade|rollback|restart|rotate)|approve|allow|drop|retry|accept/;
/** Whether a block has changed the fleet since it was deployed anew. */
let isChanged = false;

/** A block that only looks gives the same on every page, until one changes the fleet: it is run once. */
async function ran(commands: string): Promise<Ran> {
  const before = isChanged ? undefined : known.get(commands);
  if (before !== undefined) return before;
  await rm(join(fleet.folder, 'calls'), { force: true });
  const output = await new Promise<string>((resolve) => {
    execFile(
      'bash',
      ['--norc', '-u', '-c', commands],
      {
        cwd: fleet.folder,
        env: {
          HOME: fleet.folder,
          PATH: `${bin}:${process.env.PATH}`,
          NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        },
        timeout: 200_000,
      },
      (_error, stdout, stderr) => resolve(`${stdout}\n${stderr}`),
    );
  });
  const calls = (await readFile(join(fleet.folder, 'calls'), 'utf8').catch(() => '')).trim().split('\n');
  const result = { output, calls: calls.filter((line) => line !== '') };
  if (changing.test(commands)) isChanged = true;
  else if (!isChanged) known.set(commands, result);
  return result;
}

/** Wrong use is 2 too, but says so. */
function isFine(line: string): boolean {
  return line.startsWith('0 ') || /^2 (sync )?plan\b/.test(line);
}

describe.each([...texts].filter(([, blocks]) => blocks.some(({ notRun }) => notRun === undefined)))(
  '%s',
  (page, blocks) => {
    const isStaged = settingsBlocks(markdown.get(page) ?? '').length > 0;
    beforeAll(async () => {
      const isUpgrade = page === 'upgrade.md';
      const isRotation = page.startsWith('operate/rotate/');
      if (isStaged) await begun(page);
      else if (isRotation) await withOwnSecrets(page);
      else if (isChanged || isUpgrade) await deployed(isUpgrade ? { VERSION: '2.0.0' } : {});
      isChanged = isUpgrade || isStaged || isRotation;
    }, 300_000);

    it.each(blocks.filter(({ notRun }) => notRun === undefined))(
      'line $line: $commands',
      async ({ line, commands, shown }) => {
        if (isStaged) await configured(page, line);
        const { output, calls } = await ran(filledIn(commands));
        expect(calls.length, output).toBeGreaterThan(0);
        expect(
          calls.filter((line) => !isFine(line)),
          output,
        ).toEqual([]);
        expect(output).not.toMatch(/unknown (command|option)|too many arguments|command not found/i);
        expect(missingLines(shown.map(filledIn), output), output).toEqual([]);
      },
      240_000,
    );
  },
);

it('each block that is not run says why, and most are run', () => {
  const rows = [...texts].flatMap(([page, blocks]) =>
    blocks.length === 0
      ? []
      : [
          {
            page,
            run: blocks.filter(({ notRun }) => notRun === undefined).length,
            compared: blocks.filter(({ notRun, shown }) => notRun === undefined && shown.length > 0).length,
            of: blocks.length,
          },
        ],
  );
  const left = [...texts].flatMap(([page, blocks]) =>
    blocks.flatMap(({ line, notRun }) =>
      notRun === undefined ? [] : [`${page}:${line} not run: ${notRun}`],
    ),
  );
  const run = rows.reduce((sum, row) => sum + row.run, 0);
  const compared = rows.reduce((sum, row) => sum + row.compared, 0);
  const all = rows.reduce((sum, row) => sum + row.of, 0);
  process.stdout.write(
    `${rows.map((row) => `${row.page}: ${row.run} of ${row.of}, ${row.compared} compared`).join('\n')}\n${left.join('\n')}\n${run} of ${all} command blocks of the guide were run, the output of ${compared} was compared\n`,
  );
  expect(run).toBeGreaterThan(50);
  expect(compared).toBeGreaterThan(25);
});

it('a line that a page shows and nothing prints is noticed', () => {
  expect(missingLines(['a … c', 'd'], 'x\na  b  c\ny\n')).toEqual(['d']);
});
