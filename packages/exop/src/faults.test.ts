/** What can go wrong before anything is changed: each fault is one clear row, and no VM is touched. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatAddress } from '@exec/engage-link';
import { accept, answer, LinkServer, makeCertificate, refuse } from '@exec/engage-link/testing';
import { portForLater } from '@exec/testing/servers';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { CheckResult } from './checks/check.ts';
import { answerOf, Fleet, type Name, names } from './testing/fleet.ts';
import { makeSigner } from './testing/signer.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());
vi.setConfig({ testTimeout: 120_000 });

interface Fault {
  readonly instance: Name;
  readonly check: string;
  readonly found: RegExp;
  readonly remedy: RegExp;
}

/** Deploys, expects exactly these failed checks, and that nothing at all was changed on any VM. */
async function expectFailed(...faults: readonly Fault[]): Promise<void> {
  const called = await fleet.call('deploy', '--json');
  const answer = JSON.parse(called.stdout) as { ok: boolean; checks: CheckResult[]; error: { code: string } };
  expect(called.code).toBe(1);
  expect(answer.error.code).toBe('exop.checks-failed');
  const failed = answer.checks.filter(({ status }) => status === 'failed');
  expect(
    failed.map(({ instance, check }) => ({ instance, check })),
    JSON.stringify(failed),
  ).toEqual(faults.map(({ instance, check }) => ({ instance, check })));
  for (const [index, fault] of faults.entries()) {
    expect(failed[index]?.found).toMatch(fault.found);
    expect(failed[index]?.remedy).toMatch(fault.remedy);
    expect(called.stderr).toContain(failed[index]?.remedy);
  }
  for (const { sshd, docker } of fleet.vms) {
    expect(readdirSync(join(sshd.root, 'home'))).toEqual([]);
    expect(docker.container).toBeUndefined();
    expect(docker.state.images.size).toBe(0);
  }
  expect(called.stderr + called.stdout + (await fleet.commandLines())).not.toContain('canary');
}

const knownHosts = (): string => join(fleet.folder, 'known_hosts');

it('a VM whose host key is unknown is not logged in to', async () => {
  const lines = readFileSync(knownHosts(), 'utf8').split('\n');
  writeFileSync(
    knownHosts(),
    lines.filter((line) => !line.includes(`:${fleet.vm('exas-1').sshd.port} `)).join('\n'),
  );
  await expectFailed({
    instance: 'exas-1',
    check: 'SSH',
    found: /is not in .*known_hosts.*ssh-ed25519 SHA256:.*ssh-keyscan -p/,
    remedy: /Compare the fingerprint/,
  });
  expect(readFileSync(join(fleet.vm('exas-1').sshd.root, 'commands'), 'utf8')).toBe('');
});

it('a VM whose host key changed is not logged in to', async () => {
  const lines = readFileSync(knownHosts(), 'utf8').trim().split('\n');
  const other = lines[0]?.split(' ').at(2) ?? '';
  const changed = lines.map((line, index) => (index === 3 ? line.replace(/\S+$/, other) : line));
  writeFileSync(knownHosts(), changed.join('\n'));
  await expectFailed({
    instance: 'excp-2',
    check: 'SSH',
    found: /shows another key than the one that is known.*ssh-keygen -R/,
    remedy: /Find out why first/,
  });
});

it('a key that the VMs do not take', async () => {
  await fleet.writeEnv({ SSH_KEY_FILE: './other' });
  const refused = { check: 'SSH', found: /refused user .* with .*other/, remedy: /authorized_keys/ };
  await expectFailed(
    { instance: 'excs-1', ...refused },
    { instance: 'exas-1', ...refused },
    { instance: 'excp-1', ...refused },
    { instance: 'excp-2', ...refused },
  );
});

it('the VM of EXCS that does not answer: everything asks EXCS', async () => {
  await fleet.writeEnv({ EXCS_HOST: `127.0.0.1:${await portForLater()}` });
  await expectFailed({ instance: 'excs-1', check: 'SSH', found: /ECONNREFUSED/, remedy: /firewall/ });
});

it('a full disk, found before the image is loaded', async () => {
  await fleet.fillDisk('excp-1');
  const full = { found: /0\.0 GB free/, remedy: /Free some space/ };
  await expectFailed(
    { instance: 'excp-1', check: 'disk of the installation', ...full },
    { instance: 'excp-1', check: 'disk of Docker', ...full },
  );
});

