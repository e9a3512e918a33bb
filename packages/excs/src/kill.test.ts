/** The real process, killed again and again in the middle of its work. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expectation } from '@exec/simulators/config-db';
import { nodeEnvironment } from '@exec/testing/processes';
import { closeLater } from '@exec/testing/vitest';
import { expect, it } from 'vitest';
import { cloudView, expectedView } from './testing/comparison.ts';
import { startEngine, startSite } from './testing/test-site.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [main], {
    env: { ...nodeEnvironment(), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  closeLater(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

it('after each kill the next process goes on; nothing is doubled', async () => {
  const site = await startSite({
    centre: { flaws: [], agents: 60 },
    env: { SYNC_INTERVAL_SECONDS: '1', INSTANCE_ID: 'killed' },
  });
  const { record } = site.cloud;
  for (const writes of [15, 60, 110, 170]) {
    const child = start(site.env);
    await site.cloud.until(() => record.totalWrites >= writes);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const last = start(site.env);
  const { users } = expectation(site.centre).counts;
  await site.cloud.until(() => record.answers('putPresenceUserPrimarysource', 200) >= users);
  last.kill('SIGTERM');
  const [code] = await once(last, 'exit');
  expect(code).toBe(0);
  const engine = await startEngine(site);
  await engine.converge();
  expect(cloudView(site.cloud)).toEqual(expectedView(expectation(site.centre), site.centre.tenantDbid));
  expect(site.cloud.state.users.size).toBe(users);
  expect(site.cloud.state.presence.activeUserSources()).toHaveLength(1);
});
