/** `link conformance` and `link compare` as they are called: exit codes, what is printed, what is written. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddress } from '@exec/engage-link';
import { accept, LinkServer, makeCertificate } from '@exec/engage-link/testing';
import { type EngageSide, TestCaller } from '@exec/simulators/scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../report/report.ts';
import { type CallOptions, callLink } from '../testing/call.ts';
import { sitePeople, startSite } from '../testing/site.ts';

let site: EngageSide;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'link-cli-'));
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

const call = (args: readonly string[], person?: CallOptions['person']) =>
  callLink(args, { folder, ...(person === undefined ? {} : { person }) });

const sipAddress = () => formatAddress(site.addresses.sites[0]?.sip[0] ?? site.addresses.stat[0]);
const statAddress = () => formatAddress(site.addresses.stat[0]);

describe('link conformance', () => {
  it('prints a table, writes the report, and ends with 0 when nothing failed', async () => {
    const file = join(folder, 'simulator.json');
    const called = await call([
      ...['conformance', '--sip', sipAddress(), '--stat', statAddress(), '--role', 'Primary'],
      ...['--play', site.addresses.testCalls ?? '', '--name', 'simulator', '--out', file],
    ]);
    expect(called, called.out + called.err).toMatchObject({ code: 0, err: '' });
    expect(called.out).toMatch(/^SIP Server\ncheck +result +seen +contract/);
    expect(called.out).toMatch(
      /^resync-live +pass +the live call, with its parties +engage-link\.md#sip-server$/m,
    );
    expect(called.out).toContain('35 passed, 0 with a remark, 0 failed, 0 not checked.');
    // Whose numbers and names they are is nobody's business in a report.
    for (const value of [
      ...sitePeople.agents.flatMap((one) => Object.values(one)),
      ...sitePeople.queues,
      '+9999',
    ])
      expect(called.out + (await readFile(file, 'utf8'))).not.toContain(value);
    expect(reportSchema.parse(JSON.parse(await readFile(file, 'utf8'))).rows).toHaveLength(35);
  });

  it('ends with 1 when something failed, and says it in JSON on standard output alone', async () => {
    const called = await call(['conformance', '--sip', sipAddress(), '--role', 'Backup', '--json']);
    expect(called.code).toBe(1);
    const { rows } = reportSchema.parse(JSON.parse(called.out));
    expect(rows.find(({ check }) => check === 'role')).toMatchObject({
      result: 'fail',
      seen: 'Primary; expected is Backup',
    });
    expect(rows.find(({ check }) => check === 'call')).toMatchObject({ result: 'skip' });
  });

  it('asks a person for test calls, says when the call is seen, and lets each be skipped', async () => {
    const { agents, queues } = sitePeople;
    const on = site.switches.get('SIP_Switch');
    if (on === undefined) throw new Error('no switch');
    const caller = new TestCaller(on, sitePeople);
    const called = await call(
      [
        ...[
          'conformance',
          '--sip',
          sipAddress(),
          '--extension',
          agents[0]?.dn ?? '',
          '--extension',
          agents[1]?.dn ?? '',
        ],
        ...['--queue', queues[0] ?? ''],
      ],
      (said, type) => {
        if (said.includes('Call from outside, through a queue')) caller.begin('call');
        else if (said.includes('Now hold it')) {
          caller.goOn();
          type('');
        } else if (said.includes('Enter')) type('s');
      },
    );
    expect(called.code, called.out + called.err).toBe(0);
    expect(called.out).toMatch(/^call +pass/m);
    expect(called.out).toMatch(/^abandon +skip +skipped by hand/m);
    expect(called.out).toMatch(/^consult +skip +skipped by hand/m);
  });

  it.each<[string, () => string[], RegExp]>([
    ['nothing to check', () => [], /--sip or --stat must be given/],
    ['an address that is none', () => ['--sip', 'here'], /expected host:port or tls:/],
    [
      'an option that is misspelt',
      () => ['--sipp', 'h:1'],
      /unknown option '--sipp'\s+\(Did you mean --sip\?\)/,
    ],
    ['a role that is none', () => ['--sip', 'h:1', '--role', 'Boss'], /Allowed choices are Primary, Backup/],
    [
      'a file that is not there',
      () => ['--sip', 'h:1', '--extension', `@${join(folder, 'none')}`],
      /none cannot be read \(ENOENT\)/,
    ],
    ['a simulator that is none', () => ['--sip', 'h:1', '--play', 'http://127.0.0.1:1'], /--play http/],
    ['half a client certificate', () => ['--sip', 'h:1', '--cert-file', 'c.pem'], /go together/],
  ])('ends with 2 for %s', async (_, args, said) => {
    const called = await call(['conformance', ...args()]);
    expect(called).toMatchObject({ code: 2, out: '' });
    expect(called.err).toMatch(said);
  });

  it('that is stopped ends at once with 1', async () => {
    const silent = await LinkServer.start();
    const stop = new AbortController();
    try {
      const called = callLink(['conformance', '--sip', formatAddress(silent.address)], {
        signal: stop.signal,
      });
      await silent.connection();
      stop.abort();
      expect(await called).toMatchObject({ code: 1, out: '', err: 'stopped, without a report\n' });
    } finally {
      await silent.close();
    }
  });

  it('does not let a password go in plain text', async () => {
    const file = join(folder, 'password');
    await writeFile(file, 'canary\n');
    const called = await call(['conformance', '--sip', 'sip.example.com:8000', '--app-password-file', file]);
    expect(called).toMatchObject({ code: 2, err: expect.stringContaining('--allow-plaintext') as unknown });
    expect(called.err).not.toContain('canary');
  });

  it('shows name, password and certificates as the files say', async () => {
    const certificate = makeCertificate({ name: 'bridge', hosts: ['127.0.0.1'] });
    const server = await LinkServer.start({ tls: certificate, behaviours: [accept({ role: 'Backup' })] });
    try {
      await writeFile(join(folder, 'ca.pem'), certificate.cert);
      await writeFile(join(folder, 'password'), 'canary\n');
      const args = ['conformance', '--stat', formatAddress(server.address), '--json'];
      const stranger = await call(args);
      expect(stranger.out).toMatch(/self-signed certificate/);
      expect(stranger.code).toBe(1);
      // Nothing but the opening is answered: the rest is waited for by no test.
      const answered = call([
        ...args,
        '--ca-file',
        join(folder, 'ca.pem'),
        '--app-password-file',
        join(folder, 'password'),
      ]);
      const connection = await server.connection();
      expect((await connection.next()).attributes).toMatchObject({
        ApplicationName: 'conformance',
        ApplicationPassword: 'canary',
      });
      connection.end();
      const called = await answered;
      expect(called.code).toBe(1);
      expect(called.out + called.err).not.toContain('canary');
    } finally {
      await server.close();
    }
  });
});

describe('link compare', () => {
  it('puts two reports side by side, and ends with 1 where results differ', async () => {
    const [one, two] = ['one', 'two'].map((name) => join(folder, `${name}.json`));
    const base = ['conformance', '--sip', sipAddress(), '--no-calls'];
    await call([...base, '--name', 'one', '--out', one ?? '']);
    await call([...base, '--name', 'two', '--out', two ?? '', '--role', 'Backup']);
    const same = await call(['compare', one ?? '', one ?? '']);
    expect(same.code).toBe(0);
    const other = await call(['compare', one ?? '', two ?? '']);
    expect(other.code).toBe(1);
    expect(other.out).toMatch(/^sip role +pass: Primary +≠ +fail: Primary; expected is Backup$/m);
    const markdown = await call(['compare', one ?? '', two ?? '', '--markdown']);
    expect(markdown.out).toContain(
      '| check | what the peer does | one | two |\n| --- | --- | --- | --- |\n| `sip connect` |',
    );
    const json = JSON.parse((await call(['compare', one ?? '', two ?? '', '--json'])).out) as {
      same: boolean;
    }[];
    expect(json.filter(({ same: is }) => !is)).toHaveLength(1);
  });

  it('refuses what is no report', async () => {
    const file = join(folder, 'other.json');
    await writeFile(file, '{}');
    expect(await call(['compare', file, file])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no report') as unknown,
    });
  });
});

it('help and version end with 0', async () => {
  expect(await call(['--help'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('conformance') as unknown,
  });
  expect((await call(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/);
  expect(await call(['conformanse'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean conformance?') as unknown,
  });
});
