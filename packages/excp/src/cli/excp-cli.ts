/** The command line of EXCP: the service, and questions to one that runs. */
import type { Cli } from '@exec/common/cli';
import { serviceCli } from '@exec/common/service-cli';
import { excpService } from '../service.ts';
import type { Surroundings } from './client.ts';
import { addDeadLetters } from './dead-letters.ts';
import { addQuarantine } from './quarantine.ts';

export function excpCli(around: Surroundings): Cli {
  const cli = serviceCli({
    service: excpService,
    does: 'EXCP reports the conversations of Engage to Genesys Cloud.',
    streams: around.streams,
  });
  addDeadLetters(cli, around);
  addQuarantine(cli, around);
  return cli;
}
