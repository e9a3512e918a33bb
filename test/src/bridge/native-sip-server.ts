/** Feeds the double of the SDK with what one switch does, line by line, so that it is a T-Server before that switch. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { CallUuid } from '@exec/common/ids';
import type { SipSwitch, SwitchEvent } from '@exec/simulators/sip-server';
import { nativeMessage, nativeSnapshot } from './native-form.ts';

export class NativeSipServer {
  readonly #switch: SipSwitch;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #calls = new Set<CallUuid>();
  readonly #numbers = new Set<string>();
  readonly #stop: readonly (() => void)[];
  #flushing = false;
  #role: 'Primary' | 'Backup';

  private constructor(on: SipSwitch, role: 'Primary' | 'Backup') {
    this.#switch = on;
    this.#role = role;
    this.#server = createServer((socket) => this.#onSocket(socket));
    this.#stop = [on.onEvent((event) => this.#onEvent(event)), on.onDnChange((dn) => this.#touch(dn))];
  }

  static async start(on: SipSwitch, role: 'Primary' | 'Backup' = 'Primary'): Promise<NativeSipServer> {
    const server = new NativeSipServer(on, role);
    server.#server.listen({ host: '127.0.0.1', port: 0 });
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** A backup knows what the switch does, and tells nothing of it. */
  become(role: 'Primary' | 'Backup'): void {
    this.#role = role;
    this.#write({ do: 'role', role });
  }

  /** An address that no switch has: nothing is heard of it but what {@link flood} says. */
  addAddress(dn: string): void {
    this.#write({ do: 'address', dn, extensions: { $kv: [] } });
  }

  /** Tells that many events of an address, each with so many bytes of data; resolves when they are written. */
  async flood(dn: string, events: number, bytes: number): Promise<void> {
    const UserData = { $kv: [['text', 'x'.repeat(bytes)]] };
    const line = { do: 'event', dn, message: 'EventUserEvent', attributes: { ThisDN: dn, UserData } };
    const text = `${JSON.stringify(line)}\n`;
    for (let count = 0; count < events; count++)
      for (const socket of this.#sockets) if (!socket.write(text)) await once(socket, 'drain');
  }

  /** Breaks the connections of the bridge. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const stop of this.#stop) stop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.drop();
    await closed;
  }

  #onSocket(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    const asked = createInterface({ input: socket });
    asked.on('error', () => undefined);
    asked.on('line', (text) => {
      // It answers in its order: after all that it has told.
      const { ask } = JSON.parse(text) as { readonly ask: number };
      socket.write(`${JSON.stringify({ do: 'answer', id: ask })}\n`);
    });
    const lines: object[] = [{ do: 'answers' }, { do: 'role', role: this.#role }];
    for (const dn of this.#switch.dns.keys()) lines.push(this.#address(dn));
    for (const call of this.#switch.calls.keys()) lines.push(this.#call(call));
    lines.push({ do: 'ready' });
    socket.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  #onEvent(event: SwitchEvent): void {
    const { message, attributes } = event.frame;
    if (this.#role === 'Primary')
      this.#write({
        do: 'event',
        ...(event.dn === undefined ? {} : { dn: event.dn }),
        ...nativeMessage(message, attributes),
      });
    if (event.dn !== undefined) this.#touch(event.dn);
    for (const call of [attributes.CallUUID, attributes.NewCallUUID]) {
      if (typeof call !== 'string') continue;
      this.#calls.add(call as CallUuid);
      this.#flushSoon();
    }
  }

  #touch(dn: string): void {
    this.#numbers.add(dn);
    for (const call of this.#switch.callsAt(dn)) this.#calls.add(call.uuid);
    this.#flushSoon();
  }

  /** The switch is in its new state when the verb is over. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      for (const dn of this.#numbers) this.#write(this.#address(dn));
      for (const call of this.#calls) this.#write(this.#call(call));
      this.#numbers.clear();
      this.#calls.clear();
    });
  }

  #address(dn: string): object {
    const snapshot = this.#switch.snapshot(dn);
    return {
      do: 'address',
      dn,
      ...(snapshot?.agentId === undefined ? {} : { agentId: snapshot.agentId }),
      extensions: nativeSnapshot(snapshot?.extensions ?? {}),
    };
  }

  #call(uuid: CallUuid): object {
    const frames = this.#switch
      .resync(uuid)
      .map(({ message, attributes: { Extensions: _, ...rest } }) => nativeMessage(message, rest));
    return { do: 'call', uuid, frames };
  }

  #write(line: object): void {
    for (const socket of this.#sockets) socket.write(`${JSON.stringify(line)}\n`);
  }
}
