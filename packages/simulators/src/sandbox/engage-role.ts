/** The Engage side in a container: its servers, a day of calls after the other, and REST to play what a test wants. */
import { type Clock, systemClock } from '@exec/common/clock';
import { fastify } from 'fastify';
import { z } from 'zod';
import { type DayResult, EngageSide, engageConfig } from '../scenarios/index.ts';
import { engageCommand } from '../scenarios/process/config.ts';
import { type Sample, samplePorts, siteOf } from './sample.ts';

const dayMs = 300_000;
const callsOfDay = 150;
/** Between two looks at whether anybody listens, and between two days. */
const pauseMs = 2000;

export interface EngageRole {
  close(): Promise<void>;
}

/** The last day that was asked for: running, or over with its result. */
type Played = { readonly state: 'running' } | { readonly state: 'over'; readonly result: DayResult };

export async function startEngage(
  sample: Sample,
  options: { readonly controlPort: number; readonly playsByItself: boolean; readonly clock?: Clock },
): Promise<EngageRole> {
  const clock = options.clock ?? systemClock;
  const { sip, stat } = samplePorts;
  const config = engageConfig.parse({ sites: [siteOf(sample)], host: '0.0.0.0', ports: { sip, stat } });
  const side = await EngageSide.start(config, clock);
  const stopping = new AbortController();
  const played = new Map<string, Played>();
  const wrapupCodes = sample.expectation.wrapupCodes.map(({ name }) => name);
  const app = fastify({ logger: false });
  app.get('/health/live', () => ({ live: true }));
  app.get('/status', () => side.status());
  app.post<{ Params: { name: string }; Body: object | null }>('/days/:name', (request, reply) => {
    const command = engageCommand.safeParse({ wrapupCodes, ...(request.body ?? {}), command: 'play-day' });
    if (!command.success) return reply.code(400).send({ message: z.prettifyError(command.error) });
    if (command.data.command !== 'play-day' || played.has(request.params.name))
      return reply.code(409).send({ message: 'a day of that name was played' });
    played.set(request.params.name, { state: 'running' });
    side.playDay(command.data).then(
      (result) => played.set(request.params.name, { state: 'over', result }),
      () => played.delete(request.params.name),
    );
    return reply.code(202).send({ state: 'running' });
  });
  app.get<{ Params: { name: string } }>(
    '/days/:name',
    (request, reply) => played.get(request.params.name) ?? reply.code(404).send({ message: 'no such day' }),
  );
  await app.listen({ host: '0.0.0.0', port: options.controlPort });
  const playing = options.playsByItself
    ? playOn(side, wrapupCodes, clock, stopping.signal)
    : Promise.resolve();
  return {
    async close() {
      stopping.abort(new Error('the Engage side is stopping'));
      await side.close();
      await playing;
      await app.close();
    },
  };
}

/** Days without end, begun when somebody listens: earlier calls would be seen by nobody. */
async function playOn(
  side: EngageSide,
  wrapupCodes: string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let seed = 1; ; seed++) {
      for (let status = side.status(); ; status = side.status()) {
        if (status.registeredAddresses > 0 && status.openStatistics > 0) break;
        await pause(clock, signal);
      }
      await side.playDay({ site: 0, seed, calls: callsOfDay, durationMs: dayMs, wrapupCodes, mix: {} });
      await pause(clock, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(pauseMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      timer.cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
