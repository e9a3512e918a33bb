/** Speaks to Redis as an administrator does who makes trouble: inline commands over a connection of their own. */
import { once } from 'node:events';
import { connect } from 'node:net';

const answerMs = 5000;

/** @throws Error with Redis's own words, or when it does not answer. */
export async function redisCommand(url: string, ...commands: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect');
    let last = '';
    for (const command of commands) {
      socket.write(`${command}\r\n`);
      const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(answerMs) })) as [Buffer];
      last = data.toString();
      if (last.startsWith('-')) throw new Error(`Redis to ${command.split(' ')[0]}: ${last.trim()}`);
    }
    return last;
  } finally {
    socket.destroy();
  }
}

/** Bytes that Redis holds at this moment. */
export async function redisMemory(url: string): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redisCommand(url, 'INFO memory'))?.[1] ?? 0);
}
