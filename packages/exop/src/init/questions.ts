/** What `exop init` asks at a terminal: what differs at every site. The file has the rest, with its defaults. */
import type { Variables } from '@exec/common/config';
import { ownVariables } from '../config/own-variables.ts';
import { serviceVariables } from '../config/service-variables.ts';
import { type Answers, exampleOf } from './template.ts';

interface Question {
  readonly name: string;
  readonly text: string;
  /** What Enter means: the value of the example, or that the variable is left out. */
  readonly otherwise: 'example' | 'none';
  /** Asked only where this variable has a value. */
  readonly with?: string;
  /** Asked only where this one has none. */
  readonly without?: string;
}

const questions: readonly Question[] = [
  { name: 'EXCS_HOST', text: 'VM of EXCS', otherwise: 'example' },
  {
    name: 'EXAS_HOST',
    text: 'VM of EXAS; leave it empty until a Stat Server bridge is there',
    otherwise: 'none',
  },
  {
    name: 'STAT_SERVER_PRIMARY',
    text: 'Primary Stat Server bridge',
    otherwise: 'example',
    with: 'EXAS_HOST',
  },
  { name: 'STAT_SERVER_BACKUP', text: 'Backup Stat Server bridge', otherwise: 'none', with: 'EXAS_HOST' },
  {
    name: 'EXCP_HOSTS',
    text: 'The two VMs of EXCP; leave it empty until a SIP Server bridge is there',
    otherwise: 'none',
  },
  { name: 'SIP_SERVER_PRIMARY', text: 'Primary SIP Server bridge', otherwise: 'example', with: 'EXCP_HOSTS' },
  { name: 'SIP_SERVER_BACKUP', text: 'Backup SIP Server bridge', otherwise: 'none', with: 'EXCP_HOSTS' },
  {
    name: 'SWITCH_NAME',
    text: 'Name of the switch in the Config DB',
    otherwise: 'example',
    with: 'EXCP_HOSTS',
  },
  { name: 'SSH_USER', text: 'User on the VMs', otherwise: 'example' },
  {
    name: 'REGISTRY',
    text: 'Registry that holds the images; leave it empty to bring them from IMAGES_DIR',
    otherwise: 'none',
  },
  {
    name: 'RELEASE_PUBLIC_KEY',
    text: 'Public key of who made the release; leave it empty if nobody has signed it',
    otherwise: 'none',
    without: 'REGISTRY',
  },
  { name: 'ORG_ID', text: 'ID of the EX organisation', otherwise: 'example' },
  { name: 'TENANT_ID', text: 'DBID of the tenant in the Config DB', otherwise: 'example' },
  { name: 'GENESYS_CLOUD_URL', text: 'API address of your Genesys Cloud region', otherwise: 'example' },
  { name: 'REDIS_URL', text: 'Redis', otherwise: 'example' },
  { name: 'CONFIG_DB_URL', text: 'Config DB', otherwise: 'example' },
  {
    name: 'SYNC_FOLDER',
    text: 'Folder that limits what is mapped; leave it empty to map everything',
    otherwise: 'none',
  },
];

const declared: Variables = {
  ...serviceVariables.excp,
  ...serviceVariables.exas,
  ...serviceVariables.excs,
  ...ownVariables,
};

/** Asks until every answer is one that the variable takes. */
export async function answersOf(
  template: string,
  ask: (question: string) => Promise<string>,
): Promise<Answers> {
  const answers = new Map<string, string | undefined>();
  for (const { name, text, otherwise, with: condition, without } of questions) {
    const isOfUse =
      (condition === undefined || answers.get(condition) !== undefined) &&
      (without === undefined || answers.get(without) === undefined);
    if (!isOfUse) {
      answers.set(name, undefined);
      continue;
    }
    const example = exampleOf(template, name) ?? '';
    const hint =
      otherwise === 'example' ? ` [${example}]` : example === '' ? '' : ` (for example ${example})`;
    answers.set(
      name,
      await answerTo(name, `${text}${hint}: `, otherwise === 'example' ? example : undefined, ask),
    );
  }
  // One or the other says where images come from.
  if (answers.get('REGISTRY') !== undefined) answers.set('IMAGES_DIR', undefined);
  return answers;
}

async function answerTo(
  name: string,
  question: string,
  otherwise: string | undefined,
  ask: (question: string) => Promise<string>,
): Promise<string | undefined> {
  let problem = '';
  for (;;) {
    const answer = (await ask(`${problem}${question}`)).trim();
    if (answer === '') return otherwise;
    const parsed = declared[name]?.schema.safeParse(answer);
    if (parsed?.success !== false) return answer;
    problem = `${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}\n`;
  }
}