it('a port that another program uses', async () => {
  const { port } = fleet.vm('exas-1');
  const other = createServer();
  await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
  try {
    await expectFailed({
      instance: 'exas-1',
      check: `port ${port}`,
      found: /used by another program/,
      remedy: /ss -ltnp/,
    });
  } finally {
    await new Promise<void>((done) => other.close(() => done()));
  }
});

it('an image that is missing, damaged or no archive', async () => {
  const images = join(fleet.folder, 'images');
  rmSync(join(images, 'excs-1.0.0.tgz'));
  writeFileSync(join(images, 'exas-1.0.0.tgz'), 'not gzip');
  writeFileSync(join(images, 'excp-1.0.0.tgz'), gzipSync('another image'));
  const damaged = { check: 'image', found: /does not fit its checksum/, remedy: /Fetch the package again/ };
  await expectFailed(
    {
      instance: 'excs-1',
      check: 'image',
      found: /excs-1\.0\.0\.tgz does not exist/,
      remedy: /VERSION or IMAGES_DIR/,
    },
    { instance: 'exas-1', check: 'image', found: /not a gzip archive/, remedy: /docker save/ },
    { instance: 'excp-1', ...damaged },
    { instance: 'excp-2', ...damaged },
  );
});

it('images whose checksums nobody has signed, or somebody else, or changed afterwards', async () => {
  const images = join(fleet.folder, 'images');
  const refused = async (found: RegExp): Promise<void> => {
    const failure = { check: 'image', found, remedy: /SHA256SUMS\.minisig/ };
    await expectFailed(...names.map((instance) => ({ instance, ...failure })));
    expect(fleet.history).toEqual([]);
  };
  await fleet.signImages(makeSigner());
  await refused(/SHA256SUMS\.minisig was made with the key [0-9A-F]{16}, not with /);
  await fleet.signImages();
  appendFileSync(join(images, 'SHA256SUMS'), `${'0'.repeat(64)}  another.tgz\n`);
  await refused(/SHA256SUMS\.minisig does not fit the file/);
  writeFileSync(join(images, 'SHA256SUMS.minisig'), 'nothing');
  await refused(/is not a signature of minisign/);
  rmSync(join(images, 'SHA256SUMS.minisig'));
  await refused(/SHA256SUMS\.minisig cannot be read/);
  // A signed list that does not name the image.
  rmSync(join(images, 'SHA256SUMS'));
  writeFileSync(join(images, 'SHA256SUMS'), '');
  writeFileSync(join(images, 'SHA256SUMS.minisig'), fleet.signer.sign(Buffer.alloc(0)));
  await refused(/is not listed in the signed SHA256SUMS/);
});

it('without a key nothing is loaded, unless the file allows it: then every command says so', async () => {
  await fleet.writeEnv({ RELEASE_PUBLIC_KEY: undefined });
  const without = await fleet.call('deploy', '--yes');
  expect(without.code).toBe(78);
  expect(without.stderr).toContain('RELEASE_PUBLIC_KEY: is not set');
  rmSync(join(fleet.folder, 'images/SHA256SUMS.minisig'));
  await fleet.writeEnv({ RELEASE_PUBLIC_KEY: undefined, ALLOW_UNSIGNED: 'true' });
  for (const command of [['deploy', '--yes'], ['status']]) {
    const allowed = await fleet.call(...command);
    expect(allowed.code, allowed.stderr + allowed.stdout).toBe(0);
    expect(allowed.stderr).toContain('warning: ALLOW_UNSIGNED=true: no signature of the images is checked');
  }
});

it('an image that the registry does not have, asked from the VM', async () => {
  await fleet.writeEnv({ IMAGES_DIR: undefined, REGISTRY: 'registry.example.com/exec' });
  for (const { docker } of fleet.vms)
    for (const service of ['excs', 'exas'])
      docker.state.registry.add(`registry.example.com/exec/${service}:1.0.0`);
  const missing = { check: 'image', found: /manifest unknown/, remedy: /docker login/ };
  await expectFailed({ instance: 'excp-1', ...missing }, { instance: 'excp-2', ...missing });
});

