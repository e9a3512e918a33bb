/** What the bootstrap makes and keeps beside the `.env`: tokens, SETTINGS_KEY, its own key. */

import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import { parseJson } from '@exec/common/json-text';
import { z } from 'zod';

/** Tokens and key are lists with commas, the newest first, while they are exchanged. */
export interface KeptSecrets {
  /** Whether they were kept by an earlier run; others are made anew by each run until one keeps them. */
  readonly isKept: boolean;
  readonly apiToken: Secret;
  readonly settingsKey: Secret;
  /** Makes fingerprints of settings that tell nothing about them. */
  readonly fingerprintKey: Secret;
  /** With what each instance of EXAS and EXCP asks EXCS, by its name. */
  readonly readTokens: ReadonlyMap<string, Secret>;
}

export interface State {
  readonly kept: KeptSecrets;
  /** The file as it was read; undefined: there was none. */
  readonly text: string | undefined;
}

/** All that may ask EXCS, deployed or not: one that comes later must not start EXCS again. */
const readers = ['exas-1', 'excp-1', 'excp-2'] as const;

const content = z.object({
  version: z.literal(1),
  apiToken: z.string().min(20),
  settingsKey: z.string().min(40),
  fingerprintKey: z.string().min(40),
  readTokens: z.record(z.string(), z.string().min(20)).default({}),
});

export function stateFileOf(envFile: string): string {
  return `${envFile}.exop-state.json`;
}

/**
 * What is missing in the file, or the whole of it, is made and kept nowhere yet.
 * @throws ExecError exop.state-invalid when the file cannot be used; it is never overwritten, because a lost
 * SETTINGS_KEY makes what is encrypted in Redis unreadable
 */
export function readState(envFile: string): State {
  const path = stateFileOf(envFile);
  const text = textAt(path);
  if (text === undefined) return { kept: freshSecrets(), text };
  const parsed = content.safeParse(parseJson(text));
  if (!parsed.success) throw new ExecError('exop.state-invalid', `${path} is not a state file of EXOP`);
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  const { apiToken, settingsKey, fingerprintKey, readTokens } = parsed.data;
  return {
    kept: {
      isKept: readers.every((name) => readTokens[name] !== undefined),
      apiToken: new Secret(apiToken),
      settingsKey: new Secret(settingsKey),
      fingerprintKey: new Secret(fingerprintKey),
      readTokens: new Map(readers.map((name) => [name, new Secret(readTokens[name] ?? freshToken())])),
    },
    text,
  };
}

/** 256 bits each; kept nowhere yet. */
export function freshSecrets(): KeptSecrets {
  return {
    isKept: false,
    apiToken: new Secret(freshToken()),
    settingsKey: new Secret(freshKey()),
    fingerprintKey: new Secret(freshKey()),
    readTokens: new Map(readers.map((name) => [name, new Secret(freshToken())])),
  };
}

export function freshToken(): string {
  return randomBytes(32).toString('base64url');
}

export function freshKey(): string {
  return randomBytes(32).toString('base64');
}

/**
 * Keeps them beside the `.env`, written whole or not at all, in place of what was read before; the answer is what is
 * there then.
 * @param kept default: what was read or made
 * @throws ExecError exop.busy when another run has changed the file meanwhile
 */
export function keepState(envFile: string, { kept: before, text }: State, kept = before): State {
  const path = stateFileOf(envFile);
  const fresh = textOf(kept);
  const there = textAt(path);
  if (there === fresh) return { kept, text: fresh };
  if (there !== text) throw busy(path);
  write(path, fresh, text === undefined);
  return { kept, text: fresh };
}

function textOf({ apiToken, settingsKey, fingerprintKey, readTokens }: KeptSecrets): string {
  const state: z.input<typeof content> = {
    version: 1,
    apiToken: apiToken.reveal(),
    settingsKey: settingsKey.reveal(),
    fingerprintKey: fingerprintKey.reveal(),
    readTokens: Object.fromEntries([...readTokens].map(([name, token]) => [name, token.reveal()])),
  };
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ExecError('exop.state-invalid', `${path} cannot be read`, { cause: error });
  }
}

/** A first file is linked into place, which of two runs only one can do. */
function write(path: string, text: string, isFirst: boolean): void {
  const fresh = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx', flush: true });
    if (isFirst) linkSync(fresh, path);
    else renameSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw busy(path);
    throw new ExecError('exop.state-invalid', `${path} cannot be written`, { cause: error });
  } finally {
    rmSync(fresh, { force: true });
  }
}

function busy(path: string): ExecError {
  return new ExecError('exop.busy', `another run has changed ${path} meanwhile`, { retryable: true });
}
