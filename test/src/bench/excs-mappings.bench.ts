/**
 * How what EXCS answers grows with the mappings: 1,000, 10,000 and 100,000 agents in the ID map, by the processor time
 * of a look-up and of resolving 1,000 keys, and by memory.
 *
 * `--short`: fewer requests.
 */
import { LookupServer } from './lookup-server.ts';
import { quantile, report, rssOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const rounds = isShort ? 5 : 11;
const lookups = isShort ? 1_000 : 3_000;

for (const agents of [1_000, 10_000, 100_000]) {
  const server = await LookupServer.start(agents);
  try {
    const size = { of: 'mappings', count: agents };
    report({ bench: 'excs: memory with the ID map', value: await rssOf(server.pid), unit: 'MiB', size });
    const one = async () => {
      const paths = Array.from(
        { length: lookups },
        (_, index) => `/api/v1/agents/E${(index * 7919) % agents}`,
      );
      return (await server.cpuOf(() => server.get(paths))) / lookups;
    };
    const keys = Array.from({ length: 1_000 }, (_, index) => ({
      type: 'agent',
      employeeId: `E${(index * 7919) % agents}`,
    }));
    const many = async () => (await server.cpuOf(() => server.resolve(keys, 5))) / 5;
    for (const [bench, round] of [
      ['excs: a look-up', one],
      ['excs: resolve of 1,000 keys', many],
    ] as const) {
      const times: number[] = [];
      for (let count = 0; count < rounds * 2; count++) times.push(await round());
      // The first half is compiled while it is measured.
      report({ bench, value: quantile(times.slice(rounds), 0.5), unit: 'ms CPU', size });
    }
  } finally {
    await server.close();
  }
}
