/** Takes the last change back on those VMs that it reached, one EXCP at a time. */
import { ExecError } from '@exec/common/errors';
import type { Report } from '../checks/run.ts';
import type { Deployment } from '../config/deployment.ts';
import { type Return, returnsOf } from '../plan/rollback.ts';
import type { Vm } from '../ssh/vm.ts';
import { type InstanceResult, resultOfLeftOut } from './deploy.ts';
import { closeAll, connectAll, namesOf, someConnected, type Unreached } from './fleet.ts';
import { overviewOf } from './installed.ts';
import { lock } from './lock.ts';
import { rollOut } from './roll-out.ts';

export interface RollbackOptions {
  readonly tell: Report;
  readonly dryRun: boolean;
  /** Called before anything is changed; what it throws ends the command. */
  readonly onPlan: (returns: readonly Return[], unreached: readonly Unreached[]) => Promise<void>;
}

/**
 * VMs that do not answer are left out; run again when they do, it takes them back too.
 *
 * @throws ExecError exop.nothing-to-roll-back, exop.image-missing, exop.host-unreachable, exop.busy: nothing was changed
 */
export async function rollback(
  deployment: Deployment,
  options: RollbackOptions,
): Promise<readonly InstanceResult[]> {
  const members = await connectAll(deployment);
  const unlock: (() => Promise<void>)[] = [];
  try {
    const { vms, unreached } = someConnected(members);
    // Locked before anything is read: what another run writes meanwhile would be taken back by half.
    if (!options.dryRun) for (const vm of vms) unlock.push(await lock(vm));
    const recorded = await Promise.all(
      vms.map(async (vm) => ({ name: vm.name, active: (await overviewOf(vm)).active })),
    );
    if (recorded.every(({ active }) => active === undefined))
      throw new ExecError('exop.not-deployed', 'nothing is deployed');
    const returns = returnsOf(recorded);
    if (returns.length === 0)
      throw new ExecError(
        'exop.nothing-to-roll-back',
        unreached.length === 0
          ? 'the last change was the first, or was taken back already'
          : `on the VMs that answer the last change was the first, was taken back already, or there was none\nNot reached:\n${namesOf(unreached)}`,
      );
    const found = returns.map((one) => ({ ...one, vm: vms.find((vm) => vm.name === one.name) as Vm }));
    await Promise.all(found.map(({ vm, to }) => checkRelease(vm, to)));
    await options.onPlan(returns, unreached);
    if (options.dryRun) return [];
    const changes = found.map(({ vm, to, record }) => ({ vm, release: to, record, recreate: false }));
    const outcomes = await rollOut(changes, {
      all: vms,
      unreachable: members.flatMap(({ vm, settings }) => (vm === undefined ? [settings] : [])),
      limitMs: deployment.readyTimeoutMs,
      tell: options.tell,
    });
    const results = found.map(({ vm, to }): InstanceResult => {
      const outcome = outcomes.get(vm.name);
      const ready = outcome?.outcome === 'ready';
      return {
        instance: vm.name,
        host: vm.host,
        release: to,
        result: ready ? 'changed' : outcome?.outcome === 'left' ? 'prepared' : 'failed',
        ready,
        detail: outcome?.detail ?? '',
      };
    });
    return [...results, ...members.flatMap((one) => (one.vm === undefined ? [resultOfLeftOut(one)] : []))];
  } finally {
    await Promise.all(unlock.map((release) => release()));
    closeAll(members);
  }
}

async function checkRelease(vm: Vm, id: string): Promise<void> {
  const script = `
image=$(sed -n 's/^ *image: "\\(.*\\)"$/\\1/p' "$1/compose.yaml") && [ -n "$image" ] || { echo "no compose file"; exit 1; }
docker image inspect "$image" >/dev/null 2>&1 || { echo "image $image is gone"; exit 1; }
`;
  const result = await vm.script(script, [vm.releaseDir(id)]);
  if (result.code !== 0)
    throw new ExecError(
      'exop.image-missing',
      `${vm.name} (${vm.host}): release ${id} cannot be started: ${result.stdout.trim() || result.stderr.trim()}. Nothing was changed on any VM.`,
    );
}
