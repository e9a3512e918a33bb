/** The certificates of a deployment that has none: real servers show them, real clients judge them. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../certificates/authority.ts';
import { storeCertificates } from '../certificates/store.ts';
import { readDeployment } from '../config/deployment.ts';
import { exopCli } from './exop-cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exop-certificates-'));
  for (const name of ['key', 'known']) await writeFile(join(folder, name), '', { mode: 0o600 });
  await writeEnv({});
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Right but for the certificates. */
const base = {
  EXCS_HOST: 'excs.invalid',
  EXAS_HOST: '192.0.2.7:2222',
  EXCP_HOSTS: 'excp1.invalid,[2001:db8::8]:2222',
  SSH_USER: 'exec',
  SSH_KEY_FILE: './key',
  SSH_KNOWN_HOSTS: './known',
  VERSION: '1.2.3',
  REGISTRY: 'registry.example.com/exec',
  ORG_ID: 'org-1',
  TENANT_ID: '101',
  REDIS_URL: 'rediss://:canary-redis@redis.invalid',
  CONFIG_DB_URL: 'postgresql://exec:canary-db@db.invalid/cfg?sslmode=verify-full',
  STAT_SERVER_PRIMARY: 'stat1.invalid:2060',
  SIP_SERVER_PRIMARY: 'sip1.invalid:8000',
  SWITCH_NAME: 'SIP_Switch',
};

