/** Writes the files of the monitoring into a folder; what was changed there by hand stays unless told otherwise. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExecError } from '@exec/common/errors';
import { shippedFiles } from '../init/write-files.ts';
import type { MonitoringFile } from './files.ts';

/** What is taken along as it is, below `docker`. */
const shipped = [
  'prometheus/alerts.yml',
  'prometheus/rules.yml',
  'prometheus/alertmanager.yml',
  'grafana/dashboards',
  'grafana/provisioning',
] as const;

export interface ShippedMonitoring {
  readonly read: (path: string) => string;
  readonly plain: readonly string[];
}

/** @throws ExecError exop.package-incomplete */
export function shippedMonitoring(): ShippedMonitoring {
  const folder = join(shippedFiles(), '../../docker');
  try {
    const plain = shipped.flatMap((path) =>
      path.endsWith('.yml')
        ? [path]
        : readdirSync(join(folder, path), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
            .sort(),
    );
    return { read: (path) => readFileSync(join(folder, path), 'utf8'), plain };
  } catch (error) {
    throw new ExecError('exop.package-incomplete', `${folder} is not complete`, { cause: error });
  }
}

export interface MonitoringWritten {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Differ from what this release brings. */
  readonly kept: readonly string[];
}

/** @throws ExecError exop.file-not-written */
export function writeMonitoring(
  folder: string,
  files: readonly MonitoringFile[],
  { force }: { readonly force: boolean },
): MonitoringWritten {
  const outcome = { written: [] as string[], unchanged: [] as string[], kept: [] as string[] };
  for (const { path, content, derived } of files) {
    const at = join(folder, path);
    try {
      const there = textAt(at);
      if (there === content) outcome.unchanged.push(path);
      else if (there !== undefined && !derived && !force) outcome.kept.push(path);
      else {
        mkdirSync(dirname(at), { recursive: true });
        writeFileSync(at, content);
        outcome.written.push(path);
      }
    } catch (error) {
      throw new ExecError('exop.file-not-written', `${at} cannot be written`, { cause: error });
    }
  }
  return outcome;
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
