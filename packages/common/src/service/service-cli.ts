/** The command line of a service: without a command it is the service itself, configured by its environment alone. */
import { Cli, type Streams } from '../cli/index.ts';
import type { Variables } from '../config/index.ts';
import { runService, type ServiceOptions } from './service.ts';

export function serviceCli<V extends Variables>(o: {
  readonly service: ServiceOptions<V>;
  /** One sentence on what the service does. */
  readonly does: string;
  readonly streams?: Streams;
}): Cli {
  const name = o.service.service;
  return new Cli({
    name,
    description: `${o.does}\n\nWithout a command, "${name}" runs the service until it is stopped. Its settings are environment variables; docs/reference/settings.md lists them.`,
    streams: o.streams ?? process,
    withoutCommand: async () => {
      await runService(o.service);
      // It stands already when the settings are wrong; a service that runs ends the process itself.
      return Number(process.exitCode ?? 0);
    },
  });
}
