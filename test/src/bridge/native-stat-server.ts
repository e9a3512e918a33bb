/** Feeds the double of the SDK with the agents' states, so that it is a Stat Server over them. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { AgentStates } from '@exec/simulators/stat-server';
import { nativeStatus } from './native-form.ts';

export class NativeStatServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #stop: () => void;
  #role: 'Primary' | 'Backup';

  private constructor(states: AgentStates, role: 'Primary' | 'Backup') {
    this.#role = role;
    const line = (id: string, more: object) => ({
      do: 'agent',
      id,
      tree: nativeStatus(states.value(id, 'DNAction')),
      ...more,
    });
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#sockets.add(socket);
      const lines = [this.#mode(), ...states.employeeIds.map((id) => line(id, {})), { do: 'ready' }];
      socket.write(lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    });
    this.#stop = states.onChange(({ employeeId, status, actions }) => {
      const text = JSON.stringify(line(employeeId, { DNStatus: status, DNAction: actions }));
      for (const socket of this.#sockets) socket.write(`${text}\n`);
    });
  }

  static async start(states: AgentStates, role: 'Primary' | 'Backup' = 'Primary'): Promise<NativeStatServer> {
    const server = new NativeStatServer(states, role);
    server.#server.listen({ host: '127.0.0.1', port: 0 });
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  become(role: 'Primary' | 'Backup'): void {
    this.#role = role;
    for (const socket of this.#sockets) socket.write(`${JSON.stringify(this.#mode())}\n`);
  }

  #mode(): object {
    return { do: 'mode', value: this.#role === 'Primary' ? 1 : 0 };
  }

  async close(): Promise<void> {
    this.#stop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
