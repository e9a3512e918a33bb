/**
 * One role of the sample set-up of containers: `prepare` (secrets, certificates, the Config DB; ends), `genesys-cloud`
 * or `engage`. Settings: SAMPLE_FOLDER, SAMPLE_SEED, SAMPLE_AGENTS, SAMPLE_REQUESTS_PER_MINUTE, SAMPLE_PLAYS,
 * CONFIG_DB_URL for `prepare`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { textOf } from '@exec/common/trouble';
import { startCloud } from './cloud-role.ts';
import { startEngage } from './engage-role.ts';
import { fillConfigDb } from './fill-config-db.ts';
import { sampleHosts, sampleOf, samplePorts } from './sample.ts';
import { prepareFolder, readFolder } from './sample-folder.ts';

const { env } = process;
const folder = env.SAMPLE_FOLDER || '/sample';
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function runUntilStopped(role: { close(): Promise<void> }): Promise<void> {
  say({ ready: true });
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  await role.close();
}

async function run(name: string | undefined): Promise<void> {
  switch (name) {
    case 'prepare': {
      const { place } = await prepareFolder(folder, sampleHosts.cloud);
      const sample = sampleOf(env, place);
      const rows = await fillConfigDb(env.CONFIG_DB_URL ?? '', sample.centre, stopping.signal);
      say({ prepared: true, rows, ...sample.expectation.counts });
      return;
    }
    case 'genesys-cloud': {
      const files = await readFolder(folder);
      const { requestsPerMinute } = sampleOf(env, files.place);
      const cloud = await startCloud(files, { port: samplePorts.cloud, requestsPerMinute });
      const health = createServer((_request, response) => response.end('{"live":true}'));
      health.listen(samplePorts.control);
      await runUntilStopped({
        close: async () => {
          health.close();
          health.closeAllConnections();
          await cloud.close();
        },
      });
      return;
    }
    case 'engage': {
      const sample = sampleOf(env, (await readFolder(folder)).place);
      const playsByItself = env.SAMPLE_PLAYS !== 'false';
      await runUntilStopped(await startEngage(sample, { controlPort: samplePorts.control, playsByItself }));
      return;
    }
    default:
      throw new TypeError(`name a role: prepare, genesys-cloud or engage; not ${name ?? 'nothing'}`);
  }
}

try {
  await run(process.argv[2]);
} catch (error) {
  process.stderr.write(`${textOf(error)}\n`);
  process.exitCode = 1;
}
