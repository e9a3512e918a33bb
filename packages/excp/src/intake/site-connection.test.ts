import { systemClock } from '@exec/common/clock';
import { streamMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { accept, answer, keepAlive, LinkServer, readableMetrics } from '@exec/engage-link/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Snapshot } from '../events/snapshots.ts';
import { normalise } from './normalise.ts';
import { SiteConnection } from './site-connection.ts';

/** Connection of calls to a server that ends each resync with these extensions, and with live events before it. */
async function watched(done: object) {
  const server = await LinkServer.start({
    behaviours: [
      accept({ linked: true }),
      keepAlive,
      answer('RequestStartCallMonitoring', (on, { attributes: { ReferenceID } }) => {
        on.send('EventACK', { ReferenceID, Extensions: { Resync: 1 } });
        on.send('EventACK', { ReferenceID, Extensions: { ResyncDone: 1, ...done } });
      }),
      answer('RequestQueryServer', (on, { attributes: { ReferenceID } }) => {
        on.send('EventCallCreated', {
          CallUUID: 'before the answer',
          ConnID: '0000000000000001',
          CallType: 'Inbound',
          TimeinSecs: 1_700_000_000,
          TimeinuSecs: 0,
        });
        on.send('EventError', { ReferenceID, ErrorCode: 1, ErrorMessage: 'not known' });
      }),
    ],
  });
  const heard: (string | Snapshot)[] = [];
  const complete = Promise.withResolvers<void>();
  const caughtUp = Promise.withResolvers<void>();
  const watch = new SiteConnection({
    site: 's',
    connection: 'calls',
    link: {
      name: 's calls',
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
