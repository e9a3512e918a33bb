/**
 * The floor that EXCP is compared with: a program that reads lines from three sockets, claims and stores each in
 * Redis by one Lua call, and posts it. No order, no state, no meaning.
 *
 * Arguments: Redis URL, port of the lines, URL of the posts, most events in a post.
 */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { defineScript, RedisConnection } from '@exec/common/redis';
import { Agent, request } from 'undici';
import { z } from 'zod';

const [redisUrl = '', port = '', url = '', most = '1'] = process.argv.slice(2);
/** As many as EXCP has. */
const connections = 8;

const claim = defineScript({
  name: 'bare-claim',
  keys: ['seen', 'stream'],
  args: ['digest', 'entry'],
  lua: `
if redis.call('SADD', seen, digest) == 0 then return 0 end
redis.call('XADD', stream, 'MAXLEN', '~', '10000', '*', 'e', entry)
return 1`,
  result: z.number(),
});

const redis = RedisConnection.open({ url: new Secret(redisUrl), name: 'bare', logger: silentLogger });
const dispatcher = new Agent({ connections, pipelining: 1 });
const waiting: unknown[] = [];
let posting = 0;

async function received(line: string): Promise<void> {
  const frame: unknown = JSON.parse(line);
  const digest = createHash('sha256').update(line).digest('base64').slice(0, 22);
  await claim(redis, { seen: '{bare}:seen', stream: '{bare}:in' }, { digest, entry: line });
  waiting.push(frame);
  post();
}

function post(): void {
  while (posting < connections && waiting.length > 0) {
    posting += 1;
    void send(waiting.splice(0, Number(most))).finally(() => {
      posting -= 1;
      post();
    });
  }
}

async function send(events: readonly unknown[]): Promise<void> {
  const body = JSON.stringify({ events });
  const headers = { 'content-type': 'application/json', authorization: 'Bearer a-token' };
  const answer = await request(url, { method: 'POST', body, headers, dispatcher });
  await answer.body.json();
}

for (let index = 0; index < 3; index++) {
  let rest = '';
  connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
    .setEncoding('utf8')
    .on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) void received(line);
    })
    .on('close', () => process.exit(0));
}
