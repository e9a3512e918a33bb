import { FakeClock } from '@exec/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipSwitch } from '../../sip-server/index.ts';
import { AgentStates, followSwitch } from '../../stat-server/index.ts';
import type { DayBook } from './day-book.ts';
import { type DayOptions, type DayPlan, planDay } from './plan-day.ts';
import { playDay } from './play-day.ts';

const usual: DayOptions = {
  seed: 1,
  agents: 20,
  queues: 3,
  calls: 60,
  durationMs: 60_000,
  wrapupCodes: ['Sale', 'Other'],
};

function centre(agents: number, queues: number) {
  return {
    agents: Array.from({ length: agents }, (_, n) => ({
      employeeId: `E${n}`,
      loginCode: `70${n}`,
      dn: `50${n}`,
    })),
    queues: Array.from({ length: queues }, (_, n) => `VQ_${n}`),
    routingPoint: '8000',
  };
}

/** The day on a switch that a Stat Server follows, in the time of a test. */
async function play(plan: DayPlan, signal?: AbortSignal) {
  const clock = new FakeClock();
  const on = new SipSwitch({ name: 'X', now: () => clock.now(), seed: 'day' });
  const states = new AgentStates({ now: () => clock.now() });
  const there = centre(plan.options.agents, plan.options.queues);
  on.addDn('8000', 'RoutingPoint');
  for (const queue of there.queues) on.addDn(queue, 'VirtualQueue');
  for (const agent of there.agents) {
    on.addDn(agent.dn, 'Extension');
    states.addAgent(agent.employeeId);
  }
  followSwitch(states, on);
  const events: string[] = [];
  on.onEvent((event) => events.push(event.frame.message));
  let book: DayBook | undefined;
  let done = 0;
  const options = {
    clock,
    ...(signal === undefined ? {} : { signal }),
    switch: on,
    centre: there,
    onProgress: (count: number) => {
      done = count;
    },
  };
  const playing = playDay(plan, options).then((result) => {
    book = result;
  });
  playing.catch(() => undefined);
  const last = plan.moments.at(-1)?.at ?? 0;
  return { clock, on, states, events, playing, last, book: () => book, done: () => done };
}

describe('the plan of a day', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planDay(usual)).toEqual(planDay(usual));
    expect(planDay({ ...usual, seed: 2 }).moments).not.toEqual(planDay(usual).moments);
  });

  it('fits any contact centre: time never goes back, every call ends once, every agent has one call at a time', () => {
    const sizes = fc.record({
      seed: fc.integer(),
      agents: fc.integer({ min: 0, max: 30 }),
      queues: fc.integer({ min: 1, max: 4 }),
      calls: fc.integer({ min: 0, max: 200 }),
      durationMs: fc.integer({ min: 1000, max: 100_000 }),
    });
    fc.assert(
      fc.property(sizes, (options) => {
        const { moments } = planDay(options);
        const times = moments.map((moment) => moment.at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const ends = moments.flatMap((moment) =>
          moment.does === 'abandon' || moment.does === 'hangUp' ? [moment.call] : [],
        );
        expect(new Set(ends).size).toBe(options.calls);
        expect(ends).toHaveLength(options.calls);
        const ready = new Set<number>();
        for (const moment of moments) {
          if (moment.does === 'ready') ready.add(moment.agent);
          if (moment.does === 'notReady' || moment.does === 'logout' || moment.does === 'ring')
            expect(ready.delete(moment.agent) || moment.does !== 'ring').toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has some of everything in a usual mix', () => {
    const does = new Set(planDay({ ...usual, calls: 200 }).moments.map((moment) => moment.does));
    expect([...does].toSorted()).toEqual(
      [
        'abandon',
        'afterCallWork',
        'answer',
        'callIn',
        'disposition',
        'hangUp',
        'hold',
        'login',
        'logout',
        'notReady',
        'queue',
        'ready',
        'retrieve',
        'ring',
      ].toSorted(),
    );
  });
});

describe('a day that is played', () => {
  it('becomes what its book says: totals from the plan, last states as at Stat Server, no call left', async () => {
    const plan = planDay(usual);
    const day = await play(plan);
    await day.clock.advance(day.last + 1);
    await day.playing;
    const book = day.book();
    if (book === undefined) throw new Error('the day is not over');
    const count = (does: string) => plan.moments.filter((moment) => moment.does === does).length;
    expect(day.on.calls.size).toBe(0);
    expect(day.done()).toBe(plan.moments.length);
    expect(book.totals).toMatchObject({
      calls: 60,
      conversations: 60,
      answered: count('answer'),
      abandoned: count('abandon'),
      legs: { external: 60, queue: 60, user: count('ring') },
      holds: count('hold'),
      dispositions: count('disposition'),
    });
    expect(book.totals.stateChanges).toBe([...book.states.values()].flat().length);
    expect(day.events.filter((message) => message === 'EventCallDeleted')).toHaveLength(60);
    const statuses = {
      LoggedOut: 'LoggedOut',
      NotReady: 'NotReadyForNextCall',
      Ready: 'WaitForNextCall',
      AfterCallWork: 'AfterCallWork',
      OnCall: '',
    };
    for (const [employeeId, states] of book.states)
      expect(day.states.value(employeeId, 'DNStatus')?.Status).toBe(
        statuses[states.at(-1)?.engage ?? 'OnCall'],
      );
  });

  it('expects whole conversations, each in the order of its calls', async () => {
    const day = await play(planDay(usual));
    await day.clock.advance(day.last + 1);
    await day.playing;
    const conversations = day.book()?.conversations ?? [];
    expect(new Set(conversations.map((one) => one.call)).size).toBe(60);
    for (const { legs } of conversations) {
      expect(legs.map((leg) => leg.participant.split(':')[0])).toEqual(
        legs.length === 2 ? ['external', 'queue'] : ['external', 'queue', 'user'],
      );
      for (const leg of legs) {
        expect(leg.steps.filter((step) => step.startsWith('ended:'))).toHaveLength(1);
        expect(leg.times).toEqual(leg.times.toSorted((a, b) => a - b));
        expect(leg.steps).toHaveLength(leg.times.length);
      }
    }
  });

  it('keeps only states that differ for the far side', async () => {
    const day = await play(planDay(usual));
    await day.clock.advance(day.last + 1);
    await day.playing;
    for (const states of day.book()?.states.values() ?? []) {
      expect(states[0]).toMatchObject({
        engage: 'LoggedOut',
        presence: 'Offline',
        routingStatus: 'OffQueue',
      });
      for (const [index, state] of states.entries()) {
        const before = states[index - 1];
        expect(`${state.presence} ${state.routingStatus}`).not.toBe(
          `${before?.presence} ${before?.routingStatus}`,
        );
      }
    }
  });

  it('ends early when it is told to', async () => {
    const stop = new AbortController();
    const day = await play(planDay(usual), stop.signal);
    await day.clock.advance(day.last / 2);
    stop.abort(new Error('enough'));
    await expect(day.playing).rejects.toThrow('enough');
    expect(day.done()).toBeGreaterThan(0);
  });

  it('needs as many agents and queues as the plan has', async () => {
    const clock = new FakeClock();
    const on = new SipSwitch({ name: 'X', now: () => clock.now() });
    await expect(playDay(planDay(usual), { clock, switch: on, centre: centre(3, 3) })).rejects.toThrow(
      /more agents/,
    );
  });
});
