/** `exop monitoring export`: what Prometheus, Alertmanager and Grafana need for this deployment, as files. */
import { resolve } from 'node:path';
import type { Cli, Command } from '@exec/common/cli';
import { monitoringFiles, unreachableTargets } from '../monitoring/files.ts';
import { shippedMonitoring, writeMonitoring } from '../monitoring/write.ts';
import { type Surroundings, task } from './task.ts';

interface ExportOptions {
  readonly out: string;
  readonly deployment: string;
  readonly docs: string;
  readonly force?: boolean;
}

export function addMonitoring(cli: Cli, around: Surroundings): void {
  const group = cli.program.command('monitoring').description('Prometheus and Grafana for this deployment');
  const exporting = group
    .command('export')
    .description('write scrape targets, alerts, rules and dashboards that fit the deployment to a folder')
    .option('--out <folder>', 'where they are written', 'monitoring')
    .option('--deployment <name>', 'the label by which several deployments share one Prometheus', 'default')
    .option('--docs <address>', 'where the pages can be read: links to runbooks begin with it', 'docs')
    .option('--force', 'also replace files that were changed by hand, or are of another release');
  cli.action(exporting, (options: ExportOptions, command: Command) =>
    task(command, around, async ({ deployment, report, print }) => {
      const files = monitoringFiles(deployment, {
        ...shippedMonitoring(),
        name: options.deployment,
        docs: options.docs,
      });
      const folder = resolve(around.folder, options.out);
      const outcome = writeMonitoring(folder, files, { force: options.force === true });
      Object.assign(report, { folder, ...outcome });
      const { written, unchanged, kept } = outcome;
      for (const path of written) print(`written    ${path}`);
      for (const path of kept) print(`kept       ${path}, which differs; --force replaces it`);
      print(`${written.length} written, ${unchanged.length} as they were, ${kept.length} kept: ${folder}`);
      const hidden = unreachableTargets(deployment);
      if (hidden.length > 0)
        around.stderr.write(
          `warning: ${hidden.join(', ')} answer on the loopback of their VM alone (HTTP_HOST): Prometheus must run there, or another address be published\n`,
        );
      return true;
    }),
  );
}
