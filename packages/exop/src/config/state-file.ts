/** What the bootstrap makes once and keeps beside the `.env`: API_TOKEN, SETTINGS_KEY, its own key. */

import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import { parseJson } from '@exec/common/json-text';
import { z } from 'zod';

export interface KeptSecrets {
  readonly apiToken: Secret;
  readonly settingsKey: Secret;
  /** Makes fingerprints of settings that tell nothing about them. */
  readonly fingerprintKey: Secret;
}

const content = z.object({
  version: z.literal(1),
  apiToken: z.string().min(20),
  settingsKey: z.string().min(40),
  fingerprintKey: z.string().min(40),
});

export function stateFileOf(envFile: string): string {
  return `${envFile}.exop-state.json`;
}

/**
 * Undefined when there is none yet.
 * @throws ExecError exop.state-invalid when the file cannot be used; it is never overwritten, because a lost
 * SETTINGS_KEY makes what is encrypted in Redis unreadable
 */
export function readKeptSecrets(envFile: string): KeptSecrets | undefined {
  const path = stateFileOf(envFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ExecError('exop.state-invalid', `${path} cannot be read`, { cause: error });
  }
  const parsed = content.safeParse(parseJson(text));
  if (!parsed.success) throw new ExecError('exop.state-invalid', `${path} is not a state file of EXOP`);
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return {
    apiToken: new Secret(parsed.data.apiToken),
    settingsKey: new Secret(parsed.data.settingsKey),
    fingerprintKey: new Secret(parsed.data.fingerprintKey),
  };
}

/** 256 bits each; kept nowhere yet. */
export function freshSecrets(): KeptSecrets {
  return {
    apiToken: new Secret(randomBytes(32).toString('base64url')),
    settingsKey: new Secret(randomBytes(32).toString('base64')),
    fingerprintKey: new Secret(randomBytes(32).toString('base64')),
  };
}

/**
 * Keeps them beside the `.env`, written whole or not at all; once kept they stay.
 * @throws ExecError exop.busy when another run has kept others meanwhile
 */
export function keepSecrets(envFile: string, secrets: KeptSecrets): void {
  if (readKeptSecrets(envFile) === undefined) write(envFile, secrets);
  const kept = readKeptSecrets(envFile);
  if (kept?.fingerprintKey.reveal() !== secrets.fingerprintKey.reveal())
    throw new ExecError('exop.busy', `another run has made ${stateFileOf(envFile)} meanwhile`, {
      retryable: true,
    });
}

function write(envFile: string, { apiToken, settingsKey, fingerprintKey }: KeptSecrets): void {
  const path = stateFileOf(envFile);
  const fresh = `${path}.${process.pid}.tmp`;
  const text = JSON.stringify(
    {
      version: 1,
      apiToken: apiToken.reveal(),
      settingsKey: settingsKey.reveal(),
      fingerprintKey: fingerprintKey.reveal(),
    },
    undefined,
    2,
  );
  try {
    writeFileSync(fresh, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new ExecError('exop.state-invalid', `${path} cannot be written`, { cause: error });
  } finally {
    rmSync(fresh, { force: true });
  }
}
