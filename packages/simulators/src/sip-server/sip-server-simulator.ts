/** A SIP Server pair in front of one switch. */
import type { LinkServerOptions } from '../link-server/options.ts';
import { type PairPorts, ServerPair } from '../link-server/server-pair.ts';
import { SipServer } from './sip-server.ts';
import type { SipSwitch } from './sip-switch.ts';

export interface SipServerSimulatorOptions extends LinkServerOptions, PairPorts {
  readonly switch: SipSwitch;
}

export class SipServerSimulator extends ServerPair<SipServer> {
  readonly switch: SipSwitch;
  readonly #stopFollowing: () => void;

  private constructor(o: SipServerSimulatorOptions) {
    super(new SipServer(o, 'Primary', o.switch), new SipServer(o, 'Backup', o.switch));
    this.switch = o.switch;
    this.#stopFollowing = o.switch.onEvent((event) => {
      this.primary.deliver(event);
      this.backup.deliver(event);
    });
  }

  static start(o: SipServerSimulatorOptions): Promise<SipServerSimulator> {
    return new SipServerSimulator(o).listen(o);
  }

  /** Orderly: the old primary tells its clients that its link is gone, and stays as the backup. */
  switchover(o: { readonly crash?: boolean } = {}): void {
    const { old, fresh } = this.exchange(o.crash === true);
    old.setLinkConnected(false);
    fresh.setLinkConnected(true);
  }

  async close(): Promise<void> {
    this.#stopFollowing();
    await this.reachable(false);
  }
}
