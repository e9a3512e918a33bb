/** The Dockerfile and the compose files keep their rules; looked at as text, so that no engine is needed. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ownVariables, services, serviceVariables, type Variables } from '@exec/common/config';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFile(`${root}/${path}`, 'utf8');

/** The lines below a key, up to the next line that is indented as little as the key. */
function block(text: string, key: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trimStart().startsWith(`${key}:`));
  if (first < 0) throw new Error(`there is no ${key}`);
  const depth = lines[first]?.search(/\S/) ?? 0;
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => line.trim() !== '' && line.search(/\S/) <= depth);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** As both kinds of files write a value that is given from outside. */
const argument = (name: string) => `$\{${name}}`;

describe('docker/Dockerfile', () => {
  let text: string;
  let instructions: string[];
  beforeAll(async () => {
    text = await read('docker/Dockerfile');
    const joined = text.replaceAll(/\\\n\s*/g, '');
    instructions = joined.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  });

  it('names no frontend, which BuildKit would have to pull', () => {
    expect(text).not.toMatch(/^#\s*syntax\s*=/im);
    expect(text).not.toMatch(/--mount|<</);
  });

  it('has a target for each service on bases given by argument', () => {
    const stages = instructions.filter((line) => line.startsWith('FROM '));
    expect(stages).toEqual([
      ...[`FROM ${argument('BUILD_BASE')} AS build`, `FROM ${argument('BASE')} AS service`],
      ...['excs', 'exas', 'excp', 'simulators'].map((name) => `FROM service AS ${name}`),
    ]);
  });

  it('runs as nobody, from vectors, with a health check that asks whether the process lives', () => {
    expect(instructions).toContain('USER 65532:65532');
    for (const name of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'])
      for (const line of instructions.filter((one) => one.startsWith(name))) expect(line).toMatch(/\[.*\]$/);
    const after = instructions.slice(instructions.indexOf(`FROM ${argument('BASE')} AS service`));
    expect(after.filter((line) => /^(RUN|ADD|USER root|VOLUME)/.test(line))).toEqual([]);
    expect(after.join('\n')).toContain('"/app/health-check.js"');
  });

  it('starts each service with the flags of Node and the allocator that its script has', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    for (const service of ['excs', 'exas', 'excp']) {
      const [setting = '', node = '', ...rest] = scripts[service]?.split(' ') ?? [];
      expect(setting).toMatch(/^MALLOC_ARENA_MAX=/);
      expect(text).toContain(setting);
      const vector = [node, ...rest.slice(0, -1), '/app/dist/main.js'];
      const target = instructions.slice(instructions.indexOf(`FROM service AS ${service}`));
      expect(target.find((line) => line.startsWith('ENTRYPOINT'))).toBe(
        `ENTRYPOINT ${JSON.stringify(vector).replaceAll(',', ', ')}`,
      );
    }
  });

  it('installs from the lock file, with the manifest of every package', async () => {
    expect(text).toContain('pnpm install --frozen-lockfile --prod');
    // The bridge is Java and has an image of its own.
    const packages = (await readdir(`${root}/packages`)).filter((name) => name !== 'bridge');
    for (const name of packages)
      expect(instructions).toContain(`COPY packages/${name}/package.json packages/${name}/package.json`);
    const { packageManager } = JSON.parse(await read('package.json')) as { packageManager: string };
    // By its checksum, not by what a registry gives under this version.
    const archive = `${packageManager.replace('@', '-')}.tgz`;
    expect(text).toContain(`npm pack --silent ${packageManager} `);
    expect(text).toMatch(new RegExp(`"[0-9a-f]{128}  ${archive}" [^;]*sha512sum --check && npm install`));
    expect(text).toContain(`npm install --global ./${archive})`);
  });
});

describe('the sample with Prometheus and Grafana', () => {
  it('has no administrator with a known password', async () => {
    const text = await read('docker/dev/compose.yaml');
    for (const setting of [
      'GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true"',
      'GF_AUTH_DISABLE_LOGIN_FORM: "true"',
      'GF_AUTH_BASIC_ENABLED: "false"',
    ])
      expect(block(text, 'grafana')).toContain(setting);
  });
});

describe('the compose files', () => {
  it('run every service hardened and bounded', async () => {
    const text = await read('docker/services.yaml');
    const hardened = block(text, 'x-hardened').replaceAll(/\s+/g, ' ');
    for (const rule of [
      ...['restart: unless-stopped', 'user: "65532:65532"', 'read_only: true', 'cap_drop: - ALL'],
      ...[
        'security_opt: - no-new-privileges:true',
        'mem_limit: 512m',
        'memswap_limit: 512m',
        'ulimits: core: 0',
        'pids_limit: 100',
      ],
      ...['stop_grace_period: 15s', 'max-size: 20m', 'max-file: "5"', 'noexec,nosuid,nodev'],
    ])
      expect(hardened).toContain(rule);
    for (const name of ['excs', 'exas', 'excp', 'simulators'])
      expect(block(block(text, 'services'), name)).toContain('<<: *hardened');
  });

  it.each(services)('hand every setting of %s on, secrets as files', async (service) => {
    const text = await read('compose.yaml');
    const own = block(block(text, 'services'), service);
    const parts = [own, block(text, 'x-common'), ...(own.includes('*link') ? [block(text, 'x-link')] : [])];
    const handedOn = new Set(
      [...parts.join('\n').matchAll(/^\s+([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name),
    );
    // Address and port inside the container are the image's; secrets are not stored in plain text here.
    const fixed = ['HTTP_HOST', 'HTTP_PORT', 'SETTINGS_PLAINTEXT'];
    const wanted = Object.entries(serviceVariables(service, ownVariables[service] as Variables))
      .filter(([name]) => !fixed.includes(name))
      .map(([name, { secret }]) => (secret === true ? `${name}_FILE` : name));
    expect([...handedOn].sort()).toEqual(wanted.sort());
    expect(own).toContain(`profiles: [${service}]`);
    expect(own).toContain(`${argument('PUBLISH_ADDRESS:-127.0.0.1')}:`);
  });

  it('name the version of the repository', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string };
    for (const path of ['docker/services.yaml', 'docker/dev/compose.yaml'])
      for (const [, named] of (await read(path)).matchAll(/\$\{VERSION:-([^}]+)\}/g))
        expect(named).toBe(version);
  });

  it('hand no engine socket to a container and publish on loopback only', async () => {
    for (const path of ['compose.yaml', 'docker/services.yaml', 'docker/dev/compose.yaml']) {
      const text = await read(path);
      expect(text).not.toMatch(/docker\.sock|privileged|network_mode|cap_add/);
      for (const [, address] of text.matchAll(/^\s+- (\S+):\$?\{?[\w:-]+\}?:\d+$/gm))
        expect(address).toMatch(/^(127\.0\.0\.1|\$\{PUBLISH_ADDRESS:-127\.0\.0\.1\})/);
    }
  });
});
