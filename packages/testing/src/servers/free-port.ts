/** Ports for servers that cannot pick one themselves. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range from which Linux draws ports of outgoing connections (from 32768), so that a server that is
 * down for a moment finds its port still free.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 50;

/** Below them: ports that nobody listens on at once, so that no server of another worker takes them meanwhile. */
const LATER_LOWEST = 10_000;
/** Workers of one test run have parts of their own, unless there are more of them. */
const LATER_PARTS = 20;
const LATER_PART = (LOWEST - LATER_LOWEST) / LATER_PARTS;
const laterPart = Number(process.env.VITEST_POOL_ID ?? 0) % LATER_PARTS;
/** Begins anywhere, since there may be several test runs, and gives no port twice before all were given. */
let laterNext = randomInt(LATER_PART);

/** A port on the loopback address on which nothing listens at this moment, and which is listened on at once. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST} in ${TRIES} tries`);
}

/** A free port that is listened on only later, now and then, or never. */
export async function portForLater(): Promise<number> {
  for (let attempt = 0; attempt < LATER_PART; attempt += 1) {
    const port = LATER_LOWEST + laterPart * LATER_PART + (laterNext % LATER_PART);
    laterNext += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port in part ${laterPart} of those for later`);
}

/** Starts something on a free port, and once more on another when somebody else was faster. */
export async function onFreePort<Result>(start: (port: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === 5 || !/address already in use|EADDRINUSE/i.test(String(error))) throw error;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
