/** Gathers what somebody needs who is to find a fault: state, figures, settings without secrets, the last log lines. */
import { serviceVersion } from '@exec/common/service-version';
import { textOf } from '@exec/common/trouble';
import { z } from 'zod';
import type { Report } from '../checks/run.ts';
import type { Deployment } from '../config/deployment.ts';
import type { KeptSecrets } from '../config/state-file.ts';
import { askOf } from '../ssh/onward.ts';
import { serviceAt, type Vm } from '../ssh/vm.ts';
import { closeAll, connectAll, connected, type Unreached } from './fleet.ts';
import { overviewOf } from './installed.ts';
import { apiAt } from './service-api.ts';

export interface SupportFile {
  readonly path: string;
  readonly content: string;
}

export interface Support {
  readonly files: readonly SupportFile[];
  readonly unreached: readonly Unreached[];
}

/** What each service tells about itself without naming agents. */
const questions = {
  excs: ['/sync'],
  exas: [],
  excp: ['/gaps', '/dead-letters', '/quarantine'],
  bridge: [],
} as const;

const machineScript = `
for command in 'date -u' 'uname -a' 'nproc' 'df -Pk' 'free -m' 'docker version' 'docker ps -a'; do
  printf '\\n$ %s\\n' "$command"; $command 2>&1
done
exit 0
`;

/** @param tail log lines of each instance */
export async function support(
  deployment: Deployment,
  kept: KeptSecrets,
  o: { readonly tail: number; readonly tell: Report },
): Promise<Support> {
  const members = await connectAll(deployment);
  try {
    const { vms, unreached } = connected(members);
    const files = await Promise.all(vms.map((vm) => filesOf(vm, kept, o)));
    const about = { exop: serviceVersion, at: new Date().toISOString(), unreached };
    return {
      files: [{ path: 'about.json', content: JSON.stringify(about, undefined, 2) }, ...files.flat()],
      unreached,
    };
  } finally {
    closeAll(members);
  }
}

async function filesOf(
  vm: Vm,
  kept: KeptSecrets,
  { tail, tell }: { readonly tail: number; readonly tell: Report },
): Promise<SupportFile[]> {
  tell(vm.name, 'gathering');
  const files: SupportFile[] = [];
  // What cannot be had is said in its place; the rest is worth having.
  const add = async (name: string, content: () => Promise<string>): Promise<void> => {
    const path = `${vm.name}/${name}`;
    try {
      files.push({ path, content: await content() });
    } catch (error) {
      files.push({ path: `${path}.missing.txt`, content: textOf(error) });
    }
  };
  const plain = async (path: string): Promise<string> => {
    const token = vm.token?.reveal();
    const got = await askOf(vm.session, {
      ...serviceAt(vm),
      path,
      ...(token === undefined ? {} : { token }),
    });
    if (got.status === undefined) throw new Error(got.reason);
    return got.body;
  };
  await add('machine.txt', () => vm.must('look at the machine', machineScript));
  await add('ready.json', () => plain('/health/ready'));
  await add('metrics.txt', () => plain('/metrics'));
  const api = apiAt(vm, kept);
  for (const path of questions[vm.settings.service])
    await add(`${path.slice(1)}.json`, async () => JSON.stringify(await api.ask(z.unknown(), { path })));
  const { active } = await overviewOf(vm);
  if (active !== undefined) {
    const release = [vm.releaseDir(active.current), String(tail)];
    await add('active.json', async () => JSON.stringify(active));
    await add('compose.yaml', () => vm.must('read compose.yaml', 'cat -- "$1/compose.yaml"', release));
    await add('log.txt', () =>
      vm.must('read the log', `${vm.composeOfRelease} logs --no-color --tail "$2" 2>&1`, release, {
        limitMs: 120_000,
      }),
    );
  }
  tell(vm.name, 'gathered');
  return files;
}
