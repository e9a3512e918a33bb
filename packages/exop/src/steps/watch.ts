/** Looks at a deployment without changing it: status and logs; and stops it: down. */
import { InvalidArgumentError } from '@exec/common/cli';
import { services } from '@exec/common/config';
import { textOf } from '@exec/common/trouble';
import type { Report } from '../checks/run.ts';
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings, Part } from '../config/instance.ts';
import type { Vm } from '../ssh/vm.ts';
import { closeAll, connectAll, connected, type Unreached } from './fleet.ts';
import { overviewOf } from './installed.ts';
import { lock } from './lock.ts';
import { readiness } from './readiness.ts';

export interface StatusRow {
  readonly instance: string;
  readonly host: string;
  readonly release: string;
  readonly previous: string;
  readonly container: string;
  readonly ready: boolean;
  readonly active: boolean | undefined;
  readonly detail: string;
}

export async function status(deployment: Deployment): Promise<readonly StatusRow[]> {
  const members = await connectAll(deployment);
  try {
    return await Promise.all(
      members.map(async ({ settings, vm, problem }): Promise<StatusRow> => {
        const base = { instance: settings.name, host: settings.address.host };
        const none = { release: '', previous: '', container: '', ready: false, active: undefined };
        if (vm === undefined) return { ...base, ...none, detail: problem };
        try {
          const overview = await overviewOf(vm);
          if (overview.active === undefined) return { ...base, ...none, detail: 'not deployed' };
          const { ready, active, detail } = await readiness(vm);
          const differs =
            overview.running !== undefined && overview.running !== overview.active.current
              ? `runs release ${overview.running}; `
              : '';
          return {
            ...base,
            release: overview.active.current,
            previous: overview.active.previous ?? '',
            container: overview.state || 'none',
            ready,
            active,
            detail: differs + detail,
          };
        } catch (error) {
          return { ...base, ...none, detail: textOf(error) };
        }
      }),
    );
  } finally {
    closeAll(members);
  }
}

export interface LogOptions {
  /** `excs`, `exas`, `excp`, `bridge`, or one instance such as `excp-2`; undefined: all. */
  readonly which: string | undefined;
  readonly tail: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  readonly onLine: (instance: string, line: string) => void;
  /** Told before any line. */
  readonly onUnreached: (one: Unreached) => void;
}

/** @throws InvalidArgumentError for a name that is neither service nor instance */
export function instancesNamed(
  deployment: Deployment,
  which: string | undefined,
): readonly InstanceSettings[] {
  const chosen = deployment.instances.filter(
    ({ name, service }) => which === undefined || [name, service].includes(which),
  );
  if (chosen.length === 0)
    throw new InvalidArgumentError(
      `there is no service ${which}; expected ${[...services, 'bridge'].join(', ')}`,
    );
  return chosen;
}

const FOLLOW_LIMIT_MS = 24 * 3_600_000;

/**
 * Lines of the VMs that answer; the others are named.
 *
 * @throws InvalidArgumentError for a name that is neither service nor instance
 */
export async function logs(
  deployment: Deployment,
  options: LogOptions,
): Promise<{ readonly unreached: readonly Unreached[] }> {
  const chosen = instancesNamed(deployment, options.which);
  const members = await connectAll(deployment, chosen);
  try {
    const { vms, unreached } = connected(members);
    for (const one of unreached) options.onUnreached(one);
    await Promise.all(vms.map((vm) => logsOf(vm, options)));
    return { unreached };
  } finally {
    closeAll(members);
  }
}

async function logsOf(vm: Vm, options: LogOptions): Promise<void> {
  const { active } = await overviewOf(vm);
  if (active === undefined) return;
  let rest = '';
  const script = `${vm.composeOfRelease} logs --no-color --tail "$2" ${options.follow ? '--follow' : ''} 2>&1`;
  await vm.script(script, [vm.releaseDir(active.current), String(options.tail)], {
    limitMs: options.follow ? FOLLOW_LIMIT_MS : 120_000,
    signal: options.signal,
    onOutput: (text) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-1_048_576);
      for (const line of lines) options.onLine(vm.name, withoutPrefix(line));
    },
  });
  if (rest !== '') options.onLine(vm.name, withoutPrefix(rest));
}

/** Compose puts `excs_1  | ` or `excs-1  | ` before each line. */
function withoutPrefix(line: string): string {
  return line.replace(/^[\w.-]+\s+\| /, '');
}

const stopOrder: readonly Part[] = ['excp', 'exas', 'excs', 'bridge'];

export interface Stopped {
  readonly stopped: readonly string[];
  readonly unreached: readonly Unreached[];
}

/** Stops and removes the containers on every VM that answers; files, images and what is in Redis stay. */
export async function down(deployment: Deployment, tell: Report): Promise<Stopped> {
  const members = await connectAll(deployment);
  const unlock: (() => Promise<void>)[] = [];
  try {
    const { vms, unreached } = connected(members);
    for (const vm of vms) unlock.push(await lock(vm));
    const stopped: string[] = [];
    for (const service of stopOrder)
      await Promise.all(
        vms
          .filter(({ settings }) => settings.service === service)
          .map(async (vm) => {
            const { active, state } = await overviewOf(vm);
            if (active === undefined || state === '') return;
            tell(vm.name, 'stopping');
            await vm.must(
              'stop',
              `${vm.composeOfRelease} down --remove-orphans`,
              [vm.releaseDir(active.current)],
              {
                limitMs: 120_000,
              },
            );
            tell(vm.name, 'stopped');
            stopped.push(vm.name);
          }),
      );
    return { stopped: stopped.sort(), unreached };
  } finally {
    await Promise.all(unlock.map((release) => release()));
    closeAll(members);
  }
}
