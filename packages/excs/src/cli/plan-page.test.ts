/**
 * The plan of a contact centre of 200 agents, in the two widths that the guide shows. `npx vitest run <this file> -u`
 * writes the samples; without `-u` a sample or an excerpt that is not current fails.
 */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startSite } from '../testing/test-site.ts';
import { excsCli } from './excs-cli.ts';

const docs = '../../../../docs';

it('the guide shows the plan of 200 agents as the command prints it', async () => {
  const site = await startSite({
    centre: { agents: 200, seed: 7 },
    env: { SYNC_FOLDER: 'EX_EVOLUTION', SYNC_REVIEW: 'first' },
  });
  const samples: string[] = [];
  for (const width of [80, 160]) {
    const { code, out } = await plan({ ...site.env, COLUMNS: String(width) });
    expect(code).toBe(2);
    expect(out.split('\n').filter((line) => line.length > width)).toEqual([]);
    samples.push(lasting(out));
    await expect(samples.at(-1)).toMatchFileSnapshot(`${docs}/samples/plan/200-agents-${width}.txt`);
  }
  const page = await readFile(new URL(`${docs}/guide/operate/read-a-plan.md`, import.meta.url), 'utf8');
  const shown = excerpts(page);
  expect(shown.length).toBeGreaterThan(4);
  expect(shown.filter((part) => !samples.some((sample) => sample.includes(`${part}\n`)))).toEqual([]);
});

async function plan(env: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const stdout = {
    write: (text: string) => {
      out += text;
    },
  };
  const code = await excsCli({ env, streams: { stdout, stderr: { write: () => undefined } } }).run(['plan']);
  return { code, out };
}

/** What differs in each run: the ID and the time of the plan. */
function lasting(text: string): string {
  const [, id = '', time = ''] = /^Plan (\S+) of (\S+Z),/.exec(text) ?? [];
  expect(id).toHaveLength(16);
  return text.replaceAll(id, '5d0c8f1e2a9b7c34').replace(time, '2026-01-05T08:00:00.000Z');
}

/** The output in a page; a line with nothing but `…` stands for what is left out. */
function excerpts(page: string): string[] {
  return [...page.matchAll(/^```text\n([\s\S]*?)\n```$/gm)].flatMap(([, text = '']) =>
    text.split(/\n?^…$\n?/m).filter((part) => part !== ''),
  );
}
