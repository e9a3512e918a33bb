/** docs/reference/commands.md: every command of every program, from the definitions that read the command lines. */
import { PassThrough } from 'node:stream';
import type { Cli, Command } from '@exec/common/cli';
import { exasCli } from '@exec/exas';
import { excpCli } from '@exec/excp';
import { excsCli } from '@exec/excs';
import { exopCli } from '@exec/exop';
import { linkCli } from '@exec/link-tools';
import { packageCli } from '@exec/release';
import { benchCli } from '../bench/bench-cli.ts';
import { chaosCli } from '../chaos/options.ts';
import { demoCli } from '../demo/options.ts';
import { soakCli } from '../soak/options.ts';
import { code, generated, table } from './markdown.ts';

const streams = { stdout: { write: () => true }, stderr: { write: () => true } };
/** Nothing is carried out: only what is declared is read. */
const around = { env: {}, streams, ...streams, folder: '/', signal: new AbortController().signal };

const programs: readonly (readonly [start: string, cli: Cli])[] = [
  ['exop', exopCli(around)],
  ['pnpm excs', excsCli(around)],
  ['pnpm exas', exasCli(streams)],
  ['pnpm excp', excpCli(around)],
  [
    'pnpm run link',
    linkCli({ ...around, stdin: new PassThrough(), stderr: new PassThrough(), interactive: false }),
  ],
  ['pnpm demo', demoCli()],
  ['pnpm package', packageCli()],
  ['pnpm bench', benchCli()],
  ['pnpm chaos', chaosCli()],
  ['pnpm soak', soakCli()],
];

export function commandsPage(): string {
  const sections = programs.map(([start, { program }]) => {
    const help = program.createHelp();
    const [does, ...more] = program.description().split('\n\n');
    return [
      `## ${program.name()}`,
      does,
      ...more,
      `Start it with ${code(start)}.`,
      optionsTable(program),
      ...help.visibleCommands(program).flatMap((command) => commandTexts(command, program.name())),
    ]
      .filter((text) => text !== '')
      .join('\n\n');
  });
  return [
    '# Commands',
    generated,
    'Every program answers `--help` and `--version`, also for each command. A misspelt command or option is named, with the nearest one that is known. `completion bash` and `completion zsh` print a script for the shell. With `--json` the last line of standard output is one JSON object; all else goes to standard error.',
    `## Exit codes\n\n${table(
      ['code', 'meaning'],
      [
        ['0', 'done; of a service: stopped on request'],
        ['1', 'a fault, or something is not as it should be'],
        ['2', 'wrong use; of `plan`: there are changes to make (wrong use of `plan` ends with 1)'],
        ['78', 'the settings are wrong: the environment, the `.env`'],
      ],
    )}`,
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function commandTexts(command: Command, path: string): string[] {
  if (command.name() === 'help') return [];
  const name = `${path} ${command.name()}`;
  const below = command.createHelp().visibleCommands(command);
  const args = command.registeredArguments.map((argument) => {
    const dots = argument.variadic ? '...' : '';
    return argument.required ? `<${argument.name()}${dots}>` : `[${argument.name()}${dots}]`;
  });
  const described = command.registeredArguments.filter(({ description }) => description !== '');
  return [
    `### ${name}`,
    `${sentence(command.description())}`,
    below.length === 0 ? `\`\`\`text\n${[name, ...args, '[options]'].join(' ')}\n\`\`\`` : '',
    described.length === 0
      ? ''
      : table(
          ['argument', 'meaning'],
          described.map((argument) => [code(argument.name()), argument.description]),
        ),
    optionsTable(command),
    ...below.flatMap((one) => commandTexts(one, name)),
  ].filter((text) => text !== '');
}

/** Without help and version, which all have. */
function optionsTable(command: Command): string {
  const rows = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help' && long !== '--version')
    .map((option) => {
      const fallback = option.defaultValueDescription ?? textOf(option.defaultValue);
      const variable = option.envVar === undefined ? '' : ` Variable: ${code(option.envVar)}.`;
      return [code(option.flags), fallback === '' ? '' : code(fallback), `${option.description}${variable}`];
    });
  return rows.length === 0 ? '' : table(['option', 'default', 'meaning'], rows);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function sentence(text: string): string {
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.:]$/.test(begun) ? begun : `${begun}.`;
}
