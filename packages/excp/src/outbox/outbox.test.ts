import { loggedLines } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import type { CloudScript, RequestFault } from '../testing/outbox-model.ts';
import { OutboxStand } from '../testing/outbox-stand.ts';
import type { OutboxEntry } from './entry.ts';

const start = Date.UTC(2026, 0, 5, 8);

/** Each call: a leg is established, answered twice over, and ends. IDs: `1-1` to `1-4` of the first call, and so on. */
function calls(count: number, events = 4): OutboxEntry[] {
  return Array.from({ length: count }, (_, call) =>
    Array.from({ length: events }, (__, n) =>
      entry({
        id: `${call + 1}-${n + 1}`,
        conversation: `site/call-${call + 1}`,
        establishes: n === 0,
        at: start + n * 1_000,
      }),
    ),
  ).flat();
}

function script(o: Partial<CloudScript> = {}): CloudScript {
  return { refusesRepeats: true, request: () => undefined, ...o };
}

const ids = (entries: readonly OutboxEntry[]) => entries.map(({ id }) => id);
const minutes = 60_000;

describe('a batch that is refused as a whole, of which one half is accepted', () => {
  it.each([401, 403, 429, 503] as const)(
    'has that half accepted once when the other half meets %i; no live leg becomes a dead letter',
    async (code) => {
      const entries = calls(4);
      const stand = new OutboxStand(
        entries,
        script({ request: (n) => ({ 1: 400, 3: code })[n as 1 | 3] as RequestFault | undefined }),
      );
      stand.commit(...entries);
      await stand.clock.advance(10 * minutes);
      expect(stand.accepted.toSorted()).toEqual(ids(entries));
      expect([stand.dead, stand.cloud.broken, stand.redis.out.size]).toEqual([[], [], 0]);
      expect(stand.results.filter(([, result]) => result === 'accepted')).toHaveLength(entries.length);
    },
  );
});

