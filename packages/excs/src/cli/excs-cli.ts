/** The command line of EXCS: the service, and what it does once and then ends. */
import type { Cli } from '@exec/common/cli';
import { serviceCli } from '@exec/common/service-cli';
import { excsService } from '../service.ts';
import { addConfigDb } from './config-db.ts';
import { addPlan, type Surroundings } from './plan.ts';

export function excsCli(around: Surroundings): Cli {
  const cli = serviceCli({
    service: excsService(),
    does: 'EXCS copies the configuration of Engage to Genesys Cloud.',
    streams: around.streams,
  });
  addPlan(cli, around);
  addConfigDb(cli, around);
  return cli;
}
