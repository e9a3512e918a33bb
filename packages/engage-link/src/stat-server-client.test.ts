import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { StatServerClient } from './stat-server-client.ts';
import {
  accept,
  LinkServer,
  type PeerConnection,
  Recorder,
  readableMetrics,
  refuse,
  reply,
} from './testing/index.ts';
import { agentStatistic, type Frame, type Statistic } from './wire/index.ts';

type News =
  | { readonly type: 'usable' }
  | { readonly type: 'unusable' }
  | {
      readonly type: 'info';
      readonly referenceId: number;
      readonly agent: string;
      readonly status: string;
      readonly object: string;
    };

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const statistic = (employeeId: string): Statistic =>
  agentStatistic({ employeeId, tenantName: 'Resources', category: 'CurrentState' });
const value = (AgentId: string, Status: string) => ({ AgentId, Status, Time: 1_700_000_000, Place: null });
const opened = reply('RequestOpenStatistic', 'EventStatisticOpened');
const closed = reply('RequestCloseStatistic', 'EventStatisticClosed', ({ attributes }) => ({
  StatisticId: attributes.StatisticId,
}));

async function connected(behaviours: Parameters<typeof LinkServer.start>[0] = {}, servers = 1) {
  const listening = await Promise.all(
    Array.from({ length: servers }, () =>
      LinkServer.start({ behaviours: [accept(), ...(behaviours.behaviours ?? [opened, closed])] }),
    ),
  );
  for (const server of listening) closing.push(() => server.close());
  const clock = new FakeClock();
  const news = new Recorder<News>();
  const readable = readableMetrics();
  const client = new StatServerClient({
    name: 'stat',
    servers: listening.map((server) => server.address),
    applicationName: 'exas',
    clock,
    logger: silentLogger,
    metrics: readable.metrics,
    handler: {
      usable: () => news.add({ type: 'usable' }),
      unusable: () => news.add({ type: 'unusable' }),
      info: (referenceId, { AgentId, Status }, _receivedAt, { StatisticObject }) =>
        news.add({
          type: 'info',
          referenceId,
          agent: AgentId,
          status: Status,
          object: StatisticObject.ObjectId,
        }),
    },
  });
  closing.push(() => client.stop());
  client.start();
  await news.until((entry) => entry.type === 'usable');
  const [server] = listening as [LinkServer];
  const peer = await server.connection();
  const infos = (count: number) => news.until((entry) => entry.type === 'info', count);
  return { client, clock, news, servers: listening, peer, infos, read: readable.read };
}

const info = (referenceId: unknown, agent: string, status: string): Frame => ({
  message: 'EventInfo',
  attributes: { ReferenceID: referenceId, ObjectValue: value(agent, status) },
});

/** The first value of the marker comes after everything before it has been dealt with. */
async function allDelivered(
  client: StatServerClient,
  peer: PeerConnection,
  news: Recorder<News>,
): Promise<void> {
  const marker = await client.open(statistic('marker'));
  peer.sendTogether(info(marker, 'marker', 'OnHook'));
  await news.until((entry) => entry.type === 'info' && entry.referenceId === marker);
}

