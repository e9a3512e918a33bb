/** Restarts containers on their VMs: EXCP one at a time, so that the other goes on with the calls. */
import type { Report } from '../checks/run.ts';
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings } from '../config/instance.ts';
import { closeAll, connectAll, connected, type Unreached } from './fleet.ts';
import { overviewOf } from './installed.ts';
import { lock } from './lock.ts';
import { waitReady } from './readiness.ts';

export interface Restarted {
  readonly instance: string;
  readonly ready: boolean;
  readonly detail: string;
}

export interface RestartOutcome {
  readonly restarted: readonly Restarted[];
  /** After one that did not get ready; they go on as they are. */
  readonly left: readonly string[];
  readonly unreached: readonly Unreached[];
}

export async function restart(
  deployment: Deployment,
  instances: readonly InstanceSettings[],
  tell: Report,
): Promise<RestartOutcome> {
  const members = await connectAll(deployment, instances);
  const unlock: (() => Promise<void>)[] = [];
  const restarted: Restarted[] = [];
  try {
    const { vms, unreached } = connected(members);
    for (const vm of vms) unlock.push(await lock(vm));
    const left = vms.map(({ name }) => name);
    for (const vm of vms) {
      const { active } = await overviewOf(vm);
      left.shift();
      if (active === undefined) {
        restarted.push({ instance: vm.name, ready: false, detail: 'not deployed' });
        continue;
      }
      tell(vm.name, 'restarting');
      await vm.must('restart', `${vm.composeOfRelease} restart`, [vm.releaseDir(active.current)], {
        limitMs: 120_000,
      });
      const { ready, detail } = await waitReady(vm, deployment.readyTimeoutMs);
      restarted.push({ instance: vm.name, ready, detail });
      tell(vm.name, ready ? 'ready' : `not ready: ${detail}`);
      if (!ready) break;
    }
    return { restarted, left, unreached };
  } finally {
    await Promise.all(unlock.map((release) => release()));
    closeAll(members);
  }
}
