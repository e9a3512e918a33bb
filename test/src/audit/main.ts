/**
 * `pnpm audit:shipped`: asks the registry for advisories on what is shipped. Ends with 1 when one is known; says in
 * capitals when nobody could be asked, and ends with 0 then, for a run must be possible without that service.
 */
import { spawnSync } from 'node:child_process';
import { helpIfAsked } from '../help.ts';
import { auditOutcome } from './outcome.ts';

helpIfAsked(
  'pnpm audit:shipped\nasks the registry for advisories on what is shipped; ends with 1 when one is known',
);

const { npm_execpath: pnpm = 'pnpm' } = process.env;
const args = ['audit', '--prod', '--json'];
const isScript = /\.[cm]?js$/.test(pnpm);
const { stdout, stderr, error } = spawnSync(
  isScript ? process.execPath : pnpm,
  isScript ? [pnpm, ...args] : args,
  { encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024 },
);
const { kind, text } = auditOutcome(error === undefined ? `${stdout}\n${stderr}` : String(error));
process.stdout.write(`${text}\n`);
process.exitCode = kind === 'known' ? 1 : 0;
