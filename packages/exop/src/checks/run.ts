/** All checks of all VMs, before anything is changed on any. */
import { ExecError, errorCodes } from '@exec/common/errors';
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings } from '../config/instance.ts';
import { type Service, services } from '../config/service-variables.ts';
import { Vm } from '../ssh/vm.ts';
import type { CheckResult, Finding } from './check.ts';
import { checkPeers } from './connectivity.ts';
import { clockOffset, type Facts, factsOf } from './facts.ts';
import { checkImage, type WantedImage, wantedImage } from './images.ts';
import { judge, judgeClock } from './judge.ts';

export interface Checked {
  readonly results: readonly CheckResult[];
  /** Those VMs that could be reached, in the order of the instances. */
  readonly vms: readonly CheckedVm[];
}

export interface CheckedVm {
  readonly vm: Vm;
  readonly facts: Facts;
  readonly image: WantedImage;
}

export type Told = (instance: string, text: string) => void;

/** A failed check is a result, never an error. The caller closes the VMs. */
export async function checkAll(deployment: Deployment, tell: Told): Promise<Checked> {
  const images = new Map<Service, WantedImage>();
  for (const service of services)
    images.set(service, await wantedImage(deployment.source, service, deployment.version));
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
  };
}

async function checkOne(
  instance: InstanceSettings,
  deployment: Deployment,
  image: WantedImage,
): Promise<{ readonly findings: readonly Finding[]; readonly checked?: CheckedVm }> {
  let vm: Vm;
  try {
    vm = await Vm.connect(instance, deployment);
  } catch (error) {
    return { findings: [sshFailure(error)] };
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
      ...judge(facts, { port: instance.port, user: deployment.ssh.user, installDir: vm.dir }),
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
    found: error instanceof Error ? error.message.split('\n').join(' ').slice(0, 400) : String(error),
    remedy: ours ? errorCodes[error.code].remedy : 'Log in by hand and look at what the shell prints.',
  };
}
