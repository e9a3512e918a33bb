/** Certificates, authorities and tokens change under load on real servers: no request fails. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { ExcsClient } from '@exec/common/excs-client';
import { FollowedFiles } from '@exec/common/files';
import { silentLogger } from '@exec/common/logging';
import { createRegistry } from '@exec/common/metrics';
import { type RunningService, startService } from '@exec/common/service';
import { makeCertificate } from '@exec/engage-link/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const token = (n: number) => `token-of-readers-in-tests-${n}`;
let folder: string;
const running: RunningService[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renewal-'));
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As a program replaces a file: nobody ever reads half of it. */
async function replace(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
  return path;
}

function authority(name: string) {
  const { cert, key } = makeCertificate({ name });
  return {
    cert,
    issue: () => makeCertificate({ name: 'excs', hosts: ['127.0.0.1'], issuer: { name, key } }),
  };
}

/** A service of ours with TLS whose secrets are files, and without a Redis: it serves all the same. */
async function serve(certificate: { cert: string; key: string }): Promise<string> {
  const service = await startService(
    {
      service: 'excs',
      variables: {},
      start: ({ http }) =>
        http.api(
          (app) =>
            void app.get('/source', { config: { right: 'read' } }, () => ({
              sourceId: '5b1c6f0e-3f0a-4d2c-9a51-0c6d2f1e7a11',
            })),
        ),
    },
    {
      ORG_ID: 'org',
      TENANT_ID: '1',
      REDIS_URL: 'redis://127.0.0.1:1',
      SETTINGS_PLAINTEXT: 'true',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      TLS_CERT_FILE: await replace('cert.pem', certificate.cert),
      TLS_KEY_FILE: await replace('key.pem', certificate.key),
      API_TOKEN_FILE: await replace('token', token(1)),
    },
    { logger: silentLogger },
  );
  running.push(service);
  return `https://127.0.0.1:${service.port}`;
}

/** One request on a connection of its own; the certificate that was shown. */
function shownBy(url: string, ca: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/health/live`, { ca, agent: false }, (answer) => {
      const shown = (answer.socket as TLSSocket).getPeerX509Certificate();
      answer.resume().on('end', () => (shown === undefined ? reject(new Error('none')) : resolve(shown)));
    });
    asked.on('error', reject).end();
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}

test('a renewed certificate of the HTTP server is shown under load, and no request fails', async () => {
  const house = authority('Authority A');
  const [first, second] = [house.issue(), house.issue()];
  const url = await serve(first);
  const end = new AbortController();
  const load = async () => {
    let count = 0;
    for (; !end.signal.aborted; count++) await shownBy(url, house.cert);
    return count;
  };
  const loaded = Promise.all([load(), load()]);
  const serial = new X509Certificate(second.cert).serialNumber;
  expect((await shownBy(url, house.cert)).serialNumber).not.toBe(serial);
  await replace('cert.pem', second.cert);
  await replace('key.pem', second.key);
  await until(async () => (await shownBy(url, house.cert)).serialNumber === serial);
  end.abort();
  for (const count of await loaded) expect(count).toBeGreaterThan(0);
});

test('token and authority of EXCS change one after the other under load, and no request fails', async () => {
  const [before, after] = [authority('Authority A'), authority('Authority B')];
  const url = await serve(before.issue());
  const caFile = await replace('ca.pem', before.cert);
  const registry = createRegistry({ service: 'test', version: '1', processMetrics: false });
  const files = new FollowedFiles({ clock: systemClock, logger: silentLogger, registry, intervalMs: 20 });
  /** So often has the client put other authorities to use. */
  const changes = (count: number) => `exec_followed_file_changes_total{file="EXCS_CA_FILE"} ${count}\n`;
  const { secret, change } = Secret.changing(token(1));
  const client = new ExcsClient({ url, token: secret, caFile, files });
  const clientWith = (given: string) => new ExcsClient({ url, token: new Secret(given), caFile, files });
  const takes = async (given: string) => {
    const one = clientWith(given);
    return await one
      .source()
      .then(
        () => true,
        () => false,
      )
      .finally(() => one.close());
  };
  const end = new AbortController();
  const load = async () => {
    let count = 0;
    for (; !end.signal.aborted; count++) await client.source();
    return count;
  };
  const loaded = Promise.all([load(), load()]);
  // Both tokens are taken, the client changes, the old one ends.
  await replace('token', `${token(2)},${token(1)}`);
  await until(() => takes(token(2)));
  change(token(2));
  await replace('token', token(2));
  await until(async () => !(await takes(token(1))));
  // Both authorities are trusted, the server changes, the old one ends.
  await replace('ca.pem', before.cert + after.cert);
  await expect.poll(() => registry.metrics()).toContain(changes(1));
  const fresh = after.issue();
  await replace('cert.pem', fresh.cert);
  await replace('key.pem', fresh.key);
  await until(
    async () =>
      await shownBy(url, after.cert).then(
        () => true,
        () => false,
      ),
  );
  await replace('ca.pem', after.cert);
  await expect.poll(() => registry.metrics()).toContain(changes(2));
  await client.source();
  end.abort();
  for (const count of await loaded) expect(count).toBeGreaterThan(0);
  files.stop();
  await client.close();
});
