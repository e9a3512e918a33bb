/** `exop rotate …`: exchanges tokens, the key of the client secrets and certificates while the services run. */
import { resolve } from 'node:path';
import { type Cli, type Command, integerWithin } from '@exec/common/cli';
import { ExecError } from '@exec/common/errors';
import { beginAuthority, finishAuthority, storeCertificates } from '../certificates/store.ts';
import { type Deployment, readDeployment } from '../config/deployment.ts';
import { readHosts } from '../config/hosts.ts';
import { freshKey, freshToken, type KeptSecrets, keepState, type State } from '../config/state-file.ts';
import { begun, finished, isUnderWay, type Rotated } from '../plan/rotation.ts';
import { planText } from '../report/texts.ts';
import { deploy, type InstancePlan } from '../steps/deploy.ts';
import { closeAll, connectAll, connected } from '../steps/fleet.ts';
import { refusedFiles } from '../steps/renew.ts';
import { settingsAreSealedAnew } from '../steps/sealed-anew.ts';
import { namesOf, settingsFor } from './certificates.ts';
import { confirm, type YesOption, yesFlag } from './confirm.ts';
import { finishedWith } from './deployment.ts';
import { type Surroundings, task, type Work } from './task.ts';

interface RotateOptions extends YesOption {
  readonly finish?: boolean;
}

const texts = {
  token: {
    described: 'exchange API_TOKEN and the tokens with which EXAS and EXCP ask EXCS',
    begun: 'The new tokens are in use. The old API_TOKEN is taken too, until "exop rotate token --finish".',
    finished: 'The old tokens are refused from now on.',
    given: 'API_TOKEN',
  },
  key: {
    described: 'exchange SETTINGS_KEY, with which the client secrets in Redis are sealed',
    begun: 'Client secrets are sealed with the new key. The old one goes by "exop rotate key --finish".',
    finished: 'The old key is gone from every VM.',
    given: 'SETTINGS_KEY',
  },
} as const;

export function addRotate(cli: Cli, around: Surroundings): void {
  const group = cli.program
    .command('rotate')
    .description('exchange tokens, the key of the client secrets, or certificates while the services run');
  for (const what of ['token', 'key'] as const) {
    const rotating = group
      .command(what)
      .description(`${texts[what].described}; the old is taken too until --finish`)
      .option('--finish', 'take the old away')
      .option(...yesFlag);
    cli.action(rotating, (options: RotateOptions, command: Command) =>
      task(command, around, (work) =>
        options.finish === true ? finish(what, options, work) : begin(what, options, work),
      ),
    );
  }
  addRotateCertificates(cli, group, around);
}

async function begin(what: Rotated, options: YesOption, work: Work): Promise<boolean> {
  const { deployment, state, print } = work;
  const given = deployment.instances.filter(({ files }) => files.has(texts[what].given));
  if (given.length > 0) {
    const text = `${texts[what].given} stands in the .env: put a new one in front of it there (new,old), then "exop deploy"`;
    // Tokens of services are EXOP's own, whoever made those of operators.
    if (what === 'key') throw impossible(text);
    print(`${text}. The tokens of EXAS and EXCP are exchanged here.`);
  }
  const kept = begun(state.kept, what, what === 'token' ? freshToken : freshKey);
  if (!(await renewed(deployment, kept, options, work))) return false;
  if (what === 'key') await settingsAreSealedAnew(deployment, work.tell);
  print(texts[what].begun);
  return true;
}

async function finish(what: Rotated, options: YesOption, work: Work): Promise<boolean> {
  const { deployment, state, print } = work;
  if (!isUnderWay(state.kept, what))
    throw impossible(`there is no old ${what} that could go: "exop rotate ${what}" comes first`);
  await everywhere(deployment, state.kept, work);
  if (what === 'key') await settingsAreSealedAnew(deployment, work.tell);
  if (!(await renewed(deployment, finished(state.kept, what), options, work))) return false;
  print(texts[what].finished);
  return true;
}

