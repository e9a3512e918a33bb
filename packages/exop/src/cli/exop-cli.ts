/** The command line of EXOP: every command with its options. */
import { Cli } from '@exec/common/cli';
import { addCare } from './care.ts';
import { addCertificates } from './certificates.ts';
import { addConversations } from './conversations.ts';
import { addDeployment } from './deployment.ts';
import { addInit } from './init.ts';
import { addMonitoring } from './monitoring.ts';
import { addObservation } from './observation.ts';
import { addRedisUsers } from './redis-users.ts';
import { addRotate } from './rotate.ts';
import { addSync } from './sync.ts';
import type { Surroundings } from './task.ts';

export function exopCli(around: Surroundings): Cli {
  const cli = new Cli({
    name: 'exop',
    description:
      'EXOP installs the EX Engage Connector on its VMs over SSH and operates it.\n\nThe file --env names the VMs and holds all settings.',
    streams: around,
  });
  cli.program
    .option('--env <file>', 'file with hosts and settings', '.env')
    .option(
      '--json',
      'print one JSON object as the last line of standard output; all else goes to standard error',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 something is not as it should be, 2 wrong use, 78 the settings are wrong.\n',
    );
  addInit(cli, around);
  addCertificates(cli, around);
  addRedisUsers(cli, around);
  addRotate(cli, around);
  addDeployment(cli, around);
  addObservation(cli, around);
  addSync(cli, around);
  addConversations(cli, around);
  addCare(cli, around);
  addMonitoring(cli, around);
  return cli;
}
