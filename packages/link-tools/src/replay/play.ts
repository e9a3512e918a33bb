/** Plays the servers of a recording through it, at its own pace or faster. */
import type { Clock } from '@exec/common/clock';
import type { Script, Stretch } from './script.ts';
import type { ReplayServer } from './server.ts';

export interface PlayOptions {
  readonly clock: Clock;
  readonly script: Script;
  readonly servers: readonly ReplayServer[];
  /** Milliseconds of the recording in one of now. */
  readonly speed: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  /** For clients that must come, or come back; milliseconds. */
  readonly patienceMs: number;
}

export interface Played {
  readonly events: number;
  /** Undefined: all of it was played. */
  readonly cut: 'stopped' | 'nobody watched' | undefined;
}

interface Moment {
  readonly at: number;
  readonly run: () => Promise<boolean>;
}

/** Begins when the clients watch all that was recorded. */
export async function play(options: PlayOptions): Promise<Played> {
  const { clock, servers, speed, signal } = options;
  for (const server of servers)
    if (!(await watched(server, options))) return { events: 0, cut: cutBy(signal) };
  let events = 0;
  const onPlayed = () => {
    events += 1;
  };
  const moments = servers
    .flatMap((server) =>
      server.stretches.flatMap((stretch, index) => momentsOf(server, stretch, index, options, onPlayed)),
    )
    .toSorted((a, b) => a.at - b.at);
  // What comes before the first event is no pause that has to be waited for.
  let begin = clock.monotonic() - (moments[0]?.at ?? 0) / speed;
  for (const { at, run } of moments) {
    try {
      await clock.sleep(Math.max(0, begin + at / speed - clock.monotonic()), signal);
    } catch {
      return { events, cut: 'stopped' };
    }
    const before = clock.monotonic();
    if (!(await run())) return { events, cut: cutBy(signal) };
    // While clients came back nothing went on.
    begin += Math.max(0, clock.monotonic() - before - 1);
  }
  return { events, cut: undefined };
}

function momentsOf(
  server: ReplayServer,
  stretch: Stretch,
  index: number,
  options: PlayOptions,
  onPlayed: () => void,
): Moment[] {
  const moments: Moment[] = stretch.events.map(({ at, frame, statistic }) => ({
    at,
    run: () => {
      server.tell(frame, statistic);
      onPlayed();
      return Promise.resolve(true);
    },
  }));
  if (index > 0)
    moments.push({
      at: stretch.openAt,
      run: async () => {
        await server.comeBack();
        return watched(server, options);
      },
    });
  if (stretch.lostAt !== undefined && index < server.stretches.length - 1)
    moments.push({
      at: stretch.lostAt,
      run: async () => {
        await server.lose();
        return true;
      },
    });
  return moments.toSorted((a, b) => a.at - b.at);
}

async function watched(server: ReplayServer, { clock, signal, patienceMs }: PlayOptions): Promise<boolean> {
  const late = new AbortController();
  const timer = clock.setTimer(patienceMs, () => late.abort());
  try {
    return await server.watched(AbortSignal.any([signal, late.signal]));
  } finally {
    timer.cancel();
  }
}

function cutBy(signal: AbortSignal): 'stopped' | 'nobody watched' {
  return signal.aborted ? 'stopped' : 'nobody watched';
}
