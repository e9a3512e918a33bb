/** A Stat Server pair over the same agents. */
import type { LinkServerOptions } from '../link-server/options.ts';
import { type PairPorts, ServerPair } from '../link-server/server-pair.ts';
import type { AgentStates } from './agent-states.ts';
import { StatServer } from './stat-server.ts';

export interface StatServerSimulatorOptions extends LinkServerOptions, PairPorts {
  readonly states: AgentStates;
}

export class StatServerSimulator extends ServerPair<StatServer> {
  readonly states: AgentStates;
  readonly #stopFollowing: () => void;

  private constructor(o: StatServerSimulatorOptions) {
    super(new StatServer(o, 'Primary', o.states), new StatServer(o, 'Backup', o.states));
    this.states = o.states;
    this.#stopFollowing = o.states.onChange((change) => {
      this.primary.deliver(change);
      this.backup.deliver(change);
    });
  }

  static start(o: StatServerSimulatorOptions): Promise<StatServerSimulator> {
    return new StatServerSimulator(o).listen(o);
  }

  /** Orderly: the old primary closes its connections. */
  switchover(o: { readonly crash?: boolean } = {}): void {
    const { old, fresh } = this.exchange(o.crash === true);
    if (o.crash !== true) old.link.closeConnections();
    // Who waits at the old backup learned another role when it connected.
    fresh.link.closeConnections();
  }

  async close(): Promise<void> {
    this.#stopFollowing();
    this.primary.close();
    this.backup.close();
    await this.reachable(false);
  }
}