/** @throws ExecError where a VM does not have yet what is to stay, or its service does not take it */
async function everywhere(deployment: Deployment, kept: KeptSecrets, { tell }: Work): Promise<void> {
  await deploy(deployment, {
    ...{ mode: 'deploy', kept, dryRun: true, tell, onChecks: () => {} },
    onPlan: async (plan) => {
      const behind = plan.filter(
        ({ actions, unreachable }) => actions.length > 0 || unreachable !== undefined,
      );
      if (behind.length > 0)
        throw impossible(
          `${behind.map(({ instance }) => instance).join(', ')} has not everything that is new: "exop deploy" comes first`,
        );
    },
  });
  const members = await connectAll(deployment);
  try {
    const refused = await refusedFiles(connected(members).vms);
    if (refused.length > 0)
      throw impossible(`new files are not in use yet, and the log says why: ${refused.join('; ')}`);
  } finally {
    closeAll(members);
  }
}

/** Brings what changed to the VMs; a rotation never restarts because of something else. */
async function renewed(
  deployment: Deployment,
  kept: KeptSecrets,
  options: YesOption,
  work: Work,
): Promise<boolean> {
  const { around, print, report, tell, redactor } = work;
  redactor.learnKept(kept);
  let state: State = work.state;
  const { results } = await deploy(deployment, {
    ...{ mode: 'deploy', kept, dryRun: false, tell, onChecks: () => {} },
    onPlan: async (plan) => {
      refuseMore(plan);
      report.plan = plan;
      print(planText(plan));
      if (plan.some(({ actions }) => actions.length > 0)) await confirm(around, options, 'Carry this out?');
      // Kept before anything is changed: a run that is cut short is continued with the same.
      state = keepState(deployment.envFile, state, kept);
    },
  });
  return finishedWith(results, work);
}

function refuseMore(plan: readonly InstancePlan[]): void {
  const more = plan.filter(({ actions }) => actions.some(({ kind }) => kind !== 'renew'));
  if (more.length > 0)
    throw impossible(
      `${more.map(({ instance }) => instance).join(', ')} would get more than new secrets: "exop deploy" comes first`,
    );
}

interface CertificatesOptions extends RotateOptions {
  readonly out: string;
  readonly days: number;
  readonly authority?: boolean;
}

function addRotateCertificates(cli: Cli, group: Command, around: Surroundings): void {
  const rotating = group
    .command('certificates')
    .description('make those of "exop certificates" anew and bring them to the services')
    .option('--out <folder>', 'where they are', 'certificates')
    .option('--days <n>', 'how long those of the services hold', integerWithin(31, 825), 397)
    .option('--authority', 'also make a new authority; the old one is trusted too until --finish')
    .option('--finish', 'take the old authority away')
    .option(...yesFlag);
  cli.action(rotating, (options: CertificatesOptions, command: Command) =>
    task(command, around, async (work) => {
      const folder = resolve(around.folder, options.out);
      if (options.finish === true) return await finishCertificates(folder, options, work);
      const { envFile } = work.deployment;
      const named = namesOf(readHosts(envFile).services);
      const elsewhere = settingsFor(envFile, folder, named, readHosts(envFile).values).filter(
        ({ state }) => state !== 'there',
      );
      if (elsewhere.length > 0)
        throw impossible(
          `the .env names other files for ${elsewhere.map(({ name }) => name).join(', ')}: "exop certificates" prints the lines`,
        );
      // What is trusted comes before what is shown.
      if (options.authority === true) {
        await beginAuthority(folder, new Date());
        if (!(await renewed(readAgain(work), work.kept, options, work))) return false;
      }
      await storeCertificates({ folder, services: named, days: options.days, renew: true, now: new Date() });
      if (!(await renewed(readAgain(work), work.kept, options, work))) return false;
      work.print(
        options.authority === true
          ? 'The new certificates are in use. Give the new ca.pem to who trusts it; the old authority goes by "exop rotate certificates --finish".'
          : 'The new certificates are in use.',
      );
      return true;
    }),
  );
}

async function finishCertificates(folder: string, options: YesOption, work: Work): Promise<boolean> {
  await everywhere(work.deployment, work.kept, work);
  if (!finishAuthority(folder))
    throw impossible('there is no old authority that could go: "--authority" comes first');
  if (!(await renewed(readAgain(work), work.kept, options, work))) return false;
  work.print('The old authority is trusted by no service from now on.');
  return true;
}

/** With the files as they are now. */
function readAgain({ deployment, around }: Work): Deployment {
  return { ...deployment, instances: readDeployment(deployment.envFile, around.env).instances };
}

function impossible(message: string): ExecError {
  return new ExecError('exop.rotation-not-possible', message);
}
