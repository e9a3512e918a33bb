/** Two servers of one kind, one of them primary: what a pair is whatever it serves. */
import type { ServerAddress } from '@exec/engage-link';
import type { LinkServer } from './link-server.ts';

export interface PairPorts {
  /** Default: any free ones. */
  readonly ports?: { readonly primary?: number; readonly backup?: number };
}

export class ServerPair<S extends { readonly link: LinkServer }> {
  /** The one that began as primary. */
  readonly primary: S;
  readonly backup: S;

  protected constructor(primary: S, backup: S) {
    this.primary = primary;
    this.backup = backup;
  }

  /** Where both listen, in the order of {@link primary} and {@link backup}. */
  get addresses(): readonly [ServerAddress, ServerAddress] {
    return [this.primary.link.address, this.backup.link.address];
  }

  /** The server that is primary now. */
  get active(): S {
    return this.primary.link.role === 'Primary' ? this.primary : this.backup;
  }

  get standby(): S {
    return this.active === this.primary ? this.backup : this.primary;
  }

  /** False: all connections break and no new ones are accepted, while what is served goes on. */
  async reachable(yes: boolean): Promise<void> {
    for (const { link } of [this.primary, this.backup]) {
      if (yes) await link.listen();
      else await link.unlisten();
    }
  }

  protected async listen({ ports }: PairPorts): Promise<this> {
    await this.primary.link.listen(ports?.primary);
    await this.backup.link.listen(ports?.backup);
    return this;
  }

  /** The backup becomes primary. Crashed: the connections of the old primary break without a word. */
  protected exchange(crash: boolean): { readonly old: S; readonly fresh: S } {
    const { active: old, standby: fresh } = this;
    old.link.role = 'Backup';
    fresh.link.role = 'Primary';
    if (crash) old.link.dropConnections();
    return { old, fresh };
  }
}
