/** Reads the command line of EXOP. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ExecError } from '@exec/common/errors';

export const commands = ['check', 'deploy', 'status', 'logs', 'upgrade', 'rollback', 'down'] as const;
export type Command = (typeof commands)[number];

export interface CommandLine {
  readonly command: Command;
  readonly envFile: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  /** `logs`: which service or instance. */
  readonly service: string | undefined;
  readonly tail: number;
  readonly follow: boolean;
}

export const usage = `exop <command> --env .env [--json]

  check      look at every VM: SSH, system, disk, Docker, clock, ports, the way to every peer
  deploy     bring the release of VERSION to the VMs and start it; changes only what is not right
  status     what runs, and whether it is ready
  logs       [excs|exas|excp|excp-1|excp-2] [--tail 100] [--follow]
  upgrade    deploy over what runs: EXCP one at a time, so that no call is lost
  rollback   back to the release before the last change
  down       stop and remove the containers; files and images stay

  --env      the file with hosts and settings (default .env)
  --json     the last line of standard output is one JSON object; progress goes to standard error
  --dry-run  deploy, upgrade, rollback: show the plan only
`;

/** @throws ExecError exop.usage */
export function parseCommandLine(args: readonly string[], folder: string): CommandLine {
  // pnpm hands a "--" of the caller through.
  const given = args[0] === '--' ? args.slice(1) : args;
  const { values, positionals } = parsed(given);
  const [command, service, ...more] = positionals;
  const known = commands.find((one) => one === command);
  if (known === undefined) throw new ExecError('exop.usage', usage);
  if (more.length > 0 || (service !== undefined && known !== 'logs'))
    throw new ExecError('exop.usage', `unexpected argument ${more[0] ?? service}\n\n${usage}`);
  const tail = Number(values.tail ?? '100');
  if (!Number.isInteger(tail) || tail < 0 || tail > 1_000_000)
    throw new ExecError('exop.usage', '--tail: expected a number of lines');
  return {
    command: known,
    envFile: resolve(folder, values.env ?? '.env'),
    json: values.json ?? false,
    dryRun: values['dry-run'] ?? false,
    service,
    tail,
    follow: values.follow ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        env: { type: 'string' },
        json: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        tail: { type: 'string' },
        follow: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new ExecError('exop.usage', `${(error as Error).message}\n\n${usage}`);
  }
}
