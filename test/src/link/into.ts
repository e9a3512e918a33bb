/** `link replay --into`: starts EXAS or EXCP with a Redis, a fake cloud and a mapping for what the recording names. */
import type { Into } from '@exec/link-tools';
import { startRedis } from '@exec/testing/servers';
import { exasSite, startExas, statesOf } from './into-exas.ts';
import { conversationsText, excpStand, quiet } from './into-excp.ts';

/** After the last event of the recording: the longest wait of a service that can still lead to something. */
const quietMs = 5_000;

export const into: Into = async (service, script, servers, played, around) => {
  const [server] = servers;
  if (server === undefined) throw new Error('nothing is told');
  const running = await startRedis();
  const redis = { url: running.url, prefix: running.keyPrefix.replace(/:$/, '') };
  try {
    return service === 'excp'
      ? await intoExcp({ script, server: server.address, redis }, played, around)
      : await intoExas({ script, server: server.address, redis }, played, around);
  } finally {
    await running.stop();
  }
};

type Site = Parameters<typeof excpStand>[0];
type Run = Parameters<Into>[3];
type Around = Parameters<Into>[4];

async function intoExcp(site: Site, played: Run, around: Around): Promise<number> {
  const { stand, names, codes } = await excpStand(site);
  try {
    await stand.excp();
    const { events, cut } = await played();
    const { record } = stand.cloud;
    await quiet(() => record.events().accepted, quietMs);
    const { accepted, refused } = record.events();
    const conversations = stand.cloud.state.conversations.total;
    around.stdout.write(`${conversationsText(stand, names, codes)}\n\n`);
    around.stdout.write(
      `${events} events told, ${conversations} conversations, ${accepted} events accepted, ${refused} refused${cutText(cut)}\n`,
    );
    for (const { code, message } of record.violations) around.stdout.write(`refused: ${code}: ${message}\n`);
    return refused > 0 || cut === 'nobody watched' ? 1 : 0;
  } finally {
    await stand.close();
  }
}

async function intoExas(o: Site, played: Run, around: Around): Promise<number> {
  const { site, employees } = await exasSite(o);
  try {
    await startExas(site, o.server);
    const { events, cut } = await played();
    const { record } = site.cloud;
    await quiet(() => record.events().accepted, quietMs);
    const { accepted, refused } = record.events();
    for (const [employeeId, states] of statesOf(site, employees))
      around.stdout.write(`${employeeId}: ${states.join(', ')}\n`);
    around.stdout.write(
      `\n${events} values told, ${employees.length} agents, ${accepted} events accepted, ${refused} refused${cutText(cut)}\n`,
    );
    return refused > 0 || cut === 'nobody watched' ? 1 : 0;
  } finally {
    await site.close();
  }
}

function cutText(cut: string | undefined): string {
  return cut === undefined ? '' : `; cut: ${cut}`;
}
