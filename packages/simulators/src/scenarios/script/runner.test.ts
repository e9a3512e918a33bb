import type { Clock } from '@exec/common/clock';
import { FakeClock } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import type { SwitchEvent } from '../../sip-server/index.ts';
import { scenarioNamed, scenarios } from '../library/index.ts';
import { produce, switchesFor } from './production.ts';
import { record } from './recording.ts';
import { ScenarioRunner } from './runner.ts';
import type { Played } from './scenario.ts';

function stageFor(names: readonly string[], o: { times?: number; speed?: number } = {}) {
  const clock = new FakeClock();
  const production = produce(names.map(scenarioNamed), { times: o.times ?? 1 });
  const switches = switchesFor(production, { now: () => clock.now(), seed: 'recording' });
  const events: SwitchEvent[] = [];
  for (const on of switches.values()) on.onEvent((event) => events.push(event));
  const watching: [boolean, number][] = [];
  const begin = clock.now();
  const runner = new ScenarioRunner({
    clock,
    switches,
    speed: o.speed ?? 1,
    hooks: { watching: (on) => watching.push([on, clock.now() - begin]) },
  });
  return { clock, production, runner, events, watching, switches };
}

const withoutTime = ({ frame }: SwitchEvent) => {
  const { TimeinSecs: _, TimeinuSecs: __, ...attributes } = frame.attributes;
  return { message: frame.message, attributes };
};

describe('the runner', () => {
  it('brings about the same events as a recording, at the same offsets', async () => {
    const { clock, production, runner, events } = stageFor(['conference-of-many', 'two-sites-transferred'], {
      times: 3,
    });
    const begin = clock.now();
    const playing = runner.playAll(production.performances, 700);
    await clock.advance(100_000);
    const played = await playing;
    const recording = record(production, { everyMs: 700, startedAt: begin });
    const recorded = recording.recorded.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
    expect(events.map(withoutTime)).toEqual(recorded.map(withoutTime));
    expect(played.map((one) => one.expected)).toEqual(recording.played.map((one) => one.expected));
  });

  it('plays faster when told so, and expects it faster', async () => {
    const { clock, production, runner } = stageFor(['inbound-queue-call'], { speed: 10 });
    const begin = clock.now();
    const playing = runner.playAll(production.performances);
    await clock.advance(5000);
    const [played] = await playing;
    const ends = played?.expected[0]?.legs.map((leg) => (leg.times.at(-1) ?? 0) - begin);
    expect(ends).toEqual([3000, 600, 3000]);
  });

  it('expects what it plays late at the time at which it plays it', async () => {
    const { clock, production, switches } = stageFor(['inbound-queue-call']);
    const late: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (ms, callback) => clock.setTimer(ms, callback),
      sleep: (ms, signal) => clock.sleep(ms === 0 ? 0 : ms + 4000, signal),
    };
    const begin = clock.now();
    const playing = new ScenarioRunner({ clock: late, switches }).playAll(production.performances);
    await clock.advance(50_000);
    const [played] = await playing;
    const ends = played?.expected[0]?.legs.map((leg) => (leg.times.at(-1) ?? 0) - begin);
    expect(ends).toEqual([34_000, 10_000, 34_000]);
  });

  it('tells when the connections are to break and to return', async () => {
    const { clock, production, runner, watching } = stageFor(['changed-in-gap']);
    const playing = runner.playAll(production.performances);
    await clock.advance(60_000);
    await playing;
    expect(watching).toEqual([
      [false, 15_000],
      [true, 35_000],
    ]);
  });

  it('plays hundreds side by side, no call being left', async () => {
    const usual = scenarios.filter((one) => !one.solo).map((one) => one.name);
    const { clock, production, runner, switches } = stageFor(usual, { times: 5 });
    const playing = runner.playAll(production.performances, 100);
    await clock.advance(200_000);
    expect(await playing).toHaveLength(usual.length * 5);
    expect([...switches.values()].flatMap((on) => [...on.calls.keys()])).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('says which performance was stopped in the middle', async () => {
    const { clock, production, runner } = stageFor(['hold']);
    const outcome: Promise<Played[] | Error> = runner
      .playAll(production.performances)
      .catch((error: Error) => error);
    await clock.advance(10_000);
    runner.stop();
    expect(await outcome).toBeInstanceOf(Error);
    expect(clock.pendingTimers).toBe(0);
  });
});
