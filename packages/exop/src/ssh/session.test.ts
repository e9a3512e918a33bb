/** One SSH connection against a real server: logins, input, output, exit codes, limits, connections onwards. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Secret } from '@exec/common/config';
import { testTls } from '@exec/common/testing';
import { portForLater } from '@exec/testing/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshSettings } from '../config/deployment.ts';
import { makeKey, Sshd } from '../testing/sshd.ts';
import { askOf, open as openWay, reach } from './onward.ts';
import { quote, shell } from './quoting.ts';
import { SshSession } from './session.ts';

let folder: string;
let open: Sshd;
let closed: Sshd;
let settings: SshSettings;

async function start(name: string, extra: readonly string[]): Promise<Sshd> {
  const root = join(folder, name);
  await mkdir(root, { recursive: true });
  const authorizedKeys = await readFile(join(folder, 'id.pub'), 'utf8');
  return await Sshd.start({ root, bin: join(root, 'bin'), authorizedKeys, extra });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exop-ssh-'));
  await makeKey(join(folder, 'id'), 'canary-passphrase');
  open = await start('open', []);
  closed = await start('closed', ['AllowTcpForwarding no']);
  const keys = await Promise.all(
    [open, closed].map(
      async ({ root, port }) => `[127.0.0.1]:${port} ${await readFile(join(root, 'host_key.pub'), 'utf8')}`,
    ),
  );
  await writeFile(join(folder, 'known_hosts'), keys.join(''));
  settings = {
    user: open.user,
    keyFile: join(folder, 'id'),
    passphrase: new Secret('canary-passphrase'),
    agentSocket: undefined,
    knownHostsFile: join(folder, 'known_hosts'),
  };
});
afterAll(async () => {
  await Promise.all([open.stop(), closed.stop()]);
  await rm(folder, { recursive: true });
});

async function on<T>(sshd: Sshd, use: (session: SshSession) => Promise<T>, as = settings): Promise<T> {
  const session = await SshSession.connect({ host: '127.0.0.1', port: sshd.port }, as);
  try {
    return await use(session);
  } finally {
    session.close();
  }
}

describe('a login', () => {
  it('takes a key with its passphrase, and names the file when the passphrase is wrong or no key is in it', async () => {
    expect((await on(open, (session) => session.run('echo in'))).stdout).toBe('in\n');
    const wrong = { ...settings, passphrase: new Secret('other') };
    const connecting = on(open, async () => {}, wrong);
    await expect(connecting).rejects.toMatchObject({
      code: 'exop.key-invalid',
      message: expect.stringContaining('/id'),
    });
    const none = { ...settings, keyFile: join(folder, 'id.pub') };
    await expect(on(open, async () => {}, none)).rejects.toMatchObject({ code: 'exop.key-invalid' });
  });

  it('takes the keys of an agent', async () => {
    const socket = join(folder, 'agent.sock');
    const program = 'ssh-agent';
    const agent = spawn(program, ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(agent.stdout, 'data');
      await writeFile(join(folder, 'askpass'), '#!/bin/sh\necho canary-passphrase\n', { mode: 0o755 });
      await promisify(execFile)('ssh-add', [join(folder, 'id')], {
        env: {
          ...process.env,
          SSH_AUTH_SOCK: socket,
          SSH_ASKPASS: join(folder, 'askpass'),
          SSH_ASKPASS_REQUIRE: 'force',
        },
      });
      const as = { ...settings, keyFile: undefined, passphrase: undefined, agentSocket: socket };
      expect((await on(open, (session) => session.run('echo in'), as)).stdout).toBe('in\n');
    } finally {
      agent.kill();
      await once(agent, 'exit');
    }
  });

  it('says that nothing answers', async () => {
    const port = await portForLater();
    await expect(SshSession.connect({ host: '127.0.0.1', port }, settings)).rejects.toMatchObject({
      code: 'exop.host-unreachable',
    });
  });
});

describe('a command', () => {
  it('never loses its exit code or output, also many at once', async () => {
    await on(open, async (session) => {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, code) => session.run(`echo out ${code}; echo err >&2; exit ${code}`)),
      );
      expect(results).toEqual(results.map((_, code) => ({ code, stdout: `out ${code}\n`, stderr: 'err\n' })));
    });
  });

  it('gets a stream of any size as input, whole, and one that it does not read does no harm', async () => {
    await on(open, async (session) => {
      const chunks = Array.from({ length: 64 }, () => Buffer.alloc(65_536, 'x'));
      const counted = await session.run('wc -c', { input: Readable.from(chunks, { objectMode: false }) });
      expect(Number(counted.stdout)).toBe(64 * 65_536);
      const ignored = await session.run('exit 3', { input: Readable.from(chunks, { objectMode: false }) });
      expect(ignored.code).toBe(3);
    });
  });

  it('keeps hostile values as they are, all the way', async () => {
    const hostile = `it's "$HOME" \`id\` $(id) ; \\ \n * \u{1F600}`;
    await on(open, async (session) => {
      expect((await session.run(shell('printf %s "$1"', hostile))).stdout).toBe(hostile);
      expect((await session.run(`printf %s ${quote(hostile)}`)).stdout).toBe(hostile);
      expect((await session.run('cat', { input: hostile })).stdout).toBe(hostile);
    });
  });

  it('has a limit, and can be ended', async () => {
    await on(open, async (session) => {
      await expect(session.run('cat', { limitMs: 300, input: new PassThrough() })).rejects.toMatchObject({
        code: 'exop.connection-lost',
      });
      const stop = new AbortController();
      const following = session.run('echo first; cat', {
        input: new PassThrough(),
        signal: stop.signal,
        onOutput: () => stop.abort(),
      });
      expect((await following).code).toBe(130);
    });
  });

  it('on a connection that is gone is an error, not silence', async () => {
    const session = await SshSession.connect({ host: '127.0.0.1', port: open.port }, settings);
    // The process of this connection alone: its parent is needed for the others.
    await expect(session.run('kill -9 $PPID')).rejects.toMatchObject({ code: 'exop.connection-lost' });
    await expect(session.run('true')).rejects.toMatchObject({ code: 'exop.connection-lost' });
  });
});

describe.each([
  ['by SSH', () => open],
  ['by the shell of the VM where SSH forbids it', () => closed],
] as const)('onwards %s', (_, sshd) => {
  it('tells an open port from a closed one and from a name that does not exist', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await on(sshd(), async (session) => {
      expect(await reach(session, '127.0.0.1', port)).toEqual({ outcome: 'reached' });
      await new Promise<void>((done) => server.close(() => done()));
      expect(await reach(session, '127.0.0.1', port)).toEqual({ outcome: 'refused' });
      expect(await reach(session, 'nowhere.invalid', 1)).toMatchObject({ outcome: 'failed' });
    });
  });

  it('speaks both ways with a peer, until either side has enough', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await on(sshd(), async (session) => {
      const way = await openWay(session, '127.0.0.1', port);
      if (way.outcome !== 'reached') throw new Error(way.outcome);
      for (const text of ['first\n', 'zweite, mit Größe\n']) {
        way.stream.write(text);
        expect(String((await once(way.stream, 'data'))[0])).toBe(text);
      }
      way.stream.destroy();
      // The peer sees the end of the connection: the server closes only when nobody is left.
      await new Promise<void>((done) => server.close(() => done()));
      expect(await openWay(session, '127.0.0.1', port)).toEqual({ outcome: 'refused' });
    });
  });

  it('gets an answer of HTTP, or the reason why there is none', async () => {
    const server = createHttpServer((request, response) => response.writeHead(503).end(`at ${request.url}`));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const at = { host: '127.0.0.1', port, path: '/health/ready', certificate: undefined };
    await on(sshd(), async (session) => {
      expect(await askOf(session, at)).toEqual({ status: 503, body: 'at /health/ready' });
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
      expect(await askOf(session, at)).toMatchObject({
        status: undefined,
        reason: expect.stringMatching(/refused|connect/i),
      });
    });
  });
});

it('an answer over TLS is taken only from the very certificate that was installed', async () => {
  const server = createHttpsServer({ cert: testTls.certificate, key: testTls.key }, (_, response) =>
    response.end('yes'),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const at = { host: '127.0.0.1', port, path: '/health/ready' };
  await on(open, async (session) => {
    expect(await askOf(session, { ...at, certificate: testTls.certificate })).toEqual({
      status: 200,
      body: 'yes',
    });
    const other = await askOf(session, { ...at, certificate: testTls.strangerAuthority });
    expect(other).toMatchObject({
      status: undefined,
      reason: expect.stringMatching(/certificate|signature/i),
    });
  });
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
});