it('Docker that is not there, and Docker that is too old', async () => {
  fleet.vm('excs-1').docker.state.version = '';
  fleet.vm('exas-1').docker.state.version = '19.03.1';
  fleet.vm('exas-1').docker.state.composeV2 = '';
  await expectFailed(
    { instance: 'excs-1', check: 'Docker', found: /Cannot connect/, remedy: /systemctl enable/ },
    { instance: 'exas-1', check: 'Docker', found: /19\.03/, remedy: /Upgrade Docker/ },
    { instance: 'exas-1', check: 'compose', found: /none/, remedy: /docker-compose-plugin/ },
  );
});

it('peers that a VM cannot reach, with the address', async () => {
  const port = fleet.vm('excs-1').port;
  await fleet.writeEnv({
    STAT_SERVER_BACKUP: `127.0.0.1:${port}`,
    CONFIG_DB_URL: 'postgresql://nowhere.invalid/cfg?sslmode=verify-full',
  });
  await expectFailed(
    {
      instance: 'excs-1',
      check: 'reach Config DB',
      found: /nowhere\.invalid:5432/,
      remedy: /open the firewall/,
    },
    {
      instance: 'exas-1',
      check: 'reach Stat Server, backup',
      found: /nothing listens/,
      remedy: /open the firewall/,
    },
  );
});

it('bridges that cannot be worked with, each with what is wrong', async () => {
  fleet.sip.behaviours = [refuse('RequestRegisterClient', 'unknown application')];
  fleet.stat.behaviours = [answer('RequestRegisterClient', (to) => to.write('SSH-2.0-other\r\n'))];
  const refused = {
    check: 'reach SIP Server, primary',
    found: /refused the registration with code 40: unknown application/,
    remedy: /ENGAGE_APP_NAME/,
  };
  await expectFailed(
    {
      instance: 'exas-1',
      check: 'reach Stat Server, primary',
      found: /does not speak Engage Link: the line is not JSON/,
      remedy: /./,
    },
    { instance: 'excp-1', ...refused },
    { instance: 'excp-2', ...refused },
  );
});

it('a bridge in TLS whose authority is not known', async () => {
  const certificate = makeCertificate({ name: 'bridge', hosts: ['127.0.0.1'] });
  const bridge = await LinkServer.start({ tls: certificate, behaviours: [accept()] });
  try {
    await fleet.writeEnv({ STAT_SERVER_PRIMARY: formatAddress(bridge.address) });
    await expectFailed({
      instance: 'exas-1',
      check: 'reach Stat Server, primary',
      found: /self-signed certificate/,
      remedy: /ENGAGE_LINK_CA_FILE/,
    });
    writeFileSync(join(fleet.folder, 'bridge.pem'), certificate.cert);
    await fleet.writeEnv({
      STAT_SERVER_PRIMARY: formatAddress(bridge.address),
      EXAS_ENGAGE_LINK_CA_FILE: './bridge.pem',
    });
    const called = await fleet.call('check', '--json');
    expect(called.code, called.stderr).toBe(0);
    const { checks } = JSON.parse(called.stdout) as { checks: CheckResult[] };
    expect(checks.find(({ check }) => check === 'reach Stat Server, primary')).toMatchObject({
      status: 'ok',
      found: 'Primary, engage-link/1, up since 2023-11-14T22:13:20Z',
    });
  } finally {
    await bridge.close();
  }
});

it('a failure while images are brought leaves every running service alone', async () => {
  fleet.vm('excp-2').docker.state.failures.set('load', 'write /var/lib/docker: no space left on device');
  const called = await fleet.call('deploy', '--json');
  expect(called.code).toBe(1);
  expect(called.stderr).toMatch(/excp-2 .*no space left on device/);
  expect(called.stderr).toContain('No running service was touched on any VM');
  expect(fleet.history).toEqual([]);
});

it('a second run on the same VMs is refused while one works', async () => {
  const asked = Promise.withResolvers<void>();
  const said = Promise.withResolvers<string>();
  fleet.answer = () => {
    asked.resolve();
    return said.promise;
  };
  const first = fleet.call('deploy', '--json');
  // While it asks it holds every VM.
  await Promise.race([asked.promise, first]);
  fleet.answer = 'yes';
  const second = await fleet.call('deploy', '--json');
  said.resolve('yes');
  expect(answerOf(second).error?.code, second.stderr).toBe('exop.busy');
  expect(answerOf(await first)).toMatchObject({ ok: true });
});
