/** Runs {@link ./bare-pipe.ts}: gives it the lines of a load and sees when they were posted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { LoadEvent } from '@exec/excp/testing';

const program = fileURLToPath(new URL('./bare-pipe.ts', import.meta.url));
const streams = ['queues', 'extensions', 'calls'];

export interface Floor {
  readonly pid: number | undefined;
  tell(events: readonly LoadEvent[]): void;
  /** Milliseconds from when each line was due to its post. */
  readonly delays: number[];
  /** Resolves when that many were posted since the start. */
  posted(count: number): Promise<void>;
  close(): Promise<void>;
}

/** `most`: events in a post. */
export async function startFloor(redisUrl: string, most: number): Promise<Floor> {
  const delays: number[] = [];
  let reached: { readonly count: number; readonly resolve: () => void } | undefined;
  const sink = createHttpServer((incoming, answer) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    incoming.on('end', () => {
      const now = Date.now();
      const { events } = JSON.parse(text) as { events: { readonly due: number }[] };
      for (const { due } of events) delays.push(now - due);
      answer.setHeader('content-type', 'application/json').end('{"errors":[]}');
      if (reached !== undefined && delays.length >= reached.count) reached.resolve();
    });
  });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const sockets: Socket[] = [];
  const lines = createServer((socket) => sockets.push(socket.setNoDelay(true)));
  lines.listen(0, '127.0.0.1');
  await once(lines, 'listening');
  const child = spawnPipe([redisUrl, portOf(lines), `http://127.0.0.1:${portOf(sink)}/`, most]);
  while (sockets.length < streams.length) await once(lines, 'connection');
  return {
    pid: child.pid,
    delays,
    tell: (events) => {
      for (const { at, event } of events) {
        const { message, attributes } = event.frame;
        const line = `${JSON.stringify({ message, attributes, due: at })}\n`;
        sockets[streams.indexOf(event.stream)]?.write(line);
      }
    },
    posted: (count) =>
      new Promise((resolve) => {
        if (delays.length >= count) resolve();
        else reached = { count, resolve };
      }),
    close: async () => {
      const gone = once(child, 'exit');
      for (const socket of sockets) socket.destroy();
      await gone;
      lines.close();
      sink.close();
      sink.closeAllConnections();
    },
  };
}

function spawnPipe(args: readonly (string | number)[]): ChildProcess {
  const child = spawn(process.execPath, ['--max-semi-space-size=4', program, ...args.map(String)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
