/** What is measured of a stage while it works: memory, handles, what Redis holds and what waits in it, processor time. */
import { readdir, readFile } from 'node:fs/promises';
import { cpuOf, rssOf } from '../bench/measure.ts';
import { redisCommand } from '../chaos/stage/redis-admin.ts';
import { type ServiceName, serviceNames } from '../chaos/stage/services.ts';
import type { Stage } from '../chaos/stage/stage.ts';
import type { Point } from './growth.ts';
import { liveMemoryOf } from './live-memory.ts';
import type { Part } from './restarts.ts';

const mebibyte = 2 ** 20;
/** A full collection holds a process for a moment: it is made with every third sample only. */
const collectedEvery = 3;

export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** A restart of this part begins anew; undefined: what is measured outlives restarts. */
  readonly part: Part | undefined;
  /** Growth in an hour, in its unit, below which it is not said to grow; undefined: it is shown, not judged. */
  readonly least: number | undefined;
  /** It takes longer to level off than there is between two restarts. */
  readonly warmsSlowly?: boolean;
}

/**
 * MiB an hour that say nothing. EXAS and EXCP keep lists with a bound, which are full half an hour after a start, and get
 * warm until then: in EXAS the last 20,000 states that were sent, in EXCP the names of 50,000 forgotten calls.
 */
const slack: Readonly<Record<Exclude<Part, 'redis'>, number>> = { excs: 2, exas: 5, excp: 5 };

const processes = [
  ...serviceNames.map((name) => ({ name, part: name.split('-')[0] as Part })),
  { name: 'redis', part: 'redis' as const },
];

/** In the order in which they are shown. */
export const figures: readonly Figure[] = [
  ...serviceNames.map((name) => {
    const part = name.split('-')[0] as keyof typeof slack;
    return { name: `${name}: live memory`, unit: 'MiB', part, least: slack[part], warmsSlowly: true };
  }),
  ...processes.map(({ name, part }) => ({ name: `${name}: memory`, unit: 'MiB', part, least: undefined })),
  ...processes.map(({ name, part }) => ({ name: `${name}: handles`, unit: 'handles', part, least: 2 })),
  { name: 'Redis: data without claims', unit: 'MiB', part: undefined, least: 1 },
  { name: 'Redis: keys without claims', unit: 'keys', part: undefined, least: 10 },
  { name: 'EXCP: events not processed', unit: 'events', part: undefined, least: 50 },
  { name: 'EXCP: events not accepted', unit: 'events', part: undefined, least: 50 },
  { name: 'EXCP: open conversations', unit: 'conversations', part: undefined, least: 10 },
  { name: 'EXAS: states not accepted', unit: 'agents', part: undefined, least: 10 },
  // Kept for an hour by time of the event: they grow for that long, however long a run is, and with them all of Redis.
  { name: 'Redis: claims', unit: 'MiB', part: undefined, least: undefined },
];

/**
 * Of all keys: bytes of the sets of claimed events (a set for each minute), bytes and number of the others, entries of the
 * two streams. A sample of each set is enough: there are thousands of claims in it; the others are measured whole.
 */
const redisScript = `
local claims, data, keys, waits, unsent, cursor = 0, 0, 0, 0, 0, '0'
repeat
  local page = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    if key:find(':excp:seen', 1, true) then claims = claims + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 5)
    else
      keys = keys + 1
      data = data + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)
    end
    if key:find(':excp:in$') then waits = redis.call('XLEN', key) end
    if key:find(':excp:out$') then unsent = redis.call('XLEN', key) end
  end
until cursor == '0'
return table.concat({ claims, data, keys, waits, unsent }, ' ')`;

export class Samples {
  readonly points = new Map<string, Point[]>();
  readonly #stage: Stage;
  readonly #began: number;
  readonly #logOf: (name: ServiceName) => string;
  readonly #cpu = new Map<number, number>();
  #ownCpuMs = 0;
  #taken = 0;

  /** `began`: reading of `performance.now()`; `logOf`: where a service, started with an inspector, writes. */
  constructor(stage: Stage, o: { readonly began: number; readonly logOf: (name: ServiceName) => string }) {
    this.#stage = stage;
    this.#began = o.began;
    this.#logOf = o.logOf;
  }

  /** Milliseconds of processor time that this process and those it started have used between samples. */
  get ownCpuMs(): number {
    return this.#ownCpuMs;
  }

  /** What cannot be measured at the moment, because it is being restarted, is left out. */
  async take(): Promise<void> {
    const { services, redis } = this.#stage;
    const at = (performance.now() - this.#began) / 1000;
    const note = (name: string, value: number) => {
      const points = this.points.get(name) ?? [];
      points.push({ at, value });
      this.points.set(name, points);
    };
    const pids = [
      ...serviceNames.map((name) => [name, services[name].pid] as const),
      ['redis', redis.pid] as const,
    ];
    await Promise.all([
      ...pids.map(async ([name, pid]) => {
        if (pid === undefined) return;
        await left(async () => {
          const handles = await readdir(`/proc/${pid}/fd`);
          note(`${name}: handles`, handles.length);
          note(`${name}: memory`, await rssOf(pid));
        });
      }),
      ...(this.#taken++ % collectedEvery === 0 ? serviceNames : []).map((name) =>
        left(async () => note(`${name}: live memory`, (await liveMemoryOf(this.#logOf(name))) / mebibyte)),
      ),
      left(() => this.#redis(note)),
      left(async () => {
        const waiting = await Promise.all(
          (['exas-1', 'exas-2'] as const).map((name) => services[name].metric('exas_pending_agents')),
        );
        note('EXAS: states not accepted', sum(waiting));
      }),
      left(async () => {
        const open = await Promise.all(
          (['excp-1', 'excp-2'] as const).map((name) => services[name].metric('excp_open_conversations')),
        );
        note('EXCP: open conversations', Math.max(...open));
      }),
    ]);
    await this.#countCpu([process.pid, this.#stage.postgres.pid, ...pids.map(([, pid]) => pid)]);
  }

  async #redis(note: (name: string, value: number) => void): Promise<void> {
    const { url } = this.#stage.redis;
    const script = redisScript.replaceAll('\n', ' ');
    const answer = await redisCommand(url, `EVAL "${script}" 0`);
    const [
      claimed = Number.NaN,
      data = Number.NaN,
      keys = Number.NaN,
      waits = Number.NaN,
      unsent = Number.NaN,
    ] = (answer.split('\r\n')[1] ?? '').split(' ').map(Number);
    note('Redis: claims', claimed / mebibyte);
    note('Redis: data without claims', data / mebibyte);
    note('Redis: keys without claims', keys);
    note('EXCP: events not processed', waits);
    note('EXCP: events not accepted', unsent);
  }

  async #countCpu(pids: readonly (number | undefined)[]): Promise<void> {
    for (const pid of pids) {
      if (pid === undefined) continue;
      await left(async () => {
        const now = await cpuOf(pid);
        this.#ownCpuMs += now - (this.#cpu.get(pid) ?? 0);
        this.#cpu.set(pid, now);
      });
    }
  }
}

/** Milliseconds of processor time that all programs of the machine have used. */
export async function cpuOfMachine(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) * 10;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function left(take: () => Promise<void>): Promise<void> {
  try {
    await take();
  } catch {
    // The process has ended, or does not answer yet: the next sample has it again.
  }
}
