/** Deploy and upgrade: check all, plan, bring everything everywhere, then start in order. */
import { ExecError } from '@exec/common/errors';
import { textOf } from '@exec/common/trouble';
import type { CheckResult } from '../checks/check.ts';
import { type CheckedVm, checkAll, type Report, type Unreachable } from '../checks/run.ts';
import type { Deployment } from '../config/deployment.ts';
import type { KeptSecrets } from '../config/state-file.ts';
import { type Action, actionsFor, type Installed, runFor, switched } from '../plan/difference.ts';
import { type Release, releaseOf } from '../plan/release.ts';
import { prune, writeRecord } from './activate.ts';
import { installedOn, overviewOf } from './installed.ts';
import { lock } from './lock.ts';
import { prepare } from './prepare.ts';
import { readiness, waitReady } from './readiness.ts';
import { renewAndRollOut } from './renew.ts';
import type { Change, RolledOut } from './roll-out.ts';
import { outlookOf, type SyncOutlook } from './waiting-plan.ts';

export interface InstancePlan {
  readonly instance: string;
  readonly host: string;
  readonly from: string | undefined;
  /** Without its fingerprint where the key of fingerprints is not kept yet. */
  readonly to: string;
  readonly actions: readonly Action[];
  /** Why the VM is left out: it does not answer. */
  readonly unreachable?: string;
}

export interface InstanceResult {
  readonly instance: string;
  readonly host: string;
  readonly release: string;
  readonly result: 'changed' | 'unchanged' | 'prepared' | 'failed';
  readonly ready: boolean;
  readonly detail: string;
}

export interface DeployOptions {
  readonly mode: 'deploy' | 'upgrade';
  readonly dryRun: boolean;
  readonly kept: KeptSecrets;
  readonly tell: Report;
  /** Both are called before anything is changed; what they throw ends the command. */
  readonly onChecks: (results: readonly CheckResult[]) => void;
  readonly onPlan: (plan: readonly InstancePlan[]) => Promise<void>;
}

export interface Deployed {
  readonly results: readonly InstanceResult[];
  /** What EXCS is about to do; undefined when it is not ready. */
  readonly outlook: SyncOutlook | undefined;
}

interface Planned extends CheckedVm {
  readonly release: Release;
  readonly installed: Installed;
  readonly actions: readonly Action[];
}

/** @throws ExecError exop.checks-failed, exop.not-deployed, exop.busy, exop.command-failed: nothing runs differently */
export async function deploy(deployment: Deployment, options: DeployOptions): Promise<Deployed> {
  const checked = await checkAll(deployment, options.tell);
  const unlock: (() => Promise<void>)[] = [];
  try {
    options.onChecks(checked.results);
    const out = leftOut(checked.unreachable);
    const names = new Set(out.map(({ settings }) => settings.name));
    const failed = checked.results.filter(
      ({ status, instance }) => status === 'failed' && !names.has(instance),
    );
    if (failed.length > 0)
      throw new ExecError(
        'exop.checks-failed',
        `${failed.length} checks failed; nothing was changed on any VM`,
      );
    if (!options.dryRun) for (const { vm } of checked.vms) unlock.push(await lock(vm));
    const planned = await planAll(deployment, checked.vms, options.kept);
    if (options.mode === 'upgrade' && planned.every(({ installed }) => installed.active === undefined))
      throw new ExecError('exop.not-deployed', 'nothing is deployed that could be upgraded');
    const isLasting = options.kept.isKept || !options.dryRun;
    await options.onPlan([...planned.map((one) => planOf(one, isLasting)), ...out.map(planOfLeftOut)]);
    if (options.dryRun) return { results: [], outlook: undefined };
    await prepareAll(planned, options.tell);
    const results = await startAll(deployment, planned, out, options.tell);
    return { results, outlook: await outlook(planned, results, options) };
  } finally {
    await Promise.all(unlock.map((release) => release()));
    for (const { vm } of checked.vms) vm.session.close();
  }
}

/**
 * A VM that does not answer is left out, and the others are done: a pair has its other half. Everything asks EXCS,
 * so without that VM nothing is done anywhere.
 */
function leftOut(unreachable: readonly Unreachable[]): readonly Unreachable[] {
  return unreachable.some(({ settings }) => settings.service === 'excs') ? [] : unreachable;
}

function planOfLeftOut({ settings, problem }: Unreachable): InstancePlan {
  const { name, address } = settings;
  return { instance: name, host: address.host, from: undefined, to: '', actions: [], unreachable: problem };
}

async function planAll(
  deployment: Deployment,
  vms: readonly CheckedVm[],
  kept: KeptSecrets,
): Promise<readonly Planned[]> {
  return await Promise.all(
    vms.map(async (one) => {
      const release = releaseOf(one.vm.settings, deployment.version, one.image.image, kept);
      const installed = await installedOn(one.vm, release, one.facts.hasImage);
      const actions = actionsFor(release, installed, one.image.how === 'load' ? 'load' : 'pull');
      return { ...one, release, installed, actions };
    }),
  );
}

async function outlook(
  planned: readonly Planned[],
  results: readonly InstanceResult[],
  { kept, tell }: DeployOptions,
): Promise<SyncOutlook | undefined> {
  const excs = planned.find(({ vm }) => vm.settings.service === 'excs')?.vm;
  const result = results.find(({ instance }) => instance === excs?.name);
  if (excs === undefined || result?.ready !== true) return undefined;
  tell(excs.name, 'asking for its plan');
  return await outlookOf(excs, kept, result.result === 'changed');
}

