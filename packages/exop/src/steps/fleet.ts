/** Connects to all VMs for the commands that need no checks: status, logs, rollback, down. */
import { ExecError } from '@exec/common/errors';
import { textOf } from '@exec/common/trouble';
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings } from '../config/instance.ts';
import { Vm } from '../ssh/vm.ts';

export interface Member {
  readonly settings: InstanceSettings;
  /** Undefined: see `problem`. */
  readonly vm: Vm | undefined;
  readonly problem: string;
}

export async function connectAll(
  deployment: Deployment,
  instances: readonly InstanceSettings[] = deployment.instances,
): Promise<readonly Member[]> {
  return await Promise.all(
    instances.map(async (settings): Promise<Member> => {
      try {
        const vm = await Vm.connect(settings, deployment);
        const probe = await vm.script('docker compose version --short 2>/dev/null');
        vm.compose = /^v?[2-9]/.test(probe.stdout.trim()) ? 'v2' : 'v1';
        return { settings, vm, problem: '' };
      } catch (error) {
        return { settings, vm: undefined, problem: textOf(error) };
      }
    }),
  );
}

export function closeAll(members: readonly Member[]): void {
  for (const { vm } of members) vm?.session.close();
}

export interface Unreached {
  readonly instance: string;
  readonly problem: string;
}

/** The VMs that answered, and why the others did not: for what can be done with some of them. */
export function connected(members: readonly Member[]): {
  readonly vms: readonly Vm[];
  readonly unreached: readonly Unreached[];
} {
  return {
    vms: members.flatMap(({ vm }) => (vm === undefined ? [] : [vm])),
    unreached: members.flatMap(({ settings, vm, problem }) =>
      vm === undefined ? [{ instance: settings.name, problem }] : [],
    ),
  };
}

/**
 * As `connected`, for what needs at least one of them.
 *
 * @throws ExecError exop.host-unreachable that names every VM, when none answers
 */
export function someConnected(members: readonly Member[]): ReturnType<typeof connected> {
  const found = connected(members);
  if (found.vms.length === 0)
    throw new ExecError(
      'exop.host-unreachable',
      `${namesOf(found.unreached)}\nNothing was changed on any VM.`,
    );
  return found;
}

/** One line each. */
export function namesOf(unreached: readonly Unreached[]): string {
  return unreached.map(({ instance, problem }) => `${instance}: ${problem}`).join('\n');
}
