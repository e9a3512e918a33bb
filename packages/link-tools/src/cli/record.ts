/** `link record`: a live link into a file, masked. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Cli, exitCodes, InvalidArgumentError, numberWithin, Option } from '@exec/common/cli';
import { systemClock } from '@exec/common/clock';
import { Masker } from '../mask/mask.ts';
import { Recorder } from '../record/recorder.ts';
import type { Around } from './around.ts';
import { clientOf, type PeerOptions, withPeerOptions } from './peer-options.ts';

interface RecordOptions extends PeerOptions {
  readonly out: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly switch: string;
  readonly maskKeyFile?: string;
}

export function addRecord(cli: Cli, around: Around): void {
  const command = cli.program
    .command('record')
    .description('record what a live link tells into a file, with every number, name and value masked')
    .addHelpText(
      'after',
      '\nIt registers and monitors as EXAS and EXCP do, and sends no other request. Ctrl-C ends it in order.\n',
    );
  withPeerOptions(command, 'record', around.folder)
    .requiredOption('--out <file>', 'the file, which must not exist yet')
    .option('--seconds <n>', 'how long at most', numberWithin(1, 604_800), 3_600)
    .option('--megabytes <n>', 'how much at most', numberWithin(1, 10_000), 100)
    .addOption(new Option('--switch <name>', 'name of the switch').env('SWITCH_NAME').default('SIP_Switch'))
    .option(
      '--mask-key-file <file>',
      'secret of at least 16 bytes: recordings with the same one have the same tokens',
    );
  cli.action(command, (options: RecordOptions) => record(options, around));
}

async function record(options: RecordOptions, around: Around): Promise<number> {
  if (options.sip === undefined && options.stat === undefined)
    throw new InvalidArgumentError('--sip or --stat must be given');
  const client = clientOf(options, around.folder);
  const masker = new Masker(maskKey(options.maskKeyFile, around.folder));
  const path = resolve(around.folder, options.out);
  const file = opened(path);
  const broken = new AbortController();
  let problem: string | undefined;
  const say = (text: string) => void around.stderr.write(`${text}\n`);
  try {
    const recorded = await new Recorder({
      clock: systemClock,
      client,
      masker,
      sip:
        options.sip === undefined
          ? undefined
          : { address: options.sip, extensions: options.extension, queues: options.queue },
      stat:
        options.stat === undefined
          ? undefined
          : { address: options.stat, agents: options.agent, tenant: options.tenant },
      switchName: options.switch,
      write: (line) => {
        try {
          if (problem === undefined) writeSync(file, line);
        } catch (error) {
          problem = `${path}: ${(error as Error).message}`;
          broken.abort();
        }
      },
      say,
      maxMs: options.seconds * 1000,
      maxBytes: options.megabytes * 1_000_000,
      signal: AbortSignal.any([around.signal, broken.signal]),
    }).run();
    const { ended, frames, bytes } = recorded;
    around.stdout.write(
      `${frames} frames, ${(bytes / 1_000_000).toFixed(1)} MB in ${path} (${endings[ended]})\n`,
    );
    if (problem !== undefined) say(problem);
    return problem !== undefined || ended === 'given-up' ? exitCodes.fault : exitCodes.ok;
  } finally {
    closeSync(file);
  }
}

const endings = {
  stopped: 'stopped',
  time: 'its time is over',
  size: 'it is full',
  'given-up': 'a server could not be opened',
} as const;

/** Readable for who records, and nobody else. */
function opened(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InvalidArgumentError(
      code === 'EEXIST' ? `${path} exists` : `${path} cannot be written (${code ?? 'unknown error'})`,
    );
  }
}

function maskKey(file: string | undefined, folder: string): Uint8Array {
  // Kept nowhere: without it nobody can find a value to a token.
  if (file === undefined) return randomBytes(32);
  const path = resolve(folder, file);
  try {
    const key = readFileSync(path);
    if (key.length >= 16) return key;
  } catch (error) {
    throw new InvalidArgumentError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  throw new InvalidArgumentError(`${path} is shorter than 16 bytes`);
}
