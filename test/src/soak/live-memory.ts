/**
 * What a process of Node holds after a full collection. What the system has given to it also holds garbage, and rises for
 * a while after each start: within ten minutes that cannot be told from growth.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Of Node: opens its inspector on a free port of the loopback, and says on standard error where. */
export const inspected = '--inspect=127.0.0.1:0';

const answerMs = 10_000;

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

/**
 * Bytes of the heap and of buffers, after a full collection.
 * @param logFile where the process, started with {@link inspected}, writes its standard error
 * @throws Error when its inspector is not there, or does not answer
 */
export async function liveMemoryOf(logFile: string): Promise<number> {
  const address = (await readFile(logFile, 'utf8')).matchAll(/Debugger listening on (ws:\/\/\S+)/g);
  const url = [...address].at(-1)?.[1];
  if (url === undefined) throw new Error(`${logFile} names no inspector`);
  const socket = new WebSocket(url);
  const signal = AbortSignal.timeout(answerMs);
  const failed = once(socket, 'error', { signal }).then(() => {
    throw new Error(`no inspector answers at ${url}`);
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([once(socket, 'open', { signal }), failed]);
    const ask = async (id: number, method: string): Promise<unknown> => {
      socket.send(JSON.stringify({ id, method }));
      for (;;) {
        const [{ data }] = (await Promise.race([once(socket, 'message', { signal }), failed])) as [
          MessageEvent<string>,
        ];
        const answer = JSON.parse(data) as { readonly id?: number; readonly result?: unknown };
        if (answer.id === id) return answer.result;
      }
    };
    await ask(1, 'HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = (await ask(2, 'Runtime.getHeapUsage')) as HeapUsage;
    return usedSize + backingStorageSize;
  } finally {
    socket.close();
  }
}
