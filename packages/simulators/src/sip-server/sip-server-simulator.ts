/** A SIP Server pair in front of one switch. */
import type { ServerAddress } from '@exec/engage-link';
import type { LinkServerOptions } from '../link-server/options.ts';
import { SipServer } from './sip-server.ts';
import type { SipSwitch } from './sip-switch.ts';

export interface SipServerSimulatorOptions extends LinkServerOptions {
  readonly switch: SipSwitch;
  /** Default: any free ones. */
  readonly ports?: { readonly primary?: number; readonly backup?: number };
}

export class SipServerSimulator {
  readonly switch: SipSwitch;
  /** The one that began as primary. */
  readonly primary: SipServer;
  readonly backup: SipServer;
  readonly #stopFollowing: () => void;

  private constructor(o: SipServerSimulatorOptions) {
    this.switch = o.switch;
    this.primary = new SipServer(o, 'Primary', o.switch);
    this.backup = new SipServer(o, 'Backup', o.switch);
    this.#stopFollowing = o.switch.onEvent((event) => {
      this.primary.deliver(event);
      this.backup.deliver(event);
    });
  }

  static async start(o: SipServerSimulatorOptions): Promise<SipServerSimulator> {
    const pair = new SipServerSimulator(o);
    await pair.primary.link.listen(o.ports?.primary);
    await pair.backup.link.listen(o.ports?.backup);
    return pair;
  }

  /** Where both listen, in the order of {@link primary} and {@link backup}. */
  get addresses(): readonly [ServerAddress, ServerAddress] {
    return [this.primary.link.address, this.backup.link.address];
  }

  /** The server that is primary now. */
  get active(): SipServer {
    return this.primary.link.role === 'Primary' ? this.primary : this.backup;
  }

  get standby(): SipServer {
    return this.active === this.primary ? this.backup : this.primary;
  }

  /**
   * The backup becomes primary. Orderly: the old primary tells its clients that its link is gone and stays as the
   * backup; crashed: its connections break without a word.
   */
  switchover(o: { readonly crash?: boolean } = {}): void {
    const { active, standby } = this;
    active.link.role = 'Backup';
    standby.link.role = 'Primary';
    if (o.crash === true) active.link.dropConnections();
    active.setLinkConnected(false);
    standby.setLinkConnected(true);
  }

  /** False: all connections break and no new ones are accepted, while the switch goes on. */
  async reachable(yes: boolean): Promise<void> {
    for (const server of [this.primary, this.backup]) {
      if (yes) await server.link.listen();
      else await server.link.unlisten();
    }
  }

  async close(): Promise<void> {
    this.#stopFollowing();
    await this.reachable(false);
  }
}
