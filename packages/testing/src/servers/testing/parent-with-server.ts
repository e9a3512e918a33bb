/** A program for the guardian's test: starts a server, says where it is, and ends without stopping it. */
import { startOwnPostgres, startOwnRedis } from '../index.ts';

const { pid, folder } = await (process.argv[2] === 'redis' ? startOwnRedis() : startOwnPostgres());
process.stdout.write(`${JSON.stringify({ serverPid: pid, folder })}\n`);
process.stdin.resume();
