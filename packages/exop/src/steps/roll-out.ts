/** Starts releases over the VMs in the order that loses no call, and stops at the first that is not ready. */

import { textOf } from '@exec/common/trouble';
import type { Report } from '../checks/run.ts';
import type { InstanceSettings } from '../config/instance.ts';
import type { ActiveRecord } from '../plan/difference.ts';
import { stagesOf } from '../plan/order.ts';
import type { Vm } from '../ssh/vm.ts';
import { activate, start } from './activate.ts';
import { readiness, waitReady } from './readiness.ts';

export interface Change {
  readonly vm: Vm;
  readonly release: string;
  /** Undefined: the record is right, only the container is missing. */
  readonly record: ActiveRecord | undefined;
  /** Files of the running release were put right: compose does not look into mounted files by itself. */
  readonly recreate: boolean;
}

export type RolledOut =
  | { readonly outcome: 'ready'; readonly active: boolean | undefined; readonly detail: string }
  | { readonly outcome: 'failed'; readonly detail: string }
  /** Not touched, because an earlier one failed. */
  | { readonly outcome: 'left'; readonly detail: string };

export interface RollOutOptions {
  /** Every VM of the deployment, also those without a change: half of a pair carries the calls of the other. */
  readonly all: readonly Vm[];
  /** Instances whose VM cannot be reached. */
  readonly unreachable?: readonly Partner[];
  readonly limitMs: number;
  readonly tell: Report;
}

type Partner = Pick<InstanceSettings, 'name' | 'service'>;

export async function rollOut(
  changes: readonly Change[],
  { all, unreachable = [], limitMs, tell }: RollOutOptions,
): Promise<ReadonlyMap<string, RolledOut>> {
  const everybody = [...all.map(({ settings }) => settings), ...unreachable];
  const outcomes = new Map<string, RolledOut>();
  const ready = new Map<string, boolean>();
  await Promise.all(
    all.map(async (vm) => {
      if (vm.settings.service === 'excp') ready.set(vm.name, (await readiness(vm)).ready);
    }),
  );
  const orderable = changes.map((change) => ({
    change,
    name: change.vm.name,
    service: change.vm.settings.service,
    ready: ready.get(change.vm.name) ?? false,
  }));
  let stopped: string | undefined;
  for (const stage of stagesOf(orderable)) {
    await Promise.all(
      stage.map(async ({ change }) => {
        const { name } = change.vm;
        const lonely = stopped === undefined ? lonelyPartner(change.vm, everybody, ready) : undefined;
        const outcome: RolledOut =
          stopped !== undefined
            ? { outcome: 'left', detail: `left as it was, because ${stopped}` }
            : lonely !== undefined
              ? { outcome: 'failed', detail: lonely }
              : await carryOut(change, limitMs, tell);
        outcomes.set(name, outcome);
        if (outcome.outcome !== 'left') ready.set(name, outcome.outcome === 'ready');
        if (outcome.outcome === 'failed') tell(name, `failed: ${outcome.detail}`);
      }),
    );
    stopped ??= failureIn(outcomes);
  }
  return outcomes;
}

async function carryOut(change: Change, limitMs: number, tell: Report): Promise<RolledOut> {
  const { vm, record, release } = change;
  try {
    tell(vm.name, `starting release ${release}`);
    if (record === undefined) await start(vm, release, change.recreate);
    else await activate(vm, record);
    tell(vm.name, 'waiting until it is ready');
    const state = await waitReady(vm, limitMs);
    if (!state.ready) return { outcome: 'failed', detail: state.detail };
    tell(vm.name, 'ready');
    return { outcome: 'ready', active: state.active, detail: state.detail };
  } catch (error) {
    return { outcome: 'failed', detail: textOf(error) };
  }
}

/** A ready EXCP is not restarted while its partner cannot take over: its calls would be lost. */
function lonelyPartner(
  vm: Vm,
  everybody: readonly Partner[],
  ready: ReadonlyMap<string, boolean>,
): string | undefined {
  if (vm.settings.service !== 'excp' || ready.get(vm.name) !== true) return undefined;
  const partner = everybody.find((other) => other.service === 'excp' && other.name !== vm.name);
  if (partner === undefined || ready.get(partner.name) === true) return undefined;
  return `left running, because ${partner.name} is not ready to take over its calls`;
}

function failureIn(outcomes: ReadonlyMap<string, RolledOut>): string | undefined {
  const failed = [...outcomes].find(([, { outcome }]) => outcome === 'failed');
  return failed === undefined ? undefined : `${failed[0]} is not ready`;
}
