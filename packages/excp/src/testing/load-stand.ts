/** A site under load: an EXCP process of its own, link events on a fixed schedule, what the cloud got of them when. */
import { Formats } from '@exec/common/formats';
import type { FakeGenesysCloudOptions } from '@exec/simulators/genesys-cloud';
import { type Production, produce, scenarioNamed } from '@exec/simulators/scenarios';
import { type LoadEvent, logInAgents, momentOf, tellOnTime } from './call-load.ts';
import { ExcpProcess } from './processes.ts';
import { readiness, Stand, type StandOptions, waitFor } from './stand.ts';

/** Of Node: those of `pnpm excp`. */
export const excpFlags = ['--max-semi-space-size=8', '--max-old-space-size=320'];

export interface LoadStandOptions {
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly agents: number;
  readonly cloud?: FakeGenesysCloudOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** The file that Node starts, by default that of the sources. */
  readonly main?: string;
}

export class LoadStand {
  readonly stand: Stand;
  readonly excp: ExcpProcess;

  private constructor(stand: Stand, excp: ExcpProcess) {
    this.stand = stand;
    this.excp = excp;
  }

  /** Resolves when EXCP is at work. */
  static async start(o: LoadStandOptions): Promise<LoadStand> {
    const stand = await siteOf(o.agents, o);
    const { production } = stand;
    const [name] = production.sites;
    const on = stand.switches.get(name);
    if (on !== undefined) logInAgents(production, on);
    const env = { ...stand.environment(), LOG_LEVEL: 'info', MALLOC_ARENA_MAX: '2' };
    const excp = new ExcpProcess(env, excpFlags, o.main);
    const port = await excp.port();
    await waitFor(async () => {
      const { ready, active } = await readiness(port);
      return ready && active === true;
    }, 'ready and active');
    // On its first day a deployment writes the oldest format, on all others the newest.
    const { max } = new Formats().reads;
    await stand.aDayPasses(max);
    await waitFor(async () => {
      const { dependencies } = await readiness(port);
      return dependencies.some(({ detail }) => detail.startsWith(`writing format ${max}`));
    }, 'it writes the newest format');
    return new LoadStand(stand, excp);
  }

  get production(): Production {
    return this.stand.production;
  }

  /** Tells the events at their times; answers by how many milliseconds it was late at worst. */
  tell(load: readonly LoadEvent[]): Promise<number> {
    return tellOnTime(load, (events) => this.deliver(events));
  }

  deliver(events: readonly LoadEvent[]): void {
    const server = this.stand.sipServers.get(this.production.sites[0])?.active;
    for (const { event } of events) server?.deliver(event);
  }

  /** Resolves when the cloud has accepted that many events since it was started. */
  async accepted(count: number, limitMs: number): Promise<void> {
    const { cloud } = this.stand;
    const { record } = cloud;
    try {
      await cloud.until(() => record.events().accepted >= count, AbortSignal.timeout(limitMs));
    } catch (error) {
      throw new Error(`not within ${limitMs} ms: ${JSON.stringify({ ...record.events(), count })}`, {
        cause: error,
      });
    }
  }

  /** Milliseconds from when the switch told it to its acceptance, of each event the cloud got, in order. */
  delays(): number[] {
    const begins = new Map<string, number>();
    return this.stand.cloud.record.accepted().map(({ subject, at, receivedAt }) => {
      const begin = begins.get(subject) ?? at;
      begins.set(subject, begin);
      return receivedAt - momentOf(begin, at);
    });
  }

  async close(): Promise<void> {
    await this.excp.stop();
    await this.stand.close();
  }
}

/** A site with that many agents and one queue. */
export function siteOf(agents: number, o: Omit<StandOptions, 'production'>): Promise<Stand> {
  return Stand.start({ ...o, production: produce([scenarioNamed('hold')], { times: agents }) });
}
