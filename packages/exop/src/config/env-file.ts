/** A `.env` as it stands on the disk: its values, with paths that hold wherever they are used. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { ConfigurationError, type ConfigurationFault } from '@exec/common/config';
import { parseDotenv } from './dotenv.ts';
import { fileVariables } from './service-variables.ts';

export interface EnvFile {
  /** Paths made absolute. */
  readonly values: Map<string, string>;
  readonly faults: ConfigurationFault[];
  readonly warnings: string[];
}

/** @throws ConfigurationError when it cannot be read at all */
export function loadEnvFile(envFile: string): EnvFile {
  let text: string;
  const warnings: string[] = [];
  try {
    text = readFileSync(envFile, 'utf8');
    if ((statSync(envFile).mode & 0o077) !== 0)
      warnings.push(`${envFile} can be read by others; it holds secrets: chmod 600 ${envFile}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError([{ variable: '--env', problem: `${envFile} cannot be read (${code})` }]);
  }
  const parsed = parseDotenv(text);
  const values = new Map(parsed.values);
  const folder = dirname(envFile);
  for (const [name, value] of values)
    if (isPath(name) && value.trim() !== '') values.set(name, absolute(value.trim(), folder));
  if ((values.get('SSH_KNOWN_HOSTS') ?? '').trim() === '')
    values.set('SSH_KNOWN_HOSTS', absolute('~/.ssh/known_hosts', folder));
  return { values, faults: [...parsed.faults], warnings };
}

function isPath(name: string): boolean {
  if (name.endsWith('_FILE') || ['IMAGES_DIR', 'BRIDGE_DIR', 'SSH_KNOWN_HOSTS'].includes(name)) return true;
  return [...fileVariables].some((file) => name === file || name.endsWith(`_${file}`));
}

function absolute(path: string, folder: string): string {
  return path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(folder, path);
}
