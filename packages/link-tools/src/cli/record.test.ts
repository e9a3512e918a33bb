/** `link record` and `link replay` as they are called: files, signals, exit codes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatAddress } from '@exec/engage-link';
import type { EngageSide } from '@exec/simulators/scenarios';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRecording } from '../record/recording.ts';
import { callLink } from '../testing/call.ts';
import { startSite } from '../testing/site.ts';

let site: EngageSide;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'link-record-'));
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

const peers = () => [
  ...['--sip', formatAddress(site.addresses.sites[0]?.sip[0] ?? site.addresses.stat[0])],
  ...[
    '--stat',
    formatAddress(site.addresses.stat[0]),
    '--extension',
    '5001',
    '--queue',
    'VQ_A',
    '--agent',
    'E1001',
  ],
];

/** Ends a recording of all peers as soon as it holds every registration, the resync and a value of each statistic. */
async function recorded(name: string, more: readonly string[] = []): Promise<string> {
  const stop = new AbortController();
  const args = ['record', ...peers(), '--out', name, ...more];
  const recording = callLink(args, { folder, signal: stop.signal });
  const text = () => readFile(join(folder, name), 'utf8');
  await expect.poll(text).toContain('"ResyncDone"');
  await expect.poll(async () => (await text()).match(/"message":"EventInfo"/g)).toHaveLength(2);
  stop.abort();
  expect((await recording).code).toBe(0);
  return text();
}

it('a process ends in order on SIGINT: the file is whole, readable for nobody else, and names nobody', async () => {
  const file = join(folder, 'link.jsonl');
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, 'record', ...peers(), '--out', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  let said = '';
  await new Promise<void>((resolve) =>
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/sip: recording/.test(said) && /stat: recording/.test(said)) resolve();
    }),
  );
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(/\{"at":\d+,"ended":"stopped","frames":\d+\}\n$/);
  expect(parseRecording(text).lines.length).toBeGreaterThan(10);
  expect(text).not.toMatch(/"(?:5001|VQ_A|E1001|SIP_Switch)"/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = await callLink(['record', ...peers(), '--out', file]);
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('exists') as unknown });
});

it('the same key gives the same tokens', async () => {
  await writeFile(join(folder, 'key'), 'sixteen bytes at least');
  const texts: string[] = [];
  for (const name of ['a', 'b']) texts.push(await recorded(name, ['--mask-key-file', 'key']));
  const [tokens] = texts.map((text) => /"ThisDN":"(\d{15})"/.exec(text)?.[1]);
  expect(tokens).toBeDefined();
  expect(texts[1]).toContain(`"ThisDN":"${tokens}"`);
});

it('a recording ends when its seconds are over', async () => {
  const args = ['record', ...peers(), '--out', 'short', '--seconds', '1'];
  expect(await callLink(args, { folder })).toMatchObject({
    code: 0,
    out: expect.stringContaining('its time is over') as unknown,
  });
});

it.each([
  [['record', '--out', 'x'], /--sip or --stat/],
  [['record', '--sip', 'h:1'], /--out/],
  [['record', '--sip', 'h:1', '--out', 'none/x'], /cannot be written \(ENOENT\)/],
  [['record', '--sip', 'h:1', '--out', 'y', '--mask-key-file', 'none'], /none cannot be read/],
  [['record', '--sip', 'h:1', '--out', 'y', '--seconds', '0'], /expected 1 to/],
  [['replay', 'none'], /none: ENOENT/],
  [['replay', 'key', '--speed', 'fast'], /expected 0.01 to 1000/],
  [['replay', 'key', '--listen-sip', 'tls://h:1'], /expected host:port/],
])('%j ends with 2', async (args, said) => {
  const called = await callLink(args, { folder });
  expect(called.code, called.err).toBe(2);
  expect(called.err).toMatch(said);
});

it('a server that is not there ends a recording with 1', async () => {
  const called = await callLink(['record', '--sip', '127.0.0.1:1', '--out', 'gone'], { folder });
  expect(called).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') as unknown });
});

it('a recording is told to whoever connects: here to another recording', async () => {
  const { lines } = parseRecording(await recorded('first'));
  const listening = new Map<string, string>();
  const ready = Promise.withResolvers<void>();
  const replaying = callLink(['replay', 'first', '--speed', '10'], {
    folder,
    said: (text) => {
      for (const [, kind = '', address = ''] of text.matchAll(/(sip|stat): listens on (\S+)/g))
        listening.set(kind, address);
      if (listening.size === 2) ready.resolve();
    },
  });
  await ready.promise;
  const named = (pattern: RegExp) => pattern.exec(JSON.stringify(lines))?.[1] ?? '';
  const stop = new AbortController();
  const second = callLink(
    [
      ...[
        'record',
        '--sip',
        listening.get('sip') ?? '',
        '--stat',
        listening.get('stat') ?? '',
        '--out',
        'second',
      ],
      ...['--extension', named(/"ThisDN":"(\d{15})"/), '--queue', named(/"ThisDN":"(t[0-9a-f]{24})"/)],
      ...['--agent', named(/"ObjectId":"([^"]+)"/)],
    ],
    { folder, signal: stop.signal },
  );
  expect(await replaying).toMatchObject({ code: 0, out: '0 events told\n' });
  stop.abort();
  expect((await second).code).toBe(0);
});
