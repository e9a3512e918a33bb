/** Pairs as a site has them: two native servers before one switch or one set of agents, and a bridge before each. */
import type { ServerPair } from '@exec/excp/testing';
import type { SipSwitch } from '@exec/simulators/sip-server';
import type { AgentStates } from '@exec/simulators/stat-server';
import { type BridgeOptions, BridgeProcess } from './bridge-process.ts';
import { NativeSipServer } from './native-sip-server.ts';
import { NativeStatServer } from './native-stat-server.ts';

type Role = 'Primary' | 'Backup';

interface NativeServer {
  readonly port: number;
  become(role: Role): void;
  close(): Promise<void>;
}

/** Two native servers of which one is primary. */
export class NativePair<Server extends NativeServer = NativeServer> {
  readonly servers: readonly [Server, Server];
  #primary = 0;

  private constructor(servers: readonly [Server, Server]) {
    this.servers = servers;
  }

  static async sip(on: SipSwitch): Promise<NativePair<NativeSipServer>> {
    return new NativePair([await NativeSipServer.start(on), await NativeSipServer.start(on, 'Backup')]);
  }

  static async stat(states: AgentStates): Promise<NativePair<NativeStatServer>> {
    return new NativePair([
      await NativeStatServer.start(states),
      await NativeStatServer.start(states, 'Backup'),
    ]);
  }

  /** The roles change; connections stay. */
  switchover(): void {
    this.#primary = 1 - this.#primary;
    for (const [index, server] of this.servers.entries())
      server.become(index === this.#primary ? 'Primary' : 'Backup');
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

/** A bridge before each server of a pair: what a client has as its primary and backup server. */
export class BridgePair {
  readonly bridges: readonly [BridgeProcess, BridgeProcess];

  private constructor(bridges: readonly [BridgeProcess, BridgeProcess]) {
    this.bridges = bridges;
  }

  static async start(
    side: BridgeOptions['side'],
    { servers: [primary, backup] }: NativePair,
    more: readonly string[] = [],
    of: (index: number) => Pick<BridgeOptions, 'onLine' | 'onDeath'> = () => ({}),
  ): Promise<BridgePair> {
    return new BridgePair(
      await Promise.all([
        BridgeProcess.start(side, primary.port, more, of(0)),
        BridgeProcess.start(side, backup.port, more, of(1)),
      ]),
    );
  }

  get addresses(): ServerPair {
    const [primary, backup] = this.bridges.map(({ port }) => ({ host: '127.0.0.1', port, tls: false }));
    if (primary === undefined || backup === undefined) throw new Error('a pair has two');
    return [primary, backup];
  }

  async stop(): Promise<void> {
    await Promise.all(this.bridges.map((bridge) => bridge.stop()));
  }
}
