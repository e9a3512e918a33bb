/** Renews secrets and certificates under running services: they follow the files, so that nothing is restarted. */
import { setTimeout as pause } from 'node:timers/promises';
import { textOf } from '@exec/common/trouble';
import type { Report } from '../checks/run.ts';
import type { ReleaseFile } from '../plan/release.ts';
import { type Renewal, renewals } from '../plan/renewal.ts';
import { askOf } from '../ssh/onward.ts';
import { serviceAt, type Vm } from '../ssh/vm.ts';
import { readiness } from './readiness.ts';
import { type Change, type RolledOut, type RollOutOptions, rollOut } from './roll-out.ts';

/** A service looks at its files every two seconds, and takes what it has seen twice. */
const TAKE_LIMIT_MS = 30_000;
/** Nothing tells us when it has taken them, so we have to ask. */
const INTERVAL_MS = 1_000;

export interface Renewing {
  readonly vm: Vm;
  /** ID of the release that runs. */
  readonly release: string;
  readonly files: readonly ReleaseFile[];
}

type Taken =
  | { readonly kind: 'taken' }
  /** It says nothing of these files, or does not see them change: a restart has to do it. */
  | { readonly kind: 'not-followed' }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * First what services take from others, everywhere; then what needs a restart; then what they show to others. Stops at the
 * first that refuses its new files or does not get ready.
 */
export async function renewAndRollOut(
  renewing: readonly Renewing[],
  changes: readonly Change[],
  options: RollOutOptions,
): Promise<ReadonlyMap<string, RolledOut>> {
  const outcomes = new Map<string, RolledOut>();
  let due = changes;
  for (const when of renewals) {
    const again: Change[] = [];
    await Promise.all(
      renewing.map(async (one) => {
        const taken = await renew(one, when, options.tell);
        if (taken.kind === 'refused') outcomes.set(one.vm.name, { outcome: 'failed', detail: taken.detail });
        else if (taken.kind === 'not-followed')
          again.push({ vm: one.vm, release: one.release, record: undefined, recreate: true });
      }),
    );
    due = [...due, ...again];
    if (!hasFailed(outcomes) && due.length > 0)
      for (const [name, outcome] of await rollOut(due, options)) outcomes.set(name, outcome);
    if (hasFailed(outcomes)) break;
    due = [];
  }
  const failed = hasFailed(outcomes);
  for (const { vm } of changes)
    if (!outcomes.has(vm.name)) outcomes.set(vm.name, { outcome: 'left', detail: 'left as it was' });
  await Promise.all(
    renewing.map(async ({ vm }) => {
      if (outcomes.has(vm.name)) return;
      const { ready, active, detail } = await readiness(vm);
      if (failed) outcomes.set(vm.name, { outcome: 'left', detail: 'not all of its files are renewed' });
      else if (ready) outcomes.set(vm.name, { outcome: 'ready', active, detail: 'without a restart' });
      else outcomes.set(vm.name, { outcome: 'failed', detail });
    }),
  );
  return outcomes;
}

function hasFailed(outcomes: ReadonlyMap<string, RolledOut>): boolean {
  return [...outcomes.values()].some(({ outcome }) => outcome === 'failed');
}

async function renew({ vm, release, files }: Renewing, when: Renewal, tell: Report): Promise<Taken> {
  const due = files.filter(({ renewal }) => renewal?.when === when);
  if (due.length === 0) return { kind: 'taken' };
  const variables = due.flatMap(({ renewal }) => renewal?.variable ?? []);
  try {
    const before = await followedBy(vm);
    tell(vm.name, `renewing ${due.map(({ path }) => path).join(', ')}`);
    for (const file of due) await writeInPlace(vm, release, file);
    const taken = await waitTaken(vm, variables, before);
    tell(vm.name, taken.kind === 'taken' ? 'in use, without a restart' : `${taken.kind.replace('-', ' ')}`);
    return taken;
  } catch (error) {
    return { kind: 'refused', detail: textOf(error) };
  }
}

