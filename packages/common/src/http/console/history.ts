/** What the last hour was like, from the metrics: requests to Genesys Cloud and how long deliveries took. */
import type { Registry } from 'prom-client';
import type { Clock, Timer } from '../../time/clock.ts';

/** Milliseconds between two looks, and how many are kept: an hour, and the one before. */
const stepMs = 10_000;
const stepsOfMinute = 6;
const kept = 60 * stepsOfMinute + 1;

export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requests: number;
  /** Deliveries by the upper edge of their bucket in seconds, each with those of the buckets below it. */
  readonly delays: readonly (readonly [edge: number, count: number])[];
}

export interface Minute {
  /** ISO 8601: its end. */
  readonly at: string;
  readonly requests: number;
  /** Seconds within which half, and 95 of 100, of its deliveries were done; null without any. */
  readonly delayMedian: number | null;
  readonly delayHigh: number | null;
}

const requestsMetric = 'exec_genesys_cloud_requests_total';
const budgetMetric = 'exec_genesys_cloud_budget_requests_per_minute';

/** What is delivered by each service, with the metric that measures it. */
const delays: Readonly<Record<string, readonly [metric: string, text: string]>> = {
  exas: ['exas_state_delivery_seconds', 'From Stat Server to accepted'],
  excp: ['excp_event_delivery_seconds', 'From SIP Server to accepted'],
  excs: ['exec_genesys_cloud_request_duration_seconds', 'Answers of Genesys Cloud'],
};

export class History {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #delayMetric: string;
  /** Of what the delays are. */
  readonly delayOf: string;
  #samples: readonly Sample[] = [];
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: {
    readonly service: string;
    readonly registry: Registry;
    readonly clock: Clock;
  }) {
    this.#registry = options.registry;
    this.#clock = options.clock;
    const [metric, text] = delays[options.service] ?? delays.excs ?? ['', ''];
    this.#delayMetric = metric;
    this.delayOf = text;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  get minutes(): readonly Minute[] {
    return minutesOf(this.#samples);
  }

  /** Requests that may be sent in any minute, and how many were. */
  async budget(): Promise<{ readonly perMinute: number; readonly usedInLastMinute: number }> {
    const [{ requests }, perMinute] = await Promise.all([
      this.#sample(),
      sumOf(this.#registry, budgetMetric),
    ]);
    const before = this.#samples.at(-stepsOfMinute)?.requests ?? this.#samples[0]?.requests ?? requests;
    return { perMinute, usedInLastMinute: Math.max(0, requests - before) };
  }

  async #look(): Promise<void> {
    const sample = await this.#sample();
    this.#samples = [...this.#samples.slice(1 - kept), sample];
    if (!this.#stopped) this.#timer = this.#clock.setTimer(stepMs, () => void this.#look(), { unref: true });
  }

  async #sample(): Promise<Sample> {
    const requests = await sumOf(this.#registry, requestsMetric);
    const metric = await this.#registry.getSingleMetric(this.#delayMetric)?.get();
    const edges = new Map<number, number>();
    for (const { value, labels } of metric?.values ?? []) {
      const le = (labels as Readonly<Record<string, unknown>>).le;
      if (le === undefined) continue;
      const edge = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
      edges.set(edge, (edges.get(edge) ?? 0) + value);
    }
    return { at: this.#clock.now(), requests, delays: [...edges].sort(([one], [other]) => one - other) };
  }
}

async function sumOf(registry: Registry, name: string): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

/** The minutes between samples, oldest first; one that is not over yet is left out. */
export function minutesOf(samples: readonly Sample[]): readonly Minute[] {
  const minutes: Minute[] = [];
  for (let end = samples.length - 1; end - stepsOfMinute >= 0; end -= stepsOfMinute) {
    const [before, after] = [samples[end - stepsOfMinute], samples[end]];
    if (before !== undefined && after !== undefined) minutes.push(minuteOf(before, after));
  }
  return minutes.reverse();
}

function minuteOf(before: Sample, after: Sample): Minute {
  const earlier = new Map(before.delays);
  const buckets = after.delays.map(([edge, count]) => [edge, count - (earlier.get(edge) ?? 0)] as const);
  return {
    at: new Date(after.at).toISOString(),
    requests: Math.max(0, after.requests - before.requests),
    delayMedian: within(buckets, 0.5),
    delayHigh: within(buckets, 0.95),
  };
}

/** Linear inside a bucket, as Prometheus reckons; what lies beyond the last edge counts as that edge. */
function within(buckets: readonly (readonly [edge: number, count: number])[], part: number): number | null {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = part * total;
  let [low, below] = [0, 0];
  for (const [edge, count] of buckets) {
    if (count >= rank) {
      if (edge === Number.POSITIVE_INFINITY || count === below) return low;
      return low + ((edge - low) * (rank - below)) / (count - below);
    }
    [low, below] = [edge, count];
  }
  return low;
}
