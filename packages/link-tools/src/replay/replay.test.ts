/** What was recorded is told again: a recording of a replay holds the same frames. */

import { systemClock } from '@exec/common/clock';
import { FakeClock } from '@exec/common/testing';
import type { Frame } from '@exec/engage-link/wire';
import { TestCaller } from '@exec/simulators/scenarios';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Masker } from '../mask/mask.ts';
import { Recorder, type RecorderOptions } from '../record/recorder.ts';
import { type FrameLine, parseRecording } from '../record/recording.ts';
import { Mutant } from '../testing/mutant.ts';
import { sitePeople, startSite } from '../testing/site.ts';
import { play } from './play.ts';
import { namesIn, scriptOf } from './script.ts';
import { ReplayServer } from './server.ts';
import { Times } from './times.ts';

const keyA = new Masker(Buffer.from('the key of the first'));
const keyB = new Masker(Buffer.from('the key of the second'));

interface Taken {
  readonly text: () => string;
  /** Resolves when so many frames with that name have been recorded. */
  until(message: string, count: number): Promise<void>;
  /** Resolves when so many frames of the story of that connection have been recorded. */
  untilStory(connection: string, count: number): Promise<void>;
  stop(): Promise<{ readonly ended: string; readonly frames: number }>;
  readonly said: string[];
}

function take(options: Partial<RecorderOptions>): Taken {
  const lines: string[] = [];
  const said: string[] = [];
  const waits = new Set<() => void>();
  const stop = new AbortController();
  const running = new Recorder({
    clock: systemClock,
    client: { applicationName: 'record' },
    masker: keyA,
    switchName: 'SIP_Switch',
    write: (line) => {
      lines.push(line);
      for (const look of [...waits]) look();
    },
    say: (text) => said.push(text),
    maxMs: 300_000,
    maxBytes: 10_000_000,
    signal: stop.signal,
    ...options,
  }).run();
  const text = () => lines.join('');
  const when = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        waits.delete(look);
        resolve();
      };
      waits.add(look);
      look();
    });
  return {
    text,
    said,
    until: (message, count) =>
      when(() => lines.filter((line) => line.includes(`"${message}"`)).length >= count),
    untilStory: (connection, count) => when(() => storyOf(text(), connection).length >= count),
    stop: () => {
      stop.abort();
      return running;
    },
  };
}

const withoutTimes = ({ message, attributes }: Frame) => {
  const { TimeinSecs: _, TimeinuSecs: __, EventSequenceNumber: ___, ReferenceID: ____, ...rest } = attributes;
  return JSON.stringify({ message, attributes: rest }, (key, value: unknown) => (key === 'Time' ? 0 : value));
};
const opening = /^Event(?:ServerConnected|LinkConnected|ServerInfo|ACK)$/;
const storyOf = (text: string, connection: string): Frame[] =>
  parseRecording(text)
    .lines.filter((line): line is FrameLine => 'connection' in line && line.connection === connection)
    .map(({ frame }) => frame)
    .filter(({ message }) => !opening.test(message));

async function recordedSite() {
  const site = await startSite();
  onTestFinished(() => site.close());
  const { sites, stat } = site.addresses;
  const sip = sites[0]?.sip[0] ?? stat[0];
  const on = site.switches.get('SIP_Switch');
  if (on === undefined) throw new Error('no switch');
  const target = {
    address: sip,
    extensions: sitePeople.agents.map(({ dn }) => dn),
    queues: sitePeople.queues,
  };
  const agents = sitePeople.agents.map(({ employeeId }) => employeeId);
  return {
    caller: new TestCaller(on, sitePeople),
    targets: { sip: target, stat: { address: stat[0], agents, tenant: 'Resources' } },
  };
}