/**
 * Into the file that is there, because a container sees the very file that was mounted and no other in its place. What an
 * earlier release has the same content of is renewed too: a rollback must not bring an old token back.
 */
async function writeInPlace(vm: Vm, release: string, { path, content, mode }: ReleaseFile): Promise<void> {
  const script = `
fresh=$1/.renewed
trap 'rm -f -- "$fresh"' EXIT
cat > "$fresh" && cd -- "$1/releases" || exit 1
sum() { sha256sum < "$1" 2>/dev/null; }
put() { chmod 644 "$1" && cat "$fresh" > "$1" && chmod "$mode" "$1"; }
mode=$4
before=$(sum "$2/$3")
for folder in */; do
  if [ "$folder" != "$2/" ] && [ -f "$folder$3" ] && [ "$(sum "$folder$3")" = "$before" ]; then put "$folder$3"; fi
done
put "$2/$3"
`;
  await vm.must(`renew ${path}`, script, [vm.dir, release, path, mode], { input: content.reveal() });
}

interface Followed {
  /** When the process began, seconds since 1970. */
  readonly begun: number;
  /** How often a new content of a variable's file was put to use; variables that are not here are not followed. */
  readonly changes: ReadonlyMap<string, number>;
  readonly refused: ReadonlySet<string>;
}

async function waitTaken(vm: Vm, variables: readonly string[], before: Followed | undefined): Promise<Taken> {
  if (before !== undefined && variables.some((variable) => !before.changes.has(variable)))
    return { kind: 'not-followed' };
  const end = performance.now() + TAKE_LIMIT_MS;
  for (;;) {
    const now = await followedBy(vm);
    if (now !== undefined) {
      // A process that began meanwhile has read them at its start.
      if (before !== undefined && now.begun !== before.begun) return { kind: 'taken' };
      const count = ({ changes }: Followed, variable: string): number => changes.get(variable) ?? 0;
      if (
        variables.every(
          (variable) => count(now, variable) > (before === undefined ? 0 : count(before, variable)),
        )
      )
        return { kind: 'taken' };
      const refused = variables.filter((variable) => now.refused.has(variable));
      if (refused.length > 0 && performance.now() >= end)
        return {
          kind: 'refused',
          detail: `refuses the new content of ${refused.join(', ')}, and keeps the old: its log says why`,
        };
    }
    if (performance.now() >= end) return { kind: 'not-followed' };
    await pause(INTERVAL_MS);
  }
}

/** What services keep from before, because their new files cannot be used: as `instance: variables`. */
export async function refusedFiles(vms: readonly Vm[]): Promise<readonly string[]> {
  const each = await Promise.all(vms.map(async (vm) => ({ vm, followed: await followedBy(vm) })));
  return each.flatMap(({ vm, followed }) =>
    followed === undefined || followed.refused.size === 0
      ? []
      : [`${vm.name}: ${[...followed.refused].join(', ')}`],
  );
}

/** Undefined when it does not answer, or shows another certificate than the one that it is to have. */
async function followedBy(vm: Vm): Promise<Followed | undefined> {
  const { status, ...rest } = await askOf(vm.session, { ...serviceAt(vm), path: '/metrics' });
  return status === 200 && 'body' in rest ? followedIn(rest.body) : undefined;
}

/** Of a text of Prometheus. */
export function followedIn(text: string): Followed {
  const changes = new Map<string, number>();
  const refused = new Set<string>();
  for (const [, name, labels = '', value] of text.matchAll(
    /^exec_followed_file_(changes_total|refused)\{([^}]*)\} (\d+)$/gm,
  )) {
    const file = /(?:^|,)file="([^"]*)"/.exec(labels)?.[1] ?? '';
    if (name === 'changes_total') changes.set(file, Number(value));
    else {
      if (value !== '0') refused.add(file);
      if (!changes.has(file)) changes.set(file, 0);
    }
  }
  return {
    begun: Number(/^process_start_time_seconds(?:\{.*\})? (\S+)$/m.exec(text)?.[1] ?? 0),
    changes,
    refused,
  };
}
