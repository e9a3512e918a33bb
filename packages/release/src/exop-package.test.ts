/** The package of the bootstrap as a stranger gets it: unpacked somewhere, with nothing of the repository around it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryVersion } from './bundle.ts';
import { packageExop } from './exop-package.ts';

let folder: string;
let unpacked: string;
let version: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exec-package-'));
  version = await repositoryVersion();
  const architectures = [process.arch === 'arm64' ? ('arm64' as const) : ('x64' as const)];
  const files = await packageExop({ out: folder, version, architectures });
  expect(files).toEqual([`exop-${version}.tgz`, `exop-${version}.cdx.json`]);
  expect(spawnSync('tar', ['-xzf', `exop-${version}.tgz`], { cwd: folder }).status).toBe(0);
  unpacked = join(folder, `exop-${version}`);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: 'exop' | 'link', cwd: string, ...args: readonly string[]) {
  const env = { PATH: '/usr/bin:/bin', HOME: cwd };
  const { status, stdout, stderr } = spawnSync(join(unpacked, program), args, { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the unpacked package', () => {
  it.each(['exop', 'link'] as const)('says the version of %s, without any Node of the machine', (program) => {
    expect(run(program, folder, '--version')).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('begins a deployment: a commented .env and samples, which nothing overwrites, and a check as far as it goes', () => {
    const site = join(folder, 'site');
    mkdirSync(site);
    const first = run('exop', site, 'init');
    expect(first.status, first.stderr).toBe(0);
    expect(readdirSync(site).sort()).toEqual(['.env', 'samples']);
    expect(statSync(join(site, '.env')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(site, '.env'), 'utf8')).toContain(`\nVERSION=${version}\n`);
    expect(
      readdirSync(join(site, 'samples'))
        .filter((name) => name.endsWith('.json'))
        .sort(),
    ).toEqual(['reasons.json', 'schema-map.json', 'sites.json', 'states.json']);

    const missing = run('exop', site, 'check');
    expect(missing.status).toBe(78);
    expect(missing.stderr).toContain('SSH_KEY_FILE');

    mkdirSync(join(site, '.ssh'));
    for (const name of ['id_ed25519', 'known_hosts'])
      writeFileSync(join(site, '.ssh', name), '', { mode: 0o600 });
    const begun = readFileSync(join(site, '.env'), 'utf8')
      .replaceAll(/\b(exc?[as]?[sp]?\d?)\.example\.com/g, '$1.invalid')
      .replaceAll('change-me', 'canary-0a1b');
    writeFileSync(join(site, '.env'), begun);
    // Without certificates EXCS is refused; the package brings what makes them.
    expect(run('exop', site, 'check').stderr).toContain('EXCS_TLS_CERT_FILE');
    const certificates = run('exop', site, 'certificates');
    expect(certificates.status, certificates.stderr).toBe(0);
    const settings = certificates.stdout.split('\n').filter((line) => /^EX[A-Z0-9_]+_FILE=/.test(line));
    expect(settings).toHaveLength(9);
    const withCertificates = `${begun}${settings.join('\n')}\n`;
    writeFileSync(join(site, '.env'), withCertificates);
    // Whose signature counts is said by who installs, or that none does.
    expect(run('exop', site, 'check').stderr).toContain('RELEASE_PUBLIC_KEY');
    const text = `${withCertificates}ALLOW_UNSIGNED=true\n`;
    writeFileSync(join(site, '.env'), text);
    const unreachable = run('exop', site, 'check', '--json');
    expect(unreachable.status, unreachable.stderr).toBe(1);
    const { checks } = JSON.parse(unreachable.stdout) as { checks: { check: string; status: string }[] };
    expect(checks.map(({ check, status }) => `${check} ${status}`)).toEqual(Array(4).fill('SSH failed'));

    const exported = run('exop', site, 'monitoring', 'export');
    expect(exported.status, exported.stderr).toBe(0);
    for (const path of ['prometheus/alerts.yml', 'grafana/dashboards/overview.generated.json'])
      expect(statSync(join(site, 'monitoring', path)).isFile(), path).toBe(true);

    const again = run('exop', site, 'init', '--json');
    expect(again.status).toBe(0);
    const { written, kept } = JSON.parse(again.stdout) as { written: string[]; kept: string[] };
    expect(written).toEqual([]);
    expect(kept).toContain('.env');
    expect(readFileSync(join(site, '.env'), 'utf8')).toBe(text);
  });

  it('holds what its pages name', () => {
    const pages = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.md') && !path.startsWith('node'),
    );
    expect(pages).toContain('docs/guide/install.md');
    const broken = pages.flatMap((page) =>
      [...readFileSync(join(unpacked, page), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = '']) => normalize(join(dirname(page), target)))
        .filter((target) => statSync(join(unpacked, target), { throwIfNoEntry: false }) === undefined),
    );
    // Pages for developers name sources, which are in the repository alone.
    const sources =
      /^(?:packages\/[^/]+\/(?:src\/|README\.md|testing)|packages\/release\/node-checksums\.txt|\.ci\/run|test\/|docker\/(?:Dockerfile|dev\/)|vitest\.config)/;
    expect([...new Set(broken)].filter((target) => !sources.test(target))).toEqual([]);
    for (const file of [
      'docker/prometheus/alerts.yml',
      'docker/grafana/dashboards/overview.generated.json',
      'docker/services.yaml',
      'compose.yaml',
      'packages/bridge/bin/build',
      'CHANGELOG.md',
      'LICENSES.txt',
      'sbom.cdx.json',
    ])
      expect(statSync(join(unpacked, file)).isFile(), file).toBe(true);
    expect(statSync(join(unpacked, 'packages/bridge/bin/build')).mode & 0o111).not.toBe(0);
  });
});
