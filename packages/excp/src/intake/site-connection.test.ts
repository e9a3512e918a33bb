import { systemClock } from '@exec/common/clock';
import type { Connection } from '@exec/common/config';
import { streamMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import {
  accept,
  answer,
  keepAlive,
  LinkServer,
  type PeerConnection,
  readableMetrics,
} from '@exec/engage-link/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Snapshot } from '../events/snapshots.ts';
import { normalise } from './normalise.ts';
import { SiteConnection } from './site-connection.ts';

const time = { TimeinSecs: 1_700_000_000, TimeinuSecs: 0 };
const created = (uuid: string, more: object = {}) => ({
  ...{ CallUUID: uuid, ConnID: '0000000000000001', CallType: 'Inbound', ...time },
  ...more,
});

/** A connection to a server that ends each resync with these extensions. */
async function watched(
  done: object,
  o: {
    readonly connection?: Connection;
    readonly addresses?: readonly string[];
    /** Sent within the resync. */
    readonly resync?: (on: PeerConnection) => void;
    /** Sent before the registration of an address is answered. */
    readonly before?: Readonly<Record<string, (on: PeerConnection) => void>>;
  } = {},
) {
  const { connection = 'calls' } = o;
  const server = await LinkServer.start({
    behaviours: [
      accept({ linked: true }),
      keepAlive,
      answer('RequestStartCallMonitoring', (on, { attributes: { ReferenceID } }) => {
        on.send('EventACK', { ReferenceID, Extensions: { Resync: 1 } });
        o.resync?.(on);
        on.send('EventACK', { ReferenceID, Extensions: { ResyncDone: 1, ...done } });
      }),
      answer('RequestRegisterAddress', (on, { attributes: { ReferenceID, ThisDN } }) => {
        o.before?.[String(ThisDN)]?.(on);
        on.send('EventRegistered', { ReferenceID, ThisDN, Extensions: {} });
      }),
      answer('RequestQueryServer', (on, { attributes: { ReferenceID } }) => {
        on.send('EventCallCreated', created('before the answer'));
        on.send('EventError', { ReferenceID, ErrorCode: 1, ErrorMessage: 'not known' });
      }),
    ],
  });
  const heard: (string | Snapshot)[] = [];
  const complete = Promise.withResolvers<void>();
  const caughtUp = Promise.withResolvers<void>();
  const watch = new SiteConnection({
    site: 's',
    connection,
    link: {
      name: `s ${connection}`,
      servers: [server.address],
      applicationName: 'EXCP',
      metrics: readableMetrics().metrics,
    },
    clock: systemClock,
    logger: silentLogger,
    owner: 'one',
    streamNow: async () => streamMs(5),
    handler: {
      event: ({ message }) => void heard.push(message),
      snapshot: (item) => void heard.push(item),
      found: (event) => normalise(event, 's', { dispositionKey: 'DispositionCode' }) as never,
      caughtUp: (place) => {
        heard.push(`caught up with ${place}`);
        caughtUp.resolve();
      },
      complete: () => complete.resolve(),
      lost: () => undefined,
    },
  });
  onTestFinished(async () => {
    await watch.stop();
    await server.close();
  });
  watch.want(o.addresses ?? []);
  watch.start();
  await complete.promise;
  return { watch, heard, caughtUp: caughtUp.promise };
}

describe('the connection of calls', () => {
  it('says at once that it resynchronises, and at the end whether everything that lives was named', async () => {
    const base = { kind: 'calls-found', site: 's', since: 5, session: 'one:1', calls: [] };
    const { heard } = await watched({});
    expect(heard).toEqual([
      { ...base, complete: false },
      { ...base, complete: true },
    ]);
    for (const ResyncReliable of [0, '0']) {
      const unreliable = await watched({ ResyncReliable });
      expect(unreliable.heard.at(-1)).toEqual({ ...base, complete: true, reliable: false });
    }
  });

  it('has caught up when it answers, after everything that it told before, and also by a refusal', async () => {
    const { watch, heard, caughtUp } = await watched({});
    watch.ask(7);
    await caughtUp;
    expect(heard.slice(-2)).toEqual(['EventCallCreated', 'caught up with 7']);
  });
});

describe('what a connection has found', () => {
  const inShort = (heard: readonly (string | Snapshot)[]) =>
    heard.map((one) => {
      if (typeof one === 'string') return one;
      if (one.kind === 'calls-found') return one.calls.map(({ created: { call } }) => call).join(' ');
      return one.kind === 'queues-found' ? one.queues.map(({ queue }) => queue).join(' ') : one.kind;
    });

  it('of calls stands before an event that comes while it resynchronises', async () => {
    const { heard } = await watched(
      {},
      {
        resync: (on) => {
          for (const uuid of ['A', 'B'])
            on.send('EventCallCreated', created(uuid, { Extensions: { Resync: 1 } }));
          on.send('EventCallDeleted', created('A'));
          on.send('EventCallCreated', created('C', { Extensions: { Resync: 1 } }));
        },
      },
    );
    expect(inShort(heard)).toEqual(['', 'A B', 'EventCallDeleted', 'C']);
  });

  it('of queues stands before an event that comes while others are being registered', async () => {
    const diverted = (on: PeerConnection) =>
      on.send('EventDiverted', { ThisDN: '7000', ThisQueue: '7000', ...created('A') });
    const { heard } = await watched(
      {},
      { connection: 'queues', addresses: ['7000', '7001', '7002'], before: { 7002: diverted } },
    );
    expect(inShort(heard)).toEqual(['7000 7001', 'EventDiverted', '7002']);
  });
});
