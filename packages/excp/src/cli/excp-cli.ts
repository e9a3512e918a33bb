/** The command line of EXCP: the service, and questions to one that runs. */
import { type Cli, exitCodes, type Streams } from '@exec/common/cli';
import { addSetAside, type RunSetAside } from '@exec/common/operate';
import { serviceCli } from '@exec/common/service-cli';
import { excpService } from '../service.ts';
import { localApi, whom } from './local-api.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly streams: Streams;
}

export function excpCli({ env, streams }: Surroundings): Cli {
  const cli = serviceCli({
    service: excpService,
    does: 'EXCP reports the conversations of Engage to Genesys Cloud.',
    streams,
  });
  const run: RunSetAside = async (command, does) => {
    const { ok, text, report } = await does(localApi(env));
    const { json = false } = command.opts<{ readonly json?: boolean }>();
    const list = 'items' in report ? report.items : report.results;
    streams.stdout.write(json ? `${JSON.stringify(list)}\n` : `${text}\n`);
    return ok ? exitCodes.ok : exitCodes.fault;
  };
  addSetAside(cli, run, { help: whom, json: true });
  return cli;
}
