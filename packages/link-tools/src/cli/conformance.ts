/** `link conformance` and `link compare`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Cli, exitCodes, InvalidArgumentError, numberWithin, Option } from '@exec/common/cli';
import { systemClock } from '@exec/common/clock';
import { type Context, defaultLimits } from '../conformance/context.ts';
import { runConformance } from '../conformance/run.ts';
import { type Calls, nobody } from '../conformance/test-calls.ts';
import { person } from '../players/person.ts';
import { type SimulatorPeople, simulator, simulatorPeople } from '../players/simulator.ts';
import {
  compare,
  comparisonMarkdown,
  comparisonText,
  passed,
  type Report,
  reportOf,
  reportSchema,
  reportText,
} from '../report/report.ts';
import type { Around } from './around.ts';
import { clientOf, type PeerOptions, withPeerOptions } from './peer-options.ts';

interface ConformanceOptions extends PeerOptions {
  readonly role?: Context['role'];
  readonly calls: boolean;
  readonly play?: string;
  readonly patience: number;
  readonly name?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addConformance(cli: Cli, around: Around): void {
  const command = cli.program
    .command('conformance')
    .description('check a bridge, or whatever speaks Engage Link, against its contract')
    .addHelpText(
      'after',
      '\nIt monitors and registers in share mode and sends no other request. Test calls are made by a person who is told\nwhat to do, or by a simulator (--play); without either those checks are skipped.\n',
    );
  withPeerOptions(command, 'conformance', around.folder)
    .addOption(new Option('--role <role>', 'the role that the peer must have').choices(['Primary', 'Backup']))
    .option('--play <url>', 'a simulator that plays test calls, and lends its people where none are named')
    .option('--no-calls', 'no test calls')
    .option(
      '--patience <seconds>',
      'time for each test call',
      numberWithin(1, 3_600),
      defaultLimits.call / 1000,
    )
    .option('--name <name>', 'heading of its column beside another report')
    .option('--out <file>', 'write the report into a file, for "compare"')
    .option('--json', 'the report as JSON on standard output, all else on standard error');
  cli.action(command, (options: ConformanceOptions) => conformance(options, around));

  const comparing = cli.program
    .command('compare')
    .description('put two reports side by side')
    .argument('<left>', 'report of "conformance --out"')
    .argument('<right>', 'another one')
    .option('--json', 'as JSON')
    .option('--markdown', 'as a table of Markdown');
  cli.action(
    comparing,
    (left: string, right: string, options: { readonly json?: boolean; readonly markdown?: boolean }) =>
      compareFiles(left, right, options, around),
  );
}

async function conformance(options: ConformanceOptions, around: Around): Promise<number> {
  if (options.sip === undefined && options.stat === undefined)
    throw new InvalidArgumentError('--sip or --stat must be given');
  const client = clientOf(options, around.folder);
  const people = options.play === undefined ? undefined : await peopleOf(options.play);
  const calls = callsOf(options, around);
  const context: Context = {
    clock: systemClock,
    limits: { ...defaultLimits, call: options.patience * 1000 },
    client,
    role: options.role,
    calls,
  };
  const named = (list: readonly string[], lent: readonly string[] = []) => (list.length > 0 ? list : lent);
  try {
    const running = runConformance(context, {
      sip:
        options.sip === undefined
          ? undefined
          : {
              address: options.sip,
              extensions: named(options.extension, people?.extensions),
              queues: named(options.queue, people?.queues),
            },
      stat:
        options.stat === undefined
          ? undefined
          : { address: options.stat, agents: named(options.agent, people?.agents), tenant: options.tenant },
    });
    const rows = await Promise.race([running, aborted(around.signal)]);
    const report = reportOf(options.name ?? 'peer', new Date(), rows);
    const json = `${JSON.stringify(report, null, 2)}\n`;
    if (options.out !== undefined) writeFileSync(resolve(around.folder, options.out), json);
    around.stdout.write(options.json === true ? json : `${reportText(report)}\n`);
    return passed(report) ? exitCodes.ok : exitCodes.fault;
  } finally {
    calls.close();
  }
}

/** A person who has had enough waits for no peer. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Error('stopped, without a report'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

async function peopleOf(url: string): Promise<SimulatorPeople> {
  try {
    return await simulatorPeople(url);
  } catch (error) {
    throw new InvalidArgumentError(
      `--play ${url}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function callsOf(options: ConformanceOptions, around: Around): Calls {
  if (!options.calls) return nobody('no test calls were wanted');
  if (options.play !== undefined) return simulator(options.play);
  if (!around.interactive)
    return nobody('no test calls: standard input is no terminal, and no simulator was named');
  return person(around.stdin, around.stderr);
}

function compareFiles(
  left: string,
  right: string,
  options: { readonly json?: boolean; readonly markdown?: boolean },
  around: Around,
): number {
  const [one, two] = [left, right].map((file) => readReport(resolve(around.folder, file))) as [
    Report,
    Report,
  ];
  const rows = compare(one, two);
  if (options.json === true) around.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else
    around.stdout.write(
      `${options.markdown === true ? comparisonMarkdown(one, two) : comparisonText(one, two)}\n`,
    );
  return rows.every(({ same }) => same) ? exitCodes.ok : exitCodes.fault;
}

function readReport(file: string): Report {
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new InvalidArgumentError(`${file} is no report of "conformance --out": ${reason}`);
  }
}
