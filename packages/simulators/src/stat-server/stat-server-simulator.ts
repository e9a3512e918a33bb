/** A Stat Server pair over the same agents. */
import type { ServerAddress } from '@exec/engage-link';
import type { LinkServerOptions } from '../link-server/options.ts';
import type { AgentStates } from './agent-states.ts';
import { StatServer } from './stat-server.ts';

export interface StatServerSimulatorOptions extends LinkServerOptions {
  readonly states: AgentStates;
  /** Default: any free ones. */
  readonly ports?: { readonly primary?: number; readonly backup?: number };
}

export class StatServerSimulator {
  readonly states: AgentStates;
  /** The one that began as primary. */
  readonly primary: StatServer;
  readonly backup: StatServer;
  readonly #stopFollowing: () => void;

  private constructor(o: StatServerSimulatorOptions) {
    this.states = o.states;
    this.primary = new StatServer(o, 'Primary', o.states);
    this.backup = new StatServer(o, 'Backup', o.states);
    this.#stopFollowing = o.states.onChange((change) => {
      this.primary.deliver(change);
      this.backup.deliver(change);
    });
  }

  static async start(o: StatServerSimulatorOptions): Promise<StatServerSimulator> {
    const pair = new StatServerSimulator(o);
    await pair.primary.link.listen(o.ports?.primary);
    await pair.backup.link.listen(o.ports?.backup);
    return pair;
  }

  /** Where both listen, in the order of {@link primary} and {@link backup}. */
  get addresses(): readonly [ServerAddress, ServerAddress] {
    return [this.primary.link.address, this.backup.link.address];
  }

  /** The server that is primary now. */
  get active(): StatServer {
    return this.primary.link.role === 'Primary' ? this.primary : this.backup;
  }

  get standby(): StatServer {
    return this.active === this.primary ? this.backup : this.primary;
  }

  /** The backup becomes primary; the old primary closes its connections, or breaks them. */
  switchover(o: { readonly crash?: boolean } = {}): void {
    const { active, standby } = this;
    active.link.role = 'Backup';
    standby.link.role = 'Primary';
    if (o.crash === true) active.link.dropConnections();
    else active.link.closeConnections();
    // Who waits at the old backup learned another role when it connected.
    standby.link.closeConnections();
  }

  /** False: all connections break and no new ones are accepted, while the agents go on. */
  async reachable(yes: boolean): Promise<void> {
    for (const server of [this.primary, this.backup]) {
      if (yes) await server.link.listen();
      else await server.link.unlisten();
    }
  }

  async close(): Promise<void> {
    this.#stopFollowing();
    this.primary.close();
    this.backup.close();
    await this.reachable(false);
  }
}