describe('a recording', () => {
  it('told again, four times as fast, is the same recording with other times', async () => {
    const { caller, targets } = await recordedSite();
    // One call is live when the recording begins.
    caller.begin('call');
    const first = take(targets);
    await first.until('ResyncDone', 1);
    await first.until('RequestOpenStatistic', 12);
    caller.goOn();
    caller.begin('abandon');
    caller.begin('consult');
    caller.begin('state');
    await first.until('EventCallDeleted', 4);
    await first.until('EventAgentReady', 2);
    // The other connections may be read later: their last frames are a diversion, and a state in each of two statistics.
    await first.until('EventDiverted', 1);
    await first.until('EventInfo', 6 + 32);
    expect(await first.stop()).toMatchObject({ ended: 'stopped' });
    const text = first.text();
    for (const value of [
      ...sitePeople.agents.flatMap((one) => Object.values(one)),
      ...sitePeople.queues,
      '+9999',
    ])
      expect(text).not.toContain(`"${value}`);

    const script = scriptOf(parseRecording(text));
    script.times.move(script.startedAt, Date.now(), 4);
    const servers = await Promise.all(
      (['sip', 'stat'] as const).map((kind) =>
        ReplayServer.start({
          kind,
          stretches: script[kind],
          times: script.times,
          host: '127.0.0.1',
          port: 0,
        }),
      ),
    );
    for (const server of servers) onTestFinished(() => server.close());
    const names = namesIn(script, 'DispositionCode');
    expect([names.extensions.length, names.queues.length, names.employees.length]).toEqual([3, 2, 3]);
    expect(names.people.map(({ loginCode }) => loginCode).toSorted()).toEqual(
      ['7001', '7002'].map((code) => keyA.text(code)).toSorted(),
    );
    const [sipAddress, statAddress] = servers.map(({ address }) => address);
    if (sipAddress === undefined || statAddress === undefined) throw new Error('no servers');
    const second = take({
      masker: keyB,
      sip: { address: sipAddress, extensions: names.extensions, queues: names.queues },
      stat: { address: statAddress, agents: names.employees, tenant: 'Resources' },
    });
    const signal = new AbortController().signal;
    const played = await play({ clock: systemClock, script, servers, speed: 4, signal, patienceMs: 60_000 });
    expect(played.cut).toBeUndefined();
    const connections = ['calls', 'queues', 'extensions', 'stat'];
    for (const connection of connections)
      await second.untilStory(connection, storyOf(text, connection).length);
    await second.stop();
    for (const connection of connections)
      expect([connection, storyOf(second.text(), connection).map(withoutTimes)]).toEqual([
        connection,
        storyOf(text, connection).map((frame) => withoutTimes(keyB.frame(frame))),
      ]);
  });

  it('goes on after a loss, and tells the loss again', async () => {
    const { caller, targets } = await recordedSite();
    const relay = await Mutant.start(targets.sip.address, (frame) => [frame]);
    onTestFinished(() => relay.close());
    const clock = new FakeClock(Date.now());
    const first = take({ clock, sip: { ...targets.sip, address: relay.address } });
    await first.until('ResyncDone', 1);
    caller.begin('call');
    await first.until('EventCallCreated', 1);
    relay.drop();
    await first.until('lost', 1);
    await clock.advance(2_100);
    await first.until('ResyncDone', 2);
    caller.goOn();
    await first.until('EventCallDeleted', 1);
    await first.stop();
    expect(first.said).toEqual([
      'sip: recording',
      expect.stringMatching(/^sip: lost \(.*\), trying again$/),
      'sip: recording',
    ]);
    const { sip } = scriptOf(parseRecording(first.text()));
    expect(sip.map(({ resync, lostAt }) => [resync.length > 0, lostAt !== undefined])).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  it('ends when it is full, when its time is over, and when nobody answers', async () => {
    const { targets } = await recordedSite();
    const full = take({ ...targets, maxBytes: 1_000 });
    await full.until('ended', 1);
    expect(await full.stop()).toMatchObject({ ended: 'size' });
    expect(Buffer.byteLength(full.text())).toBeLessThan(1_100);
    const timed = take({ ...targets, maxMs: 1 });
    await timed.until('ended', 1);
    expect(await timed.stop()).toMatchObject({ ended: 'time' });
    const nobody = take({ sip: { ...targets.sip, address: { host: '127.0.0.1', port: 1, tls: false } } });
    await nobody.until('ended', 1);
    expect(await nobody.stop()).toMatchObject({ ended: 'given-up', frames: 0 });
    expect(nobody.said.join()).toContain('ECONNREFUSED');
  });

  it('that was cut off in a line is read up to there; what is none is refused', () => {
    const header = '{"format":"engage-link-recording/1","startedAt":1,"switch":"t"}\n';
    const line = '{"at":1,"server":"sip","state":"open"}\n';
    expect(parseRecording(`${header}${line}{"at":2,"ser`).lines).toHaveLength(1);
    expect(() => parseRecording('{}\n')).toThrow(/line 1/);
    expect(() => parseRecording(`${header}${line}{"at":-1}\n`)).toThrow(/line 3/);
  });
});

describe('times that are moved', () => {
  const at = (micros: number): Frame => ({
    message: 'EventX',
    attributes: { TimeinSecs: Math.floor(micros / 1e6), TimeinuSecs: micros % 1e6, EventSequenceNumber: 1 },
  });
  const moved = (times: Times, micros: number) => {
    const { TimeinSecs, TimeinuSecs } = times.retimed(at(micros)).attributes;
    return Number(TimeinSecs) * 1e6 + Number(TimeinuSecs);
  };

  it('keep their order and what was equal, however fast', () => {
    const times = new Times();
    const learned = [5_000_000, 5_000_001, 5_000_002, 9_000_000];
    for (const micros of [...learned, ...learned]) times.learn(at(micros));
    times.ordered().move(5_000, 100_000, 1_000);
    const retimed = learned.map((micros) => moved(times, micros));
    expect(retimed).toEqual([100_000_000, 100_000_001, 100_000_002, 100_004_000]);
    expect(moved(times, 5_000_001)).toBe(100_000_001);
  });

  it('stay what they were without a move', () => {
    const times = new Times();
    times.learn(at(5_000_001));
    expect(times.ordered().retimed(at(5_000_001)).attributes).toEqual({ TimeinSecs: 5, TimeinuSecs: 1 });
  });

  it('of states move with them', () => {
    const times = new Times();
    times.ordered().move(1_000_000, 2_000_000, 2);
    const frame = {
      message: 'EventInfo',
      attributes: { ObjectValue: { Time: 1_010, Place: { DnStatuses: [{ Time: 1_020 }] } } },
    };
    expect(times.retimed(frame).attributes).toEqual({
      ObjectValue: { Time: 2_005, Place: { DnStatuses: [{ Time: 2_010 }] } },
    });
  });
});
