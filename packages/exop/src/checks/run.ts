/** All checks of all VMs, before anything is changed on any. */

import { services } from '@exec/common/config';
import { ExecError, errorCodes } from '@exec/common/errors';
import { textOf } from '@exec/common/trouble';
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings, Part } from '../config/instance.ts';
import { Vm } from '../ssh/vm.ts';
import type { CheckResult, Finding } from './check.ts';
import { checkPeers } from './connectivity.ts';
import { clockOffset, type Facts, factsOf } from './facts.ts';
import { checkImage, type WantedImage, wantedBridgeImage, wantedImage } from './images.ts';
import { judge, judgeClock } from './judge.ts';

export interface Checked {
  readonly results: readonly CheckResult[];
  /** Those VMs that could be reached, in the order of the instances. */
  readonly vms: readonly CheckedVm[];
  /** Those that did not answer at all, and why; a VM that refused us is a failed check instead. */
  readonly unreachable: readonly Unreachable[];
}

export interface Unreachable {
  readonly settings: InstanceSettings;
  readonly problem: string;
}

export interface CheckedVm {
  readonly vm: Vm;
  readonly facts: Facts;
  readonly image: WantedImage;
}

export type Report = (instance: string, text: string) => void;

/** A failed check is a result, never an error. The caller closes the VMs. */
export async function checkAll(deployment: Deployment, tell: Report): Promise<Checked> {
  const images = new Map<Part, WantedImage>();
  for (const service of services)
    images.set(service, await wantedImage(deployment.source, service, deployment.version));
  if (deployment.bridgeImage !== undefined)
    images.set('bridge', await wantedBridgeImage(deployment.bridgeImage));
  const each = await Promise.all(
    deployment.instances.map(async (instance) => {
      const image = images.get(instance.service) as WantedImage;
      tell(instance.name, `checking ${instance.address.host}`);
      const outcome = await checkOne(instance, deployment, image);
      const bad = outcome.findings.filter(({ status }) => status === 'failed').length;
      tell(instance.name, bad === 0 ? 'checks passed' : `${bad} of ${outcome.findings.length} checks failed`);
      return { instance, ...outcome };
    }),
  );
  return {
    results: each.flatMap(({ instance, findings }) =>
      findings.map((finding) => ({ instance: instance.name, host: instance.address.host, ...finding })),
    ),
    vms: each.flatMap(({ checked }) => (checked === undefined ? [] : [checked])),
    unreachable: each.flatMap(({ instance, unreachable }) =>
      unreachable === undefined ? [] : [{ settings: instance, problem: unreachable }],
    ),
  };
}

function portsOf({ port, link }: InstanceSettings): readonly number[] {
  return link === undefined ? [port] : [port, link.port];
}

interface CheckedOne {
  readonly findings: readonly Finding[];
  readonly checked?: CheckedVm;
  readonly unreachable?: string;
}

async function checkOne(
  instance: InstanceSettings,
  deployment: Deployment,
  image: WantedImage,
): Promise<CheckedOne> {
  let vm: Vm;
  try {
    vm = await Vm.connect(instance, deployment);
  } catch (error) {
    const finding = sshFailure(error);
    const isGone = error instanceof ExecError && error.code === 'exop.host-unreachable';
    return { findings: [finding], ...(isGone ? { unreachable: finding.found } : {}) };
  }
  const ssh: Finding = {
    check: 'SSH',
    status: 'ok',
    expected: 'login with a known host key',
    found: `as ${deployment.ssh.user}`,
    remedy: '',
  };
  try {
    const facts = await factsOf(vm, image.image);
    vm.compose = /^v?[2-9]/.test(facts.composeV2) ? 'v2' : 'v1';
    const { offsetMs, uncertainMs } = await clockOffset(vm);
    const findings = [
      ssh,
      ...judge(facts, { ports: portsOf(instance), user: deployment.ssh.user, installDir: vm.dir }),
      judgeClock(offsetMs, uncertainMs),
      ...(facts.docker === '' && image.how === 'pull' ? [] : [await checkImage(vm, image, facts.hasImage)]),
      ...(await checkPeers(vm)),
    ];
    return { findings, checked: { vm, facts, image } };
  } catch (error) {
    vm.session.close();
    return { findings: [ssh, sshFailure(error, 'questions')] };
  }
}

function sshFailure(error: unknown, check = 'SSH'): Finding {
  const ours = error instanceof ExecError;
  return {
    check,
    status: 'failed',
    expected: check === 'SSH' ? 'login with a known host key' : 'answers of a Linux shell',
    found: textOf(error).split('\n').join(' ').slice(0, 400),
    remedy: ours ? errorCodes[error.code].remedy : 'Log in by hand and look at what the shell prints.',
  };
}
