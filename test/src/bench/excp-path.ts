/**
 * `node test/src/bench/excp-path.ts`: the source files that one call event enters, from its frame to the answer of the
 * cloud, by the coverage of V8. An agent holds a call and takes it back a few times; a file counts when it was entered
 * each time, so timers that happen to run meanwhile do not.
 */
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { siteOf } from '@exec/excp/testing';
import { startRedis } from '@exec/testing/servers';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const measured = /^packages\/(common|engage-link|excp)\/src\/(?!testing\/)/;
const rounds = 6;

const session = new Session();
session.connect();

/** Files of which a function was called since the last look. */
async function entered(): Promise<Set<string>> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = result.flatMap(({ url, functions }) => {
    if (!url.startsWith('file:')) return [];
    const file = relative(root, fileURLToPath(url));
    const isCalled = functions.some(
      ({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0,
    );
    return measured.test(file) && isCalled ? [file] : [];
  });
  return new Set(files);
}

const redis = await startRedis();
const stand = await siteOf(1, { redis: { url: redis.url, prefix: redis.keyPrefix } });
try {
  const { production, switches, cloud } = stand;
  const [agent, queue] = [production.agents[0], production.queues[0]?.number ?? ''];
  const on = switches.get(production.sites[0]);
  if (agent === undefined || on === undefined) throw new Error('there is no agent');
  const { dn, loginCode, employeeId } = agent;
  on.login(dn, { agentId: loginCode, employeeId });
  on.ready(dn);
  await stand.excp();
  await stand.ready();
  const accepted = (kind: 'communicationAnswered' | 'holdUpdated', count: number) =>
    stand.until(
      () => cloud.record.accepted({ kind }).length >= count,
      () => `${count} of ${kind}`,
    );
  const call = on.inboundCall({ ani: '+49301', dnis: '+498001234', routingPoint: '8000' });
  on.queue(call, queue);
  on.divertTo(call, dn, { queue });
  on.answer(call, dn);
  await accepted('communicationAnswered', 1);
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  let always: ReadonlySet<string> | undefined;
  for (let round = 1; round <= rounds; round++) {
    await entered();
    on.hold(call, dn);
    await accepted('holdUpdated', 2 * round - 1);
    const files = await entered();
    always = new Set([...files].filter((file) => always?.has(file) ?? true));
    on.retrieve(call, dn);
    await accepted('holdUpdated', 2 * round);
  }
  const files = [...(always ?? [])].toSorted();
  process.stdout.write(`${files.join('\n')}\n`);
  for (const part of ['common', 'engage-link', 'excp']) {
    const count = files.filter((file) => file.startsWith(`packages/${part}/`)).length;
    process.stdout.write(`${part}: ${count}\n`);
  }
  process.stdout.write(`files entered by one hold: ${files.length}\n`);
} finally {
  await stand.close();
  await redis.stop();
}
