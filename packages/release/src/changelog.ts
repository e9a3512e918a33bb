/** The newest heading of the changelog: the version that the sources are, and the day of its release once there is one. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface NewestVersion {
  readonly version: string;
  /** ISO 8601; undefined while it is not released. */
  readonly date: string | undefined;
}

/** Undefined when there is no heading of this form: `## 1.2.3 (2026-01-31)` or `## 1.2.3 (Unreleased)`. */
export function newestVersion(changelog: string): NewestVersion | undefined {
  const heading = /^## (.*)$/m.exec(changelog)?.[1] ?? '';
  const parts = /^(\d+\.\d+\.\d+(?:-[\w.]+)?) \((Unreleased|\d{4}-\d{2}-\d{2})\)$/.exec(heading);
  if (parts === null) return undefined;
  return { version: parts[1] ?? '', date: parts[2] === 'Unreleased' ? undefined : parts[2] };
}

export async function isReleased(root: string, version: string): Promise<boolean> {
  const newest = newestVersion(await readFile(join(root, 'CHANGELOG.md'), 'utf8'));
  return newest?.version === version && newest.date !== undefined;
}
