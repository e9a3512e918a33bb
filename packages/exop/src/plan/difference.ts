/** Compares what a VM has with what it should have: the plan that is shown before anything is changed. */
import type { Release, ReleaseFile } from './release.ts';

/** What is known about the installation on one VM. */
export interface Installed {
  readonly active: ActiveRecord | undefined;
  /** SHA-256 and mode of each file of the wanted release's folder, by path; empty when there is none. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly mode: string }>;
  readonly secretsMode: string | undefined;
  /** Release label of the running container, if one runs. */
  readonly running: string | undefined;
  readonly hasImage: boolean;
}

/** `active.json` on a VM: what runs there and what ran before. */
export interface ActiveRecord {
  readonly version: 1;
  readonly current: string;
  /** The release to go back to. */
  readonly previous: string | null;
  /** The run of EXOP that made `current` current, ISO 8601. */
  readonly run: string;
  /** `started`: that run has not succeeded on all VMs yet. `undone`: it was rolled back here. */
  readonly state: 'started' | 'done' | 'undone';
  /** The newest run, where it changed other VMs and not this one: those may not answer when it is taken back. */
  readonly elsewhere?: string | undefined;
}

export type Action =
  | { readonly kind: 'image'; readonly image: string; readonly how: 'load' | 'pull' }
  | { readonly kind: 'write'; readonly paths: readonly string[] }
  /** Of the running release: the service takes them without a restart. */
  | { readonly kind: 'renew'; readonly paths: readonly string[] }
  | { readonly kind: 'switch'; readonly from: string | undefined; readonly to: string }
  | { readonly kind: 'start'; readonly image: string };

export function actionsFor(release: Release, installed: Installed, how: 'load' | 'pull'): readonly Action[] {
  const actions: Action[] = [];
  if (!installed.hasImage) actions.push({ kind: 'image', image: release.image, how });
  const wrong = release.files.filter((file) => {
    const there = installed.files.get(file.path);
    return there?.sha256 !== file.sha256 || there.mode !== file.mode;
  });
  const folderOpen = installed.secretsMode !== undefined && installed.secretsMode !== '700';
  if (wrong.length > 0 && !folderOpen && isRunning(release, installed) && wrong.every(isRenewed(installed)))
    return [...actions, { kind: 'renew', paths: wrong.map(({ path }) => path) }];
  if (wrong.length > 0 || folderOpen)
    // A release folder is written as a whole: half of one release and half of another never stand together.
    actions.push({ kind: 'write', paths: release.files.map((file) => file.path) });
  const from = installed.active?.current;
  if (from !== release.id) actions.push({ kind: 'switch', from, to: release.id });
  if (installed.running !== release.id) actions.push({ kind: 'start', image: release.image });
  return actions;
}

function isRunning({ id }: Release, { active, running }: Installed): boolean {
  return active?.current === id && running === id;
}

/** Whether only the content of a file differs, and the service follows it. */
function isRenewed({ files }: Installed): (file: ReleaseFile) => boolean {
  return ({ path, mode, renewal }) => renewal !== undefined && files.get(path)?.mode === mode;
}

/**
 * The run that a deployment belongs to: one that did not succeed is continued, so that a rollback afterwards takes
 * back all that was changed since the VMs were last right. `now`: ISO 8601.
 */
export function runFor(records: readonly (ActiveRecord | undefined)[], now: string): string {
  const newest = newestRecord(records);
  const last = newestRun(records);
  if (newest?.state === 'started' && newest.run === last) return newest.run;
  // Runs are ordered by their time: a clock that was set back must not put a new one before the old.
  return last === undefined || last < now ? now : new Date(Date.parse(last) + 1).toISOString();
}

/** The newest run that the VMs know of, whether it changed them or others. */
export function newestRun(records: readonly (ActiveRecord | undefined)[]): string | undefined {
  return records
    .flatMap((record) => (record === undefined ? [] : [record.run, record.elsewhere ?? record.run]))
    .sort()
    .at(-1);
}

function newestRecord(records: readonly (ActiveRecord | undefined)[]): ActiveRecord | undefined {
  return records
    .filter((record) => record !== undefined)
    .sort(
      (a, b) =>
        (a.run < b.run ? -1 : Number(a.run > b.run)) ||
        Number(b.state === 'done') - Number(a.state === 'done'),
    )
    .at(-1);
}

/** The record after a switch; within one run the release from before that run stays the one to go back to. */
export function switched(before: ActiveRecord | undefined, to: string, run: string): ActiveRecord {
  const previous =
    before === undefined
      ? null
      : before.run === run && before.state === 'started'
        ? before.previous
        : before.current;
  return { version: 1, current: to, previous: previous === to ? null : previous, run, state: 'started' };
}

export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'image':
      return `${action.how} image ${action.image}`;
    case 'write':
      return `write ${action.paths.length} files: ${action.paths.join(', ')}`;
    case 'renew':
      return `renew ${action.paths.join(', ')}, without a restart`;
    case 'switch':
      return `make release ${action.to} current${action.from === undefined ? '' : ` in place of ${action.from}`}`;
    case 'start':
      return `start ${action.image}`;
  }
}