/** `isLasting`: the ID of the release is the one that a deployment will give it. */
function planOf({ vm, installed, release, actions }: Planned, isLasting: boolean): InstancePlan {
  const to = isLasting ? release.id : `${release.version}-(known after deploy)`;
  return {
    instance: vm.name,
    host: vm.host,
    from: installed.active?.current,
    to,
    actions: actions.map((action) => (action.kind === 'switch' ? { ...action, to } : action)),
  };
}

/** All VMs or none: what runs is touched only when every VM has what it needs. */
async function prepareAll(planned: readonly Planned[], tell: Report): Promise<void> {
  // What stands on one VM is brought there one after another: the same image need not go twice.
  const byVm = Map.groupBy(
    planned,
    ({ vm: { settings } }) => `${settings.address.host} ${settings.address.port}`,
  );
  const outcomes = await Promise.allSettled(
    [...byVm.values()].map(async (group) => {
      const brought = new Set<string>();
      for (const { vm, release, actions, image } of group) {
        const left = actions.filter(({ kind }) => kind !== 'image' || !brought.has(image.image));
        await prepare(vm, release, left, image, tell);
        brought.add(image.image);
      }
    }),
  );
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (reasons.length === 0) return;
  const first = reasons[0];
  const text = reasons.map((reason) => textOf(reason)).join('\n');
  throw new ExecError(
    first instanceof ExecError ? first.code : 'exop.command-failed',
    `${text}\nNo running service was touched on any VM.`,
    { cause: first },
  );
}

async function startAll(
  deployment: Deployment,
  planned: readonly Planned[],
  out: readonly Unreachable[],
  tell: Report,
): Promise<readonly InstanceResult[]> {
  const run = runFor(
    planned.map(({ installed }) => installed.active),
    new Date().toISOString(),
  );
  const changes = planned.flatMap((one) => changeOf(one, run));
  const all = planned.map(({ vm }) => vm);
  await noteElsewhere(planned, changes, run);
  const renewing = planned.flatMap(({ vm, release, actions }) =>
    actions.flatMap((action) =>
      action.kind === 'renew'
        ? [
            {
              vm,
              release: release.id,
              files: release.files.filter(({ path }) => action.paths.includes(path)),
            },
          ]
        : [],
    ),
  );
  const outcomes = await renewAndRollOut(renewing, changes, {
    all,
    unreachable: out.map(({ settings }) => settings),
    limitMs: deployment.readyTimeoutMs,
    tell,
  });
  const wentWell = [...outcomes.values()].every(({ outcome }) => outcome === 'ready');
  const results = await Promise.all(
    planned.map(async ({ vm, release }): Promise<InstanceResult> => {
      const outcome = outcomes.get(vm.name);
      const base = { instance: vm.name, host: vm.host, release: release.id };
      if (outcome !== undefined) return { ...base, ...resultOf(outcome) };
      // What was not touched is waited for only when all else went well: it may just be starting.
      const state = wentWell ? await waitReady(vm, deployment.readyTimeoutMs) : await readiness(vm);
      return { ...base, result: 'unchanged', ready: state.ready, detail: state.detail };
    }),
  );
  if (out.length === 0 && results.every(({ ready }) => ready)) await finish(all, run);
  return [...results, ...out.map(resultOfLeftOut)];
}

/** VMs that are not changed know of the run too: when it is taken back, those that it changed may not answer. */
async function noteElsewhere(
  planned: readonly Planned[],
  changes: readonly Change[],
  run: string,
): Promise<void> {
  const changed = new Set(changes.flatMap(({ vm, record }) => (record === undefined ? [] : [vm.name])));
  if (changed.size === 0) return;
  await Promise.all(
    planned.map(async ({ vm, installed: { active } }) => {
      if (active !== undefined && active.run !== run && !changed.has(vm.name))
        await writeRecord(vm, { ...active, elsewhere: run });
    }),
  );
}

export function resultOfLeftOut({
  settings,
  problem,
}: Pick<Unreachable, 'settings' | 'problem'>): InstanceResult {
  return {
    instance: settings.name,
    host: settings.address.host,
    release: '',
    result: 'failed',
    ready: false,
    detail: `left out, because its VM cannot be reached: ${problem}`,
  };
}

function changeOf({ vm, release, actions, installed }: Planned, run: string): readonly Change[] {
  if (actions.every(({ kind }) => kind === 'renew')) return [];
  const switches = actions.some(({ kind }) => kind === 'switch');
  const record = switches ? switched(installed.active, release.id, run) : undefined;
  const recreate = !switches && actions.some(({ kind }) => kind === 'write');
  return [{ vm, release: release.id, record, recreate }];
}

function resultOf(outcome: RolledOut): Pick<InstanceResult, 'result' | 'ready' | 'detail'> {
  switch (outcome.outcome) {
    case 'ready':
      return { result: 'changed', ready: true, detail: outcome.detail };
    case 'failed':
      return { result: 'failed', ready: false, detail: outcome.detail };
    case 'left':
      return { result: 'prepared', ready: false, detail: outcome.detail };
  }
}

/** The run succeeded everywhere: a rollback from now on goes back to before it, the next run is a new one. */
async function finish(vms: readonly Vm[], run: string): Promise<void> {
  await Promise.all(
    vms.map(async (vm) => {
      const { active } = await overviewOf(vm);
      if (active?.run !== run || active.state !== 'started') return;
      const record = { ...active, state: 'done' } as const;
      await writeRecord(vm, record);
      await prune(vm, record);
    }),
  );
}

type Vm = CheckedVm['vm'];
