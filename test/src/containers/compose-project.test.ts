/**
 * A compose command that is typed in the folder of a release finds its containers, with both generations of compose. No
 * engine runs: a stand-in for its API notes which project it is asked about.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Secret } from '@exec/common/config';
import { releaseOf } from '@exec/exop';
import { debianProgram } from '@exec/testing/servers';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { pluginOf } from './compose-tools.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-compose-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Answers that there is nothing, and keeps the projects by which containers were looked for. */
async function startEngine(): Promise<{ readonly host: string; readonly projects: Set<string> }> {
  const projects = new Set<string>();
  const version = {
    Version: '20.10.24',
    ApiVersion: '1.41',
    MinAPIVersion: '1.12',
    Os: 'linux',
    Arch: 'amd64',
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    for (const [, project] of path.matchAll(/com\.docker\.compose\.project=([\w-]+)/g))
      projects.add(project ?? '');
    response.setHeader('content-type', 'application/json');
    response.setHeader('api-version', version.ApiVersion);
    if (path.includes('/version')) response.end(JSON.stringify(version));
    else response.end(path.includes('/containers/json') ? '[]' : '{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, projects };
}

async function writeRelease(): Promise<string> {
  const { id, files } = releaseOf(
    {
      ...{ name: 'excs-1', service: 'excs', address: { host: 'vm1', port: 22 }, port: 3640 },
      publishAddress: '0.0.0.0',
      environment: new Map([['TENANT_ID', '101']]),
      files: new Map(),
      peers: [],
    },
    '1.2.3',
    'ex-engage-connector/excs:1.2.3',
    {
      apiToken: new Secret('token'),
      settingsKey: new Secret('settings'),
      fingerprintKey: new Secret('key'),
      readTokens: new Map(),
      isKept: true,
    },
  );
  const release = join(folder, id);
  for (const { path, content } of files) {
    await mkdir(dirname(join(release, path)), { recursive: true });
    await writeFile(join(release, path), content.reveal());
  }
  return release;
}

async function asks(program: string): Promise<void> {
  const { host, projects } = await startEngine();
  const cwd = await writeRelease();
  await run(program, ['ps'], { cwd, env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: host } });
  // 1.29 asks for the name that its own earliest releases would have made of it, too.
  projects.delete('exengageconnector');
  expect([...projects]).toEqual(['ex-engage-connector']);
}

it('compose v2', async () => {
  await asks(await debianProgram(pluginOf));
});

// Its package is Python with much around it: it is used where it is installed, and named among the skipped elsewhere.
const first = '/usr/bin/docker-compose';
it.runIf(existsSync(first))('docker-compose 1.29 (Debian 12: apt-get install docker-compose)', () =>
  asks(first),
);