describe('statistics', () => {
  it('are opened with the full definition and answered by ReferenceID', async () => {
    const { client, peer, infos } = await connected();
    const referenceId = await client.open(statistic('E1001'));
    expect((await peer.next('RequestOpenStatistic')).attributes).toEqual({
      ReferenceID: referenceId,
      StatisticObject: { ObjectId: 'E1001', ObjectType: 'Agent', TenantName: 'Resources' },
      StatisticMetric: { Category: 'CurrentState', Subject: 'DNStatus', MainMask: '*' },
      Notification: { Mode: 'Immediate' },
    });
    peer.sendTogether(info(referenceId, 'E1001', 'WaitForNextCall'));
    expect(await infos(1)).toEqual({
      type: 'info',
      referenceId,
      agent: 'E1001',
      status: 'WaitForNextCall',
      object: 'E1001',
    });
  });

  it('give no value before the caller knows the ReferenceID, and lose none', async () => {
    const { client, peer, news, infos } = await connected({ behaviours: [closed] });
    const known = new Set<number>();
    const opening = client.open(statistic('E1')).then((referenceId) => known.add(referenceId));
    const { attributes } = await peer.next('RequestOpenStatistic');
    const id = attributes.ReferenceID;
    peer.sendTogether(
      { message: 'EventStatisticOpened', attributes: { ReferenceID: id } },
      info(id, 'E1', 'LoggedOut'),
      info(id, 'E1', 'NotReadyForNextCall'),
    );
    const first = (await infos(1)) as { referenceId: number };
    expect(known).toContain(first.referenceId);
    await opening;
    await infos(2);
    peer.sendTogether(info(id, 'E1', 'WaitForNextCall'));
    await infos(3);
    expect(news.entries.flatMap((entry) => (entry.type === 'info' ? [entry.status] : []))).toEqual([
      'LoggedOut',
      'NotReadyForNextCall',
      'WaitForNextCall',
    ]);
  });

  it('are refused one by one: an unknown employee', async () => {
    const { client } = await connected({ behaviours: [refuse('RequestOpenStatistic', 'no such agent')] });
    await expect(client.open(statistic('E404'))).rejects.toMatchObject({ code: 'link.request-refused' });
    expect(client.openStatistics).toBe(0);
    expect(client.status.usable).toBe(true);
  });

  it('say nothing more once they are closed', async () => {
    const { client, peer, news, read } = await connected();
    const referenceId = await client.open(statistic('E1'));
    await client.close(referenceId);
    expect((await peer.next('RequestCloseStatistic')).attributes).toMatchObject({ StatisticId: referenceId });
    peer.sendTogether(info(referenceId, 'E1', 'OnHook'), info(4_711, 'E2', 'OnHook'));
    await allDelivered(client, peer, news);
    expect(news.entries.filter((entry) => entry.type === 'info')).toHaveLength(1);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'unknown-statistic' })).toBe(2);
    await client.close(referenceId);
    await client.close(99_999);
    expect(peer.received.filter((frame) => frame.message === 'RequestCloseStatistic')).toHaveLength(1);
  });

  it('are closed at the server when they are opened too late for anybody', async () => {
    const { client, clock, peer, news, read } = await connected({ behaviours: [closed] });
    const opening = client.open(statistic('E1')).catch((error: { code: string }) => error.code);
    const { attributes } = await peer.next('RequestOpenStatistic');
    await clock.advance(9_000);
    peer.send('KeepAliveResponse');
    while ((await read('exec_engage_link_frames_total', { message: 'KeepAliveResponse' })) !== 1)
      await new Promise(setImmediate);
    await clock.advance(1_000);
    expect(await opening).toBe('link.request-timeout');
    peer.sendTogether(
      { message: 'EventStatisticOpened', attributes: { ReferenceID: attributes.ReferenceID } },
      info(attributes.ReferenceID, 'E1', 'OnHook'),
    );
    expect((await peer.next('RequestCloseStatistic')).attributes).toMatchObject({
      StatisticId: attributes.ReferenceID,
    });
    expect(news.entries.filter((entry) => entry.type === 'info')).toEqual([]);
    expect(client.openStatistics).toBe(0);
  });

  it('of five hundred agents keep within the window', async () => {
    const { client, peer } = await connected({ behaviours: [] });
    const all = Promise.all(Array.from({ length: 1_000 }, (_, n) => client.open(statistic(`E${n >> 1}`))));
    let open = 0;
    for (let n = 0; n < 1_000; n++) {
      const { attributes } = await peer.next('RequestOpenStatistic');
      open = Math.max(
        open,
        peer.received.filter(({ message }) => message === 'RequestOpenStatistic').length - n,
      );
      peer.send('EventStatisticOpened', { ReferenceID: attributes.ReferenceID });
    }
    expect(new Set(await all).size).toBe(1_000);
    expect(client.openStatistics).toBe(1_000);
    expect(open).toBeLessThanOrEqual(200);
  });
});

describe('switch-over', () => {
  it('leaves nothing open; values of the lost connection go nowhere, new ones have new ReferenceIDs', async () => {
    const { client, servers, peer, news, infos } = await connected({}, 2);
    const before = await client.open(statistic('E1'));
    const unanswered = client.open(statistic('E1')).then((referenceId) => referenceId);
    await unanswered;
    peer.sendTogether(info(before, 'E1', 'OnHook'));
    await infos(1);
    peer.end();
    await news.until((entry) => entry.type === 'usable', 2);
    expect(client.openStatistics).toBe(0);
    const backup = await (servers[1] as LinkServer).connection();
    const after = await client.open(statistic('E1'));
    expect(after).toBeGreaterThan(before);
    backup.sendTogether(info(before, 'E1', 'LoggedOut'), info(after, 'E1', 'WaitForNextCall'));
    await infos(2);
    expect(news.entries.filter((entry) => entry.type !== 'info').map((entry) => entry.type)).toEqual([
      'usable',
      'unusable',
      'usable',
    ]);
    expect(news.entries.at(-1)).toMatchObject({ referenceId: after, status: 'WaitForNextCall' });
  });

  it('fails the openings that are under way, each once', async () => {
    const { client, peer, news } = await connected({ behaviours: [] }, 2);
    const outcomes = Array.from({ length: 300 }, (_, n) =>
      client.open(statistic(`E${n}`)).catch((error: { code: string }) => error.code),
    );
    await peer.next('RequestOpenStatistic');
    peer.reset();
    await news.until((entry) => entry.type === 'usable', 2);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['link.lost']));
    expect(client.openStatistics).toBe(0);
    await expect(client.close(5)).resolves.toBeUndefined();
  });
});
