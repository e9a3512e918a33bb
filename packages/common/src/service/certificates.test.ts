import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegistry } from '../metrics.ts';
import { testTls } from '../testing/test-tls.ts';
import { certificateMetrics } from './certificates.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-certificates-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function scraped(env: Record<string, unknown>): Promise<string> {
  const registry = createRegistry({ service: 'excs', version: '1', processMetrics: false });
  certificateMetrics(registry, env);
  return registry.metrics();
}

test('the end of the certificates that the environment names is told, by variable', async () => {
  const file = join(folder, 'cert.pem');
  await writeFile(file, `# ours\n${testTls.certificate}`);
  const metrics = await scraped({ TLS_CERT_FILE: file, REDIS_CA_FILE: undefined, TLS_KEY_FILE: file });
  const ends = Date.parse(new X509Certificate(testTls.certificate).validTo) / 1000;
  expect(metrics).toContain(`exec_certificate_expiry_timestamp_seconds{file="TLS_CERT_FILE"} ${ends}\n`);
  expect(metrics.match(/^exec_certificate_expiry/gm)).toHaveLength(1);
});

test('a file that is gone or is no certificate has ended long ago, and costs no other value', async () => {
  const [wrong, right] = [join(folder, 'wrong.pem'), join(folder, 'right.pem')];
  await writeFile(wrong, 'nothing');
  await writeFile(right, testTls.certificate);
  const metrics = await scraped({
    TLS_CERT_FILE: right,
    REDIS_CA_FILE: join(folder, 'gone.pem'),
    CONFIG_DB_CA_FILE: wrong,
  });
  expect(metrics).toMatch(/^exec_certificate_expiry_timestamp_seconds\{file="TLS_CERT_FILE"\} [1-9]/m);
  for (const file of ['REDIS_CA_FILE', 'CONFIG_DB_CA_FILE'])
    expect(metrics).toContain(`exec_certificate_expiry_timestamp_seconds{file="${file}"} 0\n`);
});