describe('an orderly stop', () => {
  it('lets the requests in flight finish, and writes what came of them', async () => {
    const entries = calls(3);
    const stand = new OutboxStand(entries, script({ delay: () => 3_000 }));
    stand.commit(...entries);
    await stand.clock.advance(10);
    const stopped = stand.outbox.stop();
    await stand.clock.advance(3_000);
    await stopped;
    expect(stand.accepted).toEqual(ids(entries));
    expect([stand.redis.out.size, stand.redis.sending.size, stand.clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('begins no further request, also not with the other half of a batch', async () => {
    const entries = calls(2);
    const stand = new OutboxStand(
      entries,
      script({ delay: () => 1_000, request: (n) => (n === 1 ? 400 : undefined) }),
    );
    stand.commit(...entries);
    await stand.clock.advance(1_500);
    const stopped = stand.outbox.stop();
    await stand.clock.advance(1_000);
    await stopped;
    expect(stand.requests).toEqual([ids(entries).join(' '), ids(entries.slice(0, 4)).join(' ')]);
    expect([...stand.redis.out]).toEqual(ids(entries.slice(4)));
  });

  it('cuts a request that does not end in time; its events are repeated by the next term', async () => {
    const entries = calls(1);
    const stand = new OutboxStand(entries, script({ delay: (n) => (n === 1 ? 60_000 : 0) }));
    stand.commit(...entries);
    await stand.clock.advance(10);
    const stopped = stand.outbox.stop();
    await stand.clock.advance(7_000);
    await stopped;
    expect([...stand.redis.sending.keys()]).toEqual(ids(entries));
    stand.begin();
    await stand.clock.advance(100);
    expect(stand.accepted).toEqual(ids(entries));
  });
});

describe('an event that was certainly not accepted', () => {
  it.each([401, 'later'] as const)(
    'because of %s is no repeat for the next term: its refusal makes a dead letter',
    async (why) => {
      const entries = calls(1);
      let isFirst = true;
      const stand = new OutboxStand(
        entries,
        script({
          request: () => (isFirst && why === 401 ? 401 : undefined),
          event: (id) => (isFirst ? 'later' : id === entries[0]?.event.event.eventId ? 'never' : undefined),
        }),
      );
      stand.commit(...entries);
      await stand.clock.advance(50);
      await stand.outbox.stop();
      expect([stand.redis.sending.size, stand.redis.out.size]).toEqual([0, 4]);
      isFirst = false;
      stand.begin();
      await stand.clock.advance(1_000);
      expect([stand.dead, stand.accepted]).toEqual([ids(entries), []]);
    },
  );
});

describe('a dead letter', () => {
  it('takes what still comes for its leg, and nothing when somebody has dropped it', async () => {
    const entries = calls(1, 5);
    const [opens, second, third, ...rest] = entries as [
      OutboxEntry,
      OutboxEntry,
      OutboxEntry,
      ...OutboxEntry[],
    ];
    const stand = new OutboxStand(entries, script({ event: () => 'never' }));
    stand.commit(opens, second);
    await stand.clock.advance(100);
    stand.commit(third);
    await stand.outbox.written();
    expect(stand.dead).toEqual(['1-1', '1-2', '1-3']);
    stand.redis.letters.clear();
    stand.commit(...rest);
    await stand.outbox.written();
    expect([stand.dead, stand.redis.out.size, stand.cloud.requests.length]).toEqual([[], 0, 1]);
  });

  it('that is sent again while an event joins it loses none: the letter is complete before it is read', async () => {
    const entries = calls(1);
    const [opens, second, ...rest] = entries as [OutboxEntry, OutboxEntry, ...OutboxEntry[]];
    const stand = new OutboxStand(entries, script({ event: () => 'never' }));
    stand.commit(opens, second);
    await stand.clock.advance(100);
    stand.redis.fault = (n) => (n < stand.redis.calls + 1 ? undefined : 'away');
    stand.commit(...rest);
    const written = stand.outbox.written();
    await stand.clock.advance(500);
    stand.redis.fault = () => undefined;
    await stand.clock.advance(5_000);
    await written;
    expect(stand.dead).toEqual(ids(entries));
  });
});

describe('a wake-up', () => {
  it('that comes when a request ends while the sender looks for the last time is not lost', async () => {
    const entries = calls(9);
    const stand = new OutboxStand(entries, script({ delay: (n) => n }));
    // One call each, so that all places are taken and the ninth waits for one of them.
    for (let call = 0; call < 9; call++) {
      stand.commit(...entries.slice(call * 4, call * 4 + 4));
      await stand.clock.advance(0);
    }
    await stand.clock.advance(1_000);
    expect(stand.accepted.toSorted()).toEqual(ids(entries));
  });
});

describe('while Redis takes no writes', () => {
  it.each(['OOM', 'READONLY', 'away'] as const)(
    'with %s what is in flight is written later, nothing unmarked is sent, and the health says why',
    async (fault) => {
      const entries = calls(6);
      const { logger, lines } = loggedLines();
      const stand = new OutboxStand(entries, script({ delay: () => 1_000 }), logger);
      stand.cloud.onRequest = (sent) => {
        const marked = new Set(stand.redis.sending.keys());
        const idOf = new Map(entries.map(({ id, event }) => [event.event.eventId, id]));
        for (const id of sent)
          if (!marked.has(idOf.get(id) ?? '')) stand.cloud.broken.push(`${id} is not marked`);
      };
      stand.commit(...entries.slice(0, 8));
      await stand.clock.advance(10);
      stand.redis.fault = () => fault;
      await stand.clock.advance(20_000);
      stand.commit(...entries.slice(8));
      await stand.clock.advance(20_000);
      // Deleting is possible in a full Redis.
      expect(stand.redis.out.size).toBe(fault === 'OOM' ? 16 : 24);
      expect(stand.accepted).toEqual(ids(entries.slice(0, 8)));
      expect(stand.detail.outbox).toContain('cannot be written');
      stand.redis.fault = () => undefined;
      await stand.clock.advance(minutes);
      expect(stand.accepted).toEqual(ids(entries));
      expect([stand.redis.out.size, stand.redis.sending.size, stand.cloud.broken]).toEqual([0, 0, []]);
      expect(stand.detail).toEqual({ outbox: true, 'event-delivery': true });
      expect(lines().filter(({ level }) => level === 'warn' || level === 'error')).toHaveLength(1);
    },
  );

  it('a stop does not wait for marks that cannot be written', async () => {
    const entries = calls(1);
    const stand = new OutboxStand(entries, script());
    await stand.clock.advance(10);
    stand.redis.fault = () => 'READONLY';
    stand.commit(...entries);
    await stand.clock.advance(1_000);
    const stopped = stand.outbox.stop();
    await stand.clock.advance(7_000);
    await stopped;
    expect([stand.cloud.requests, stand.redis.out.size]).toEqual([[], 4]);
  });

  it('the outcomes of a term that ends are repeated by the next as what they are', async () => {
    const entries = calls(2);
    const stand = new OutboxStand(entries, script({ delay: () => 100 }));
    stand.commit(...entries);
    await stand.clock.advance(10);
    stand.redis.fault = () => 'READONLY';
    await stand.clock.advance(1_000);
    const stopped = stand.outbox.stop();
    await stand.clock.advance(2_000);
    await stopped;
    stand.redis.fault = () => undefined;
    stand.cloud.confirmed.clear();
    stand.begin();
    await stand.clock.advance(1_000);
    expect([stand.accepted, stand.dead, stand.redis.out.size]).toEqual([ids(entries), [], 0]);
  });
});

describe('an outage of the cloud', () => {
  it('that answers 500 to every request for ten minutes makes no dead letters of many calls', async () => {
    const entries = calls(5);
    let isBroken = true;
    const stand = new OutboxStand(entries, script({ request: () => (isBroken ? 500 : undefined) }));
    stand.commit(...entries);
    await stand.clock.advance(10 * minutes);
    expect([stand.accepted, stand.dead, stand.outbox.size]).toEqual([[], [], entries.length]);
    isBroken = false;
    await stand.clock.advance(minutes);
    expect([stand.accepted, stand.dead]).toEqual([ids(entries), []]);
  });

  it('is said once, however often it is tried, and shown as long as it lasts', async () => {
    const entries = calls(2);
    const { logger, lines } = loggedLines();
    let code: RequestFault | undefined = 403;
    const stand = new OutboxStand(entries, script({ request: () => code }), logger);
    stand.commit(...entries);
    await stand.clock.advance(10 * minutes);
    expect(stand.detail['event-delivery']).toContain('HTTP 403');
    code = 401;
    await stand.clock.advance(10 * minutes);
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(2);
    code = undefined;
    await stand.clock.advance(minutes);
    expect(stand.detail['event-delivery']).toBe(true);
    expect(stand.accepted).toEqual(ids(entries));
  });
});

it('says what waits, how old it is, and what is held back', async () => {
  const entries = calls(2);
  let refused = true;
  const stand = new OutboxStand(
    entries,
    script({ event: (id) => (refused && id === entries[0]?.event.event.eventId ? 'later' : undefined) }),
  );
  const figures = () => {
    const { size, heldBack, oldest } = stand.outbox;
    return { size, heldBack, oldest, waits: [1, 2].map((n) => stand.outbox.waits(`site/call-${n}`)) };
  };
  expect(figures()).toEqual({ size: 0, heldBack: 0, oldest: undefined, waits: [false, false] });
  stand.commit(...entries);
  expect(figures()).toEqual({ size: 8, heldBack: 0, oldest: start, waits: [true, true] });
  await stand.clock.advance(100);
  expect(figures()).toEqual({ size: 4, heldBack: 4, oldest: start, waits: [true, false] });
  expect(stand.outbox.all.all.map(({ id }) => id)).toEqual(ids(entries.slice(0, 4)));
  refused = false;
  await stand.clock.advance(minutes);
  expect(figures()).toEqual({ size: 0, heldBack: 0, oldest: undefined, waits: [false, false] });
});

it('holds all back while nothing can be sent', async () => {
  const entries = calls(1);
  const stand = new OutboxStand(entries, script({ request: () => 401 }));
  stand.commit(...entries);
  await stand.clock.advance(100);
  expect([stand.outbox.size, stand.outbox.heldBack]).toEqual([4, 4]);
});

it('forgets the dead legs of a conversation that is no longer stored, and one that is sent again', async () => {
  const entries = calls(2);
  const stand = new OutboxStand(
    entries,
    script({
      event: (id) =>
        entries.some((one) => one.establishes && one.event.event.eventId === id) ? 'never' : undefined,
    }),
  );
  stand.commit(...entries);
  await stand.clock.advance(100);
  const fields = () => [1, 2].map((n) => stand.outbox.deadLegFields(`site/call-${n}`).length);
  expect([stand.dead.length, fields()]).toEqual([8, [1, 1]]);
  stand.outbox.forget('site/call-1');
  stand.outbox.revive('site/call-2', 'p:one');
  expect(fields()).toEqual([0, 0]);
});
