/** The clock of waits when the clock of Redis jumps: Redis is played, time is a value. */
import { streamMs } from '@exec/common/instants';
import type { RedisConnection } from '@exec/common/redis';
import { FakeClock } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import type { ExcpKeys } from '../keys.ts';
import { StreamClock } from './stream-clock.ts';

const day = 86_400_000;
const begin = Date.UTC(2026, 0, 5, 8);

/** What two instances and their Redis know of time. */
function context() {
  const clock = new FakeClock();
  const server = { jumped: 0, shift: 0, commit: 'a/1', place: 0, answersAfter: 0 };
  const redisNow = () => begin + clock.monotonic() + server.jumped;
  const client = {
    evalsha: async () => {
      const now = redisNow();
      const time = [String(Math.floor(now / 1000)), String((now % 1000) * 1000)];
      const answer = [time, String(server.shift), server.commit, String(server.place)];
      if (server.answersAfter > 0) await clock.sleep(server.answersAfter);
      return answer;
    },
  };
  const redis = { client } as unknown as RedisConnection;
  const jumps: number[] = [];
  const instance = () =>
    new StreamClock({ redis, keys: {} as ExcpKeys, clock, onJump: (ms) => jumps.push(ms) });
  return { clock, server, redisNow, instance, jumps };
}

describe.each([
  ['ahead', day],
  ['back', -day],
])('the clock of Redis jumps a day %s', (_, by) => {
  it('and stream time goes on as if it had not', async () => {
    const { clock, server, redisNow, instance, jumps } = context();
    const one = instance();
    await one.look();
    await clock.advance(1_000);
    server.jumped = by;
    await one.look();
    expect(jumps).toEqual([by]);
    expect(one.now).toBe(begin + 1_000);
    await clock.advance(2_000);
    await one.look();
    expect(one.now).toBe(begin + 3_000);
    // What is stored now has the ID of the new time, or of the old one where the stream does not go back.
    expect(one.timesOf(`${Math.max(redisNow(), begin + 1_000)}-7`, 0).arrived).toBe(begin + 3_000);
    expect(jumps).toHaveLength(1);
  });

  it('and the instance that takes over comes to the same time, whoever noticed first', async () => {
    const { clock, server, instance } = context();
    const [active, standby] = [instance(), instance()];
    await Promise.all([active.look(), standby.look()]);
    server.jumped = by;
    await clock.advance(1_000);
    await Promise.all([active.look(), standby.look()]);
    expect(standby.now).toBe(active.now);
    // Its commit writes it.
    server.shift = active.shift;
    server.commit = 'a/2';
    for (let looks = 0; looks < 6; looks++) {
      await clock.advance(1_000);
      await Promise.all([active.look(), standby.look()]);
      expect([active.now, standby.now]).toEqual([clock.monotonic() + begin, clock.monotonic() + begin]);
    }
    const late = instance();
    await late.look();
    expect(late.now).toBe(active.now);
  });
});

it('an instance whose machine stood still takes over the time of the one that worked on', async () => {
  const { clock, server, instance, jumps } = context();
  const standby = instance();
  await standby.look();
  // Our monotonic clock did not count an hour: to us it looks as if Redis had jumped.
  server.jumped = 3_600_000;
  await standby.look();
  expect(jumps).toHaveLength(1);
  for (let looks = 0; looks < 4; looks++) {
    await clock.advance(1_000);
    server.commit = `a/${looks + 2}`;
    await standby.look();
  }
  expect(standby.now).toBe(begin + 4_000 + 3_600_000);
});

it('what is stored after a first answer that came late has its time: it is not before what was asked for before it', async () => {
  const { clock, server, instance } = context();
  const one = instance();
  server.answersAfter = 500;
  const looked = one.look();
  await clock.advance(500);
  await looked;
  await clock.advance(100);
  expect(one.timesOf(`${begin + 600}-0`, 0)).toEqual({ storedAt: begin + 600, arrived: begin + 600 });
  server.answersAfter = 0;
  await one.look();
  expect(one.now).toBe(begin + 600);
});

it('what waited in memory counts from when it came', async () => {
  const { clock, instance } = context();
  const one = instance();
  await one.look();
  await clock.advance(20_000);
  expect(one.timesOf(`${begin + 20_000}-0`, 19_500).arrived).toBe(begin + 500);
});

describe('what was stored before the clock of Redis jumped a day ahead, and is dealt with afterwards', () => {
  it('keeps its time with who saw the jump, though it took over meanwhile', async () => {
    const { clock, server, instance } = context();
    const standby = instance();
    await clock.advance(10_000);
    server.place = begin + 9_000;
    await standby.look();
    server.jumped = day;
    await clock.advance(1_000);
    await standby.look();
    expect(standby.timesOf(`${begin + 9_500}-0`, 0).arrived).toBe(begin + 9_500);
    expect(standby.timesOf(`${begin + 9_700}-0`, 600).arrived).toBe(begin + 9_100);
    expect(standby.timesOf(`${begin + day + 10_800}-0`, 0).arrived).toBe(begin + 10_800);
  });

  it('is not earlier than what was dealt with before it, with who has come since', async () => {
    const { clock, server, instance } = context();
    await clock.advance(10_000);
    // The second jump of a day: what the first one was is not known to who has come since.
    Object.assign(server, { jumped: 2 * day, shift: 2 * day, place: begin + 9_000 });
    const late = instance();
    await late.look();
    expect(late.timesOf(`${begin + day + 9_500}-0`, 0).arrived).toBe(begin + 9_000);
    expect(late.timesOf(`${begin + 2 * day + 9_900}-0`, 0).arrived).toBe(begin + 9_900);
    late.dealtUpTo(streamMs(begin + 9_900));
    expect(late.place).toBe(begin + 9_900);
  });
});

it('goes on with the time that it had when Redis loses all it knew, after a jump of its clock', async () => {
  const { clock, server, instance } = context();
  const [active, standby] = [instance(), instance()];
  await Promise.all([active.look(), standby.look()]);
  server.jumped = day;
  await Promise.all([active.look(), standby.look()]);
  Object.assign(server, { shift: active.shift, commit: 'a/2' });
  await Promise.all([active.look(), standby.look()]);
  Object.assign(server, { shift: 0, commit: '', place: 0 });
  await clock.advance(1_000);
  await Promise.all([active.look(), standby.look()]);
  expect([active.now, standby.now]).toEqual([begin + 1_000, begin + 1_000]);
});
