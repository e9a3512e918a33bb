/** Which connection of a Redis server sent which command: as MONITOR tells it. */
import { Redis } from 'ioredis';

export interface SeenCommand {
  /** Address of the client. */
  readonly source: string;
  readonly name: string;
  readonly args: readonly string[];
}

export interface WatchedCommands {
  /** All that has arrived since the watch began, in order. */
  seen(): Promise<readonly SeenCommand[]>;
  stop(): void;
}

/** Watches a server from now on, with everything that other tests send to it. */
export async function watchCommands(url: string): Promise<WatchedCommands> {
  const client = new Redis(url);
  const monitor = new Redis(url, { monitor: true });
  // Where others are busy a first line comes along with the answer to MONITOR: ioredis reports it, and goes on.
  monitor.on('error', () => {});
  await new Promise((resolve) => monitor.once('monitoring', resolve));
  const commands: SeenCommand[] = [];
  const marks = new Map<string, () => void>();
  let marked = 0;
  monitor.on('monitor', (_time: string, [name = '', ...args]: string[], source: string) => {
    const mark = name.toLowerCase() === 'echo' ? marks.get(args[0] ?? '') : undefined;
    if (mark === undefined) commands.push({ source, name: name.toLowerCase(), args });
    else mark();
  });
  return {
    async seen() {
      const text = `watched ${process.pid} ${++marked}`;
      const arrived = new Promise<void>((resolve) => void marks.set(text, resolve));
      await client.echo(text);
      await arrived;
      return [...commands];
    },
    stop() {
      monitor.disconnect();
      client.disconnect();
    },
  };
}
