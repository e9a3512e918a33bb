/** The command `link`: reads its command line, does the work, answers the exit code. */
import { Cli } from '@exec/common/cli';
import type { Around } from './around.ts';
import { addConformance } from './conformance.ts';
import { addRecord } from './record.ts';
import { addReplay, type Into } from './replay.ts';

/** @param into what else recordings can be replayed into, where services are at hand */
export function linkCli(around: Around, into?: Into): Cli {
  const cli = new Cli({
    name: 'link',
    description: 'Checks, records and replays Engage Link, the wire between the services and the bridges.',
    streams: around,
  });
  addConformance(cli, around);
  addRecord(cli, around);
  addReplay(cli, around, into);
  return cli;
}
