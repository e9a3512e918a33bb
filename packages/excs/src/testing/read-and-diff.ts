/**
 * A process that reads Engage, compares it with the ledger, and says what that took: `node read-and-diff.ts <rounds>`,
 * configured by the environment like the service. One JSON object a line.
 */
import { Formats } from '@exec/common/formats';
import '../heap.ts';
import { systemClock } from '@exec/common/clock';
import { silentLogger } from '@exec/common/logging';
import { createRegistry } from '@exec/common/metrics';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { parseServiceEnvironment } from '@exec/common/service';
import { excsVariables } from '../environment.ts';
import { OrganizationState } from '../organization/organization-state.ts';
import { wantedSource } from '../organization/source.ts';
import { diff } from '../plan/diff.ts';
import { assemble } from '../sync/assemble.ts';
import { idMapContent } from '../sync/id-map-content.ts';

const env = parseServiceEnvironment('excs', excsVariables, process.env, { warn: () => undefined });
const redis = RedisConnection.open({ url: env.REDIS_URL, name: 'bench', logger: silentLogger });
if (!redis.up) await new Promise<void>((resolve) => redis.onState((up) => up && resolve()));
const { db, engage, ledger } = assemble({
  formats: new Formats(),
  env,
  logger: silentLogger,
  registry: createRegistry({ service: 'excs', version: '0' }),
  clock: systemClock,
  redis,
  keys: new KeySpace({ prefix: env.REDIS_KEY_PREFIX, orgId: env.ORG_ID, tenantId: env.TENANT_ID }),
  settings: undefined,
  version: '0',
  signal: new AbortController().signal,
});
const source = wantedSource(env.TENANT_ID, 'bench');
const state = new OrganizationState({ authority: `engage/${env.TENANT_ID}`, source });
const { source: record } = await ledger.load(state);
if (record !== undefined) state.source = { id: record.id, ...source, deactivated: false };
state.supervisorRoleId = 'role';

for (let round = 0; round < Number(process.argv[2] ?? 5); round++) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { desired, describe } = await engage.read(new Map());
  const read = performance.now();
  const { operations } = diff({
    desired,
    known: state,
    absentBefore: new Set(),
    quarantined: new Set(),
    describe,
  });
  const compared = performance.now();
  const content = idMapContent(desired, state);
  const used = process.cpuUsage(cpu);
  process.stdout.write(
    `${JSON.stringify({
      readMs: read - started,
      diffMs: compared - read,
      cpuMs: (used.user + used.system) / 1000,
      operations: operations.length,
      users: desired.users.size,
      mapped: content.agents.length,
      rssMiB: process.memoryUsage.rss() / 2 ** 20,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    })}\n`,
  );
}
for (let round = 0; round < 5; round++) {
  const cpu = process.cpuUsage();
  const changed = await engage.needsRead();
  const used = process.cpuUsage(cpu);
  process.stdout.write(`${JSON.stringify({ probe: changed, cpuMs: (used.user + used.system) / 1000 })}\n`);
}
await db.close();
await redis.close();
