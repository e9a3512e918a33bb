/** The command line of EXAS: the service alone. */
import type { Cli, Streams } from '@exec/common/cli';
import { serviceCli } from '@exec/common/service-cli';
import { exasService } from './service.ts';

export function exasCli(streams: Streams): Cli {
  return serviceCli({
    service: exasService,
    does: 'EXAS reports the states of Engage agents to Genesys Cloud.',
    streams,
  });
}
