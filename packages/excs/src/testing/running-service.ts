/** EXCS as a service inside the test process, with its REST interface. */
import { type Clock, systemClock } from '@exec/common/clock';
import { type Logger, silentLogger } from '@exec/common/logging';
import { startService } from '@exec/common/service';
import { closeLater, type Life } from '@exec/testing/vitest';
import { type ExcsTuning, excsService } from '../service.ts';
import type { CycleReport, SyncState } from '../sync/status.ts';
import type { Site } from './site.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes
  readonly body: any;
  readonly text: string;
}

/** Of an operator, at every service of the tests that is given none. */
const testToken = 'token-of-an-operator-in-tests';

export class RunningService {
  readonly #port: number;
  readonly #token: string;
  readonly #stop: () => Promise<void>;
  readonly #reports: CycleReport[] = [];
  #waiting: (() => void)[] = [];

  private constructor(port: number, token: string, stop: () => Promise<void>) {
    this.#port = port;
    this.#token = token;
    this.#stop = stop;
  }

  static async start(
    site: Pick<Site, 'env'>,
    options: {
      readonly env?: NodeJS.ProcessEnv;
      readonly tuning?: ExcsTuning;
      readonly life?: Life;
      readonly clock?: Clock;
      readonly logger?: Logger;
    } = {},
  ): Promise<RunningService> {
    let service: RunningService | undefined;
    const token = options.env?.API_TOKEN ?? testToken;
    const early: CycleReport[] = [];
    const running = await startService(
      excsService({
        visibilityMs: 0,
        intervalMs: 200,
        ...options.tuning,
        onCycle: (report) => (service === undefined ? early.push(report) : service.#note(report)),
      }),
      {
        ...site.env,
        API_TOKEN: token,
        INSTANCE_ID: `test-${Math.random().toString(36).slice(2, 10)}`,
        ...options.env,
      },
      {
        logger: options.logger ?? silentLogger,
        // A busy machine may be late for the usual limit, and a run that was asked for fails then.
        redisTimeoutMs: 60_000,
        ...(options.clock === undefined ? {} : { clock: options.clock }),
      },
    );
    service = new RunningService(running.port, token, () => running.stop());
    for (const report of early) service.#note(report);
    closeLater(() => running.stop(), options.life);
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return answer(await fetch(`${this.url}${path}`, { headers: { ...this.authorization, ...headers } }));
  }

  async post(path: string, body: unknown = undefined): Promise<Answer> {
    const headers = {
      ...this.authorization,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return answer(await fetch(`${this.url}${path}`, { method: 'POST', headers, ...text }));
  }

  /** The header with which everything is allowed. */
  get authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  /** The first cycle, from now on or already, that fits. */
  async cycle(fits: (report: CycleReport) => boolean, from = 0): Promise<CycleReport> {
    for (;;) {
      const found = this.#reports.slice(from).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Cycles that have ended: the place from which `cycle` may look. */
  get cycles(): number {
    return this.#reports.length;
  }

  /** Resolves when a later cycle has found nothing to do. */
  async converged(): Promise<void> {
    await this.cycle(({ outcome }) => outcome === 'unchanged', this.cycles);
  }

  /** What it says of its synchronisation as soon as that is in `state`: a poll goes through others for a moment. */
  sync(state: SyncState): Promise<Answer> {
    return until(
      () => this.get('/api/v1/sync'),
      ({ body }) => body.state === state,
    );
  }

  /** Posts a run and waits for its end. */
  async run(body: object): Promise<Answer> {
    const submitted = await this.post('/api/v1/sync/runs', body);
    if (submitted.status !== 202) return submitted;
    // A run may also end without a cycle: when Redis does not say whether the synchronisation is paused.
    return until(
      () => this.get(`/api/v1/sync/runs/${submitted.body.id}`),
      ({ body }) => body.state !== 'running',
    );
  }

  #note(report: CycleReport): void {
    this.#reports.push(report);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function answer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** Asks again until the answer fits, ever less often up to five times a second; the test's own limit ends it. */
export async function until(ask: () => Promise<Answer>, fits: (answer: Answer) => boolean): Promise<Answer> {
  for (let pauseMs = 20; ; pauseMs = Math.min(200, pauseMs * 1.5)) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await systemClock.sleep(pauseMs);
  }
}

/** One of those that an answer of `/health/ready` names. */
export const dependency = (answer: Answer, name: string) =>
  answer.body.dependencies.find((one: { name: string }) => one.name === name);