async function writeEnv(
  changes: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): Promise<void> {
  const lines = Object.entries({ ...base, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  await writeFile(join(folder, '.env'), `${[...lines, ...more].join('\n')}\n`, { mode: 0o600 });
}

async function exop(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const cli = exopCli({
    env: {},
    folder,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    signal: new AbortController().signal,
  });
  return { code: await cli.run(args), out: out.join(''), err: err.join('') };
}

const at = (name: string): string => join(folder, 'certificates', name);
const text = (name: string): Promise<string> => readFile(at(name), 'utf8');
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
const daysOf = (pem: string): number => (Date.parse(new X509Certificate(pem).validTo) - Date.now()) / DAY_MS;
/** The settings among what was printed. */
const settingsIn = (out: string): string[] => out.split('\n').filter((line) => /^EX[A-Z0-9_]+=/.test(line));
const files = ['ca', 'excs', 'exas', 'excp-1', 'excp-2'];

/** Asks a server that shows a certificate as if it were called by a name; answers what the client says. */
async function asked(leaf: string, name: string, authority = 'ca.pem'): Promise<string> {
  const server = createServer(
    { cert: await text(`${leaf}.pem`), key: await text(`${leaf}.key`) },
    (_, answer) => answer.end('served'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ca = await readFile(authority.startsWith('/') ? authority : at(authority), 'utf8');
  try {
    return await new Promise((resolve) => {
      get(
        {
          ...{ host: '127.0.0.1', port, ca, agent: false },
          ...(isIP(name) === 0 ? { servername: name } : {}),
          // As Node judges a name; only where the server stands is another place here.
          checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
        },
        (response) => resolve(String(response.resume().statusCode)),
      ).once('error', (error) => resolve(error.message));
    });
  } finally {
    server.close();
  }
}

describe('exop certificates', () => {
  it('makes what a stranger lacks: check refuses the .env before, and takes it with the printed lines', async () => {
    const before = await exop('check');
    expect(before.code, before.err).toBe(78);
    expect(before.err).toContain('EXCS_TLS_CERT_FILE');

    const made = await exop('certificates');
    expect(made.code, made.err).toBe(0);
    expect(made.out.match(/ made$/gm)).toHaveLength(5);
    await writeEnv({}, settingsIn(made.out));
    const { instances, warnings } = readDeployment(join(folder, '.env'), {});
    expect(warnings).toEqual([]);
    expect(instances.map(({ name, environment }) => [name, environment.get('EXCS_URL')])).toEqual([
      ['excs-1', undefined],
      ['exas-1', 'https://excs.invalid:3640'],
      ['excp-1', 'https://excs.invalid:3640'],
      ['excp-2', 'https://excs.invalid:3640'],
    ]);
    for (const [index, leaf] of ['excs', 'exas', 'excp-1', 'excp-2'].entries()) {
      expect(instances[index]?.files.get('TLS_CERT_FILE')?.reveal()).toBe(await text(`${leaf}.pem`));
      expect(instances[index]?.files.get('TLS_KEY_FILE')?.reveal()).toBe(await text(`${leaf}.key`));
      expect(instances[index]?.files.get('EXCS_CA_FILE')?.reveal()).toBe(
        leaf === 'excs' ? undefined : await text('ca.pem'),
      );
      // The key that signs stays here.
      const taken = [...(instances[index]?.files.values() ?? [])].map((file) => file.reveal()).join('\n');
      expect(taken).not.toContain((await text('ca.key')).trim());
    }
    const checked = await exop('check', '--json');
    expect(checked.code, checked.err).toBe(1);
    const { checks } = JSON.parse(checked.out) as { checks: { check: string; status: string }[] };
    expect(checks.map(({ check, status }) => `${check} ${status}`)).toEqual(Array(4).fill('SSH failed'));

    const again = await exop('certificates');
    expect(again.out.match(/ kept$/gm)).toHaveLength(5);
    expect(settingsIn(again.out)).toEqual([]);
    expect(again.out).toContain('.env names them already');
  });

  it('serves names and addresses to who trusts the authority, and nobody else', async () => {
    await exop('certificates');
    expect(await asked('excs', 'excs.invalid')).toBe('200');
    expect(await asked('exas', '192.0.2.7')).toBe('200');
    expect(await asked('excp-1', 'excp1.invalid')).toBe('200');
    expect(await asked('excp-2', '2001:db8::8')).toBe('200');
    expect(await asked('excs', 'excp1.invalid')).toMatch(/excp1\.invalid.* is not in the cert/);
    expect(await asked('exas', '192.0.2.8')).toMatch(/192\.0\.2\.8.* is not in the cert/);
    await exop('certificates', '--out', 'others');
    expect(await asked('excs', 'excs.invalid', join(folder, 'others', 'ca.pem'))).toMatch(
      /self-signed certificate in certificate chain|unable to verify/,
    );
  });

  it('makes an authority for ten years that signs no other, and servers for 397 days', async () => {
    await exop('certificates');
    const authority = new X509Certificate(await text('ca.pem'));
    expect([authority.ca, authority.subject === authority.issuer]).toEqual([true, true]);
    expect(daysOf(await text('ca.pem'))).toBeGreaterThan(3651);
    expect(authority.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    // cA TRUE, pathLenConstraint 0, both inside a critical basicConstraints (2.5.29.19).
    expect(authority.raw.toString('hex')).toContain('0603551d130101ff040830060101ff020100');
    const [leaf, behind] =
      (await text('excs.pem')).match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    expect(behind).toBe((await text('ca.pem')).trim());
    const server = new X509Certificate(leaf ?? '');
    expect(server.ca).toBe(false);
    expect(server.checkIssued(authority) && server.verify(authority.publicKey)).toBe(true);
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(server.subjectAltName).toBe('DNS:excs.invalid');
    expect(Math.round(daysOf(await text('excs.pem')))).toBe(397);
    const short = await exop('certificates', '--renew', '--days', '90');
    expect(short.code, short.err).toBe(0);
    expect(Math.round(daysOf(await text('excs.pem')))).toBe(90);
  });

  it('also names the address that is published, and how the others are told to reach EXCS', async () => {
    await writeEnv({
      EXCS_HTTP_HOST: '10.0.0.11',
      EXCS_URL: 'https://sync.example.com:8443',
      EXAS_HTTP_HOST: '0.0.0.0',
    });
    await exop('certificates');
    expect(new X509Certificate(await text('excs.pem')).subjectAltName).toBe(
      'DNS:excs.invalid, IP Address:10.0.0.11, DNS:sync.example.com',
    );
    expect(new X509Certificate(await text('exas.pem')).subjectAltName).toBe('IP Address:192.0.2.7');
  });

  it('closes keys and folder to others, and prints nothing secret', async () => {
    const { out, err } = await exop('certificates', '--json');
    expect(await modeOf(at(''))).toBe(0o700);
    for (const name of files) expect([name, await modeOf(at(`${name}.key`))]).toEqual([name, 0o600]);
    expect((await readdir(at(''))).sort()).toEqual(
      files.flatMap((name) => [`${name}.key`, `${name}.pem`]).sort(),
    );
    for (const name of files) {
      const secret = (await text(`${name}.key`)).split('\n')[1] ?? '';
      expect(secret.length).toBeGreaterThan(40);
      expect(out + err).not.toContain(secret);
    }
    expect(out + err).not.toContain('canary');
    expect(err).toContain('stays on this machine');

    await chmod(at('excs.key'), 0o644);
    await chmod(at(''), 0o755);
    expect((await exop('certificates')).err).toContain('chmod 700');
    expect(await modeOf(at('excs.key'))).toBe(0o600);
  });

  it('answers programs', async () => {
    const { code, out } = await exop('certificates', '--json');
    expect(code).toBe(0);
    const answer = JSON.parse(out) as {
      certificates: { name: string; hosts: string[]; result: string; until: string }[];
      settings: { name: string; value: string; state: string }[];
    };
    expect(answer).toMatchObject({ ok: true, command: 'certificates', folder: join(folder, 'certificates') });
    expect(answer.certificates.map(({ name, hosts, result }) => [name, ...hosts, result])).toEqual([
      ['ca', 'made'],
      ['excs', 'excs.invalid', 'made'],
      ['exas', '192.0.2.7', 'made'],
      ['excp-1', 'excp1.invalid', 'made'],
      ['excp-2', '2001:db8::8', 'made'],
    ]);
    expect(answer.settings.map(({ name, value, state }) => `${state} ${name}=${value}`)).toEqual(
      [
        'EXCS_TLS_CERT_FILE=./certificates/excs.pem',
        'EXCS_TLS_KEY_FILE=./certificates/excs.key',
        'EXAS_TLS_CERT_FILE=./certificates/exas.pem',
        'EXAS_TLS_KEY_FILE=./certificates/exas.key',
        'EXCP_1_TLS_CERT_FILE=./certificates/excp-1.pem',
        'EXCP_1_TLS_KEY_FILE=./certificates/excp-1.key',
        'EXCP_2_TLS_CERT_FILE=./certificates/excp-2.pem',
        'EXCP_2_TLS_KEY_FILE=./certificates/excp-2.key',
        'EXCS_CA_FILE=./certificates/ca.pem',
      ].map((line) => `missing ${line}`),
    );
  });

  it('adds what a later stage needs, and says what names other files', async () => {
    await writeEnv({ EXAS_HOST: undefined, EXCP_HOSTS: undefined });
    const first = await exop('certificates');
    expect(settingsIn(first.out)).toHaveLength(3);
    const excs = await text('excs.pem');
    await writeEnv({ EXCS_CA_FILE: './own-ca.pem' }, settingsIn(first.out).slice(0, 2));
    const second = await exop('certificates');
    expect(second.out.match(/ kept$/gm)).toHaveLength(2);
    expect(second.out.match(/ made$/gm)).toHaveLength(3);
    expect(second.out).toMatch(/Put into \.env:\nEXAS_TLS_CERT_FILE=/);
    expect(second.out).toMatch(/names other files.*\nEXCS_CA_FILE=\.\/certificates\/ca\.pem$/m);
    expect(await text('excs.pem')).toBe(excs);
  });

  it('says wrong hosts and wrong use', async () => {
    await writeEnv({ EXCP_HOSTS: 'one.invalid' });
    expect(await exop('certificates')).toMatchObject({
      code: 78,
      err: expect.stringContaining('EXCP_HOSTS') as unknown,
    });
    expect((await exop('certificates', '--days', '30')).code).toBe(2);
    await rm(join(folder, '.env'));
    expect((await exop('certificates')).code).toBe(78);
  });
});

describe('a second run', () => {
  const services = [{ name: 'excs', hosts: ['excs.invalid'] }];
  const run = (changes: { renew?: boolean; now?: Date; services?: typeof services } = {}) =>
    storeCertificates({ folder: at(''), services, days: 397, renew: false, now: new Date(), ...changes });
  const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
  const results = async (running: ReturnType<typeof run>) => (await running).map(({ result }) => result);
  const contents = () => Promise.all(['ca.pem', 'ca.key', 'excs.pem', 'excs.key'].map(text));

  it('keeps every byte, as long as nothing ends within 30 days', async () => {
    expect(await results(run())).toEqual(['made', 'made']);
    const before = await contents();
    expect(await results(run({ now: inDays(366) }))).toEqual(['kept', 'kept']);
    expect(await contents()).toEqual(before);
  });

  it.each([
    ['asked to renew', () => run({ renew: true })],
    ['at its end', () => run({ now: inDays(368) })],
    ['for other hosts', () => run({ services: [{ name: 'excs', hosts: ['excs.invalid', '10.0.0.11'] }] })],
    ['without its key', () => rm(at('excs.key')).then(() => run())],
    [
      'with a key of something else',
      () =>
        text('ca.key')
          .then((key) => writeFile(at('excs.key'), key))
          .then(() => run()),
    ],
    ['that cannot be read', () => writeFile(at('excs.pem'), 'what').then(() => run())],
  ])('makes that of the service anew %s, and keeps the authority', async (_, again) => {
    await run();
    const [ca, caKey, leaf, key] = await contents();
    expect(await results(again())).toEqual(['kept', 'made']);
    const now = await contents();
    expect(now.slice(0, 2)).toEqual([ca, caKey]);
    expect(now[2]).not.toBe(leaf);
    expect(now[3]).not.toBe(key);
    // Who trusts the authority since the first run takes what was made last.
    const server = new X509Certificate(now[2] ?? '');
    expect(server.verify(new X509Certificate(ca ?? '').publicKey)).toBe(true);
  });

  it('does not need the key of the authority where nothing is made, and says so where it does', async () => {
    await run();
    await rm(at('ca.key'));
    expect(await results(run())).toEqual(['kept', 'kept']);
    await expect(run({ renew: true })).rejects.toMatchObject({ code: 'exop.certificates-unusable' });
    expect(await results(run())).toEqual(['kept', 'kept']);
  });

  it('makes no second authority in silence', async () => {
    await run();
    await expect(run({ now: inDays(3640) })).rejects.toMatchObject({ code: 'exop.certificates-unusable' });
    await rm(at('ca.pem'));
    await expect(run()).rejects.toMatchObject({ code: 'exop.certificates-unusable' });
    await writeFile(at('ca.pem'), await text('excs.pem'));
    await expect(run()).rejects.toMatchObject({ code: 'exop.certificates-unusable' });
  });

  it('gives no service more time than its authority has', async () => {
    await run();
    const [ca, leaf] = await run({ now: inDays(3500) });
    expect(leaf?.until).toEqual(ca?.until);
  });

  it('says what cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(
      storeCertificates({
        folder: join(folder, 'file', 'x'),
        services,
        days: 397,
        renew: false,
        now: new Date(),
      }),
    ).rejects.toMatchObject({ code: 'exop.file-not-written' });
    await mkdir(at('excs.key'), { recursive: true });
    await expect(run()).rejects.toMatchObject({ code: expect.stringMatching(/^exop\./) as unknown });
  });
});
