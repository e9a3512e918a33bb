/** `link replay`: a recording told again, to whoever connects. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Cli, exitCodes, InvalidArgumentError, numberWithin, Option } from '@exec/common/cli';
import { systemClock } from '@exec/common/clock';
import { type PeerAddress, peerAddress } from '@exec/common/config';
import { formatAddress } from '@exec/engage-link';
import { parseRecording } from '../record/recording.ts';
import { type Played, play } from '../replay/play.ts';
import { type Script, scriptOf } from '../replay/script.ts';
import { ReplayServer } from '../replay/server.ts';
import type { Around } from './around.ts';

export interface ReplayOptions {
  readonly listenSip: PeerAddress;
  readonly listenStat: PeerAddress;
  readonly speed: number;
  readonly keepTimes?: boolean;
  readonly patience: number;
  readonly only?: 'sip' | 'stat';
  readonly into?: string;
}

/** What a recording is played into, and what is told of it afterwards; `played` begins when that is ready to connect. */
export type Into = (
  kind: string,
  script: Script,
  servers: readonly ReplayServer[],
  played: () => Promise<Played>,
  around: Around,
) => Promise<number>;

export function addReplay(cli: Cli, around: Around, into?: Into): void {
  const command = cli.program
    .command('replay')
    .description('tell a recording again to EXAS or EXCP, or to whoever connects')
    .argument('<file>', 'a recording of "link record"')
    .addOption(listenOption('--listen-sip <address>', 'where its SIP Server listens'))
    .addOption(listenOption('--listen-stat <address>', 'where its Stat Server listens'))
    .addOption(new Option('--only <kind>', 'one of its servers alone').choices(['sip', 'stat']))
    .option('--speed <n>', 'how many times as fast', numberWithin(0.01, 1_000), 1)
    .option('--keep-times', 'tell the times of the recording, not those of now')
    .option('--patience <seconds>', 'how long clients are waited for', numberWithin(1, 3_600), 60);
  if (into !== undefined)
    command.addOption(
      new Option('--into <service>', 'start it with a fake cloud, and print what came of it').choices(
        Object.keys(kindFor),
      ),
    );
  cli.action(command, (file: string, options: ReplayOptions) =>
    replay(resolve(around.folder, file), options, around, into),
  );
}

async function replay(
  file: string,
  o: ReplayOptions,
  around: Around,
  into: Into | undefined,
): Promise<number> {
  const script = scriptOf(readRecording(file));
  const startedAt = script.startedAt;
  if (o.keepTimes !== true) script.times.move(startedAt, systemClock.now(), o.speed);
  const servers: ReplayServer[] = [];
  // A service connects to one kind of server; nobody would watch the other.
  const only = o.only ?? (o.into === undefined ? undefined : kindFor[o.into]);
  try {
    for (const kind of ['sip', 'stat'] as const) {
      const stretches = script[kind];
      const { host, port } = kind === 'sip' ? o.listenSip : o.listenStat;
      if (stretches.length === 0 || (only !== undefined && only !== kind)) continue;
      const server = await ReplayServer.start({ kind, stretches, times: script.times, host, port });
      servers.push(server);
      around.stderr.write(`${kind}: listens on ${formatAddress(server.address)}\n`);
    }
    if (servers.length === 0) throw new InvalidArgumentError(`${file} holds nothing that can be told`);
    const played = () =>
      play({
        clock: systemClock,
        script,
        servers,
        speed: o.speed,
        signal: around.signal,
        patienceMs: o.patience * 1000,
      });
    if (into !== undefined && o.into !== undefined)
      return await into(o.into, script, servers, played, around);
    const { events, cut } = await played();
    around.stdout.write(`${events} events told${cut === undefined ? '' : `; cut: ${cut}`}\n`);
    return cut === 'nobody watched' ? exitCodes.fault : exitCodes.ok;
  } finally {
    for (const server of servers) await server.close();
  }
}

const kindFor: Readonly<Record<string, 'sip' | 'stat'>> = { excp: 'sip', exas: 'stat' };

function readRecording(file: string) {
  try {
    return parseRecording(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError(`${file}: ${(error as Error).message}`);
  }
}

function listenOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(listening).default(anyPort, '127.0.0.1, any free port');
}

const anyPort: PeerAddress = { host: '127.0.0.1', port: 0, tls: false };

/** Port 0 is a free one here, which no peer's address may be. */
function listening(text: string): PeerAddress {
  const free = /^([A-Za-z0-9_.-]+):0$/.exec(text);
  if (free !== null) return { host: free[1] ?? '', port: 0, tls: false };
  const parsed = peerAddress().safeParse(text);
  if (!parsed.success || parsed.data.tls) throw new InvalidArgumentError('expected host:port');
  return parsed.data;
}
