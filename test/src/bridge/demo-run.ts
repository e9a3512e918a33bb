/** `pnpm demo --bridge`, small: ends well when the cloud accepted what the day contained. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

/** What is wrong; undefined when contained and accepted are equal. */
export async function faultOfDemo(): Promise<string | undefined> {
  const args = [main, '--bridge', '--json', '--agents', '20', '--calls', '15'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let progress = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    progress += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const last = output.trim().split('\n').at(-1) ?? '';
  const figures = (code === 0 ? JSON.parse(last) : {}) as { ok?: boolean; conversations?: number };
  return figures.ok === true && (figures.conversations ?? 0) > 15
    ? undefined
    : `exit ${code}: ${progress}\n${last}`;
}
