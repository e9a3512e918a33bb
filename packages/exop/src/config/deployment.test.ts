import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@exec/common/config';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, readDeployment } from './deployment.ts';
import { parseDotenv } from './dotenv.ts';
import { ownVariables } from './own-variables.ts';
import { knownNames } from './scopes.ts';

const folder = mkdtempSync(join(tmpdir(), 'exop-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
};
beforeEach(() => {
  put('key', 'a key');
  put('known', '');
});

const base = {
  EXCS_HOST: 'vm1',
  EXAS_HOST: 'vm2:2222',
  EXCP_HOSTS: 'vm3, 10.0.0.4',
  SSH_USER: 'exec',
  SSH_KEY_FILE: 'key',
  SSH_KNOWN_HOSTS: './known',
  VERSION: '1.2.3',
  REGISTRY: 'registry.example.com/exec',
  ORG_ID: 'org-1',
  TENANT_ID: '101',
  REDIS_URL: 'rediss://:redis-canary@redis.example.com',
  CONFIG_DB_URL: 'postgresql://exec:db-canary@db.example.com/cfg?sslmode=verify-full',
  ALLOW_PLAINTEXT: 'true',
  STAT_SERVER_PRIMARY: 'stat1:2060',
  SIP_SERVER_PRIMARY: 'tls://sip1:8000',
  SWITCH_NAME: "The boss's $witch",
};

const folderOnly = { REGISTRY: undefined, IMAGES_DIR: './images' };
const releaserKey = 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3';

function read(changes: Record<string, string | undefined>, env: NodeJS.ProcessEnv = {}): Deployment {
  const lines = Object.entries({ ...base, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  return readDeployment(put('.env', lines.join('\n')), env);
}

function faultsOf(changes: Record<string, string | undefined>): string[] {
  return faultsIn(() => read(changes));
}

function faultsIn(reading: () => Deployment): string[] {
  try {
    reading();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
  return [];
}

describe('a deployment', () => {
  it('is read whole: hosts, SSH, source, four instances', () => {
    const deployment = read({});
    expect(deployment.instances.map(({ name, address }) => [name, address])).toEqual([
      ['excs-1', { host: 'vm1', port: 22 }],
      ['exas-1', { host: 'vm2', port: 2222 }],
      ['excp-1', { host: 'vm3', port: 22 }],
      ['excp-2', { host: '10.0.0.4', port: 22 }],
    ]);
    expect(deployment.ssh).toMatchObject({
      keyFile: join(folder, 'key'),
      knownHostsFile: join(folder, 'known'),
    });
    expect(deployment.source).toEqual({ kind: 'registry', registry: 'registry.example.com/exec' });
    expect(deployment.warnings).toEqual([]);
    const excp = deployment.instances[3];
    expect(excp?.environment.get('SWITCH_NAME')).toBe("The boss's $witch");
    expect(excp?.environment.get('INSTANCE_ID')).toBe('excp-2');
    expect(excp?.environment.get('EXCS_URL')).toBe('http://vm1:3640');
    expect(excp?.environment.has('CONFIG_DB_URL')).toBe(false);
    expect(JSON.stringify(deployment)).not.toContain('canary');
  });

  it.each<[string, Record<string, string | undefined>, string[], string[]]>([
    [
      'of EXCS alone, which needs nothing of the others',
      {
        EXAS_HOST: undefined,
        EXCP_HOSTS: '',
        STAT_SERVER_PRIMARY: undefined,
        SIP_SERVER_PRIMARY: undefined,
        SWITCH_NAME: '',
      },
      ['excs-1'],
      ['EXAS_HOST', 'EXCP_HOSTS'],
    ],
    [
      'of EXCS and EXAS',
      { EXCP_HOSTS: undefined, SIP_SERVER_PRIMARY: undefined, SWITCH_NAME: undefined },
      ['excs-1', 'exas-1'],
      ['EXCP_HOSTS'],
    ],
    [
      'of EXCS and EXCP',
      { EXAS_HOST: '', STAT_SERVER_PRIMARY: '' },
      ['excs-1', 'excp-1', 'excp-2'],
      ['EXAS_HOST'],
    ],
  ])('may be a stage: %s', (_, changes, names, absent) => {
    const deployment = read(changes);
    expect(deployment.instances.map(({ name }) => name)).toEqual(names);
    expect(deployment.absent.map(({ variable }) => variable)).toEqual(absent);
  });

  it('publishes on all addresses of a VM only when it is told to', () => {
    const addresses = (changes: Record<string, string>) =>
      read(changes).instances.map(({ publishAddress }) => publishAddress);
    expect(addresses({})).toEqual([undefined, undefined, undefined, undefined]);
    expect(addresses({ EXCS_HTTP_HOST: '0.0.0.0', EXCP_HTTP_HOST: '10.0.0.4' })).toEqual([
      ...['0.0.0.0', undefined],
      ...['10.0.0.4', '10.0.0.4'],
    ]);
  });

  it('lists all faults at once, by the name in the file, without a value', () => {
    const changes = {
      EXCS_HOST: 'not a host',
      EXCP_HOSTS: 'only-one',
      TENANT_ID: 'abc',
      REDIS_URL: 'http://canary-value',
      EXAS_LOG_LEVEL: 'loud',
      STAT_SERVER_PRIMARY: undefined,
      VERSION: undefined,
      REGISTRY: undefined,
    };
    expect(faultsOf(changes).sort()).toEqual([
      'EXAS_LOG_LEVEL',
      'EXCP_HOSTS',
      'EXCS_HOST',
      'REDIS_URL',
      'REGISTRY',
      'STAT_SERVER_PRIMARY',
      'TENANT_ID',
      'VERSION',
    ]);
    expect(() => read(changes)).toThrow(expect.not.stringContaining('canary') as unknown as string);
  });

  it.each([
    ['two services on one VM', { EXAS_HOST: 'vm1' }, ['EXAS_HOST']],
    ['both a registry and a folder', { IMAGES_DIR: 'x' }, ['REGISTRY']],
    ['a folder that nobody has signed', { ...folderOnly }, ['RELEASE_PUBLIC_KEY']],
    ['a key that is none', { ...folderOnly, RELEASE_PUBLIC_KEY: 'RWQx' }, ['RELEASE_PUBLIC_KEY']],
    [
      'a key, and leave to do without',
      { ...folderOnly, RELEASE_PUBLIC_KEY: releaserKey, ALLOW_UNSIGNED: 'true' },
      ['ALLOW_UNSIGNED'],
    ],
    ['a certificate without a key', { TLS_CERT_FILE: 'key' }, ['TLS_KEY_FILE']],
    ['a key that is not there', { SSH_KEY_FILE: 'nowhere' }, ['SSH_KEY_FILE']],
    ['neither key nor agent', { SSH_KEY_FILE: undefined }, ['SSH_KEY_FILE']],
    ['no SIP Server', { SIP_SERVER_PRIMARY: undefined }, ['SIP_SERVER_PRIMARY']],
    ['no VM of EXCS', { EXCS_HOST: undefined }, ['EXCS_HOST']],
    ['sites beside a switch', { SITES_FILE: 'key' }, ['SIP_SERVER_PRIMARY']],
    ['a secret twice', { REDIS_URL_FILE: 'key' }, ['REDIS_URL']],
    ['a way up out of the folder', { INSTALL_DIR: '/opt/../etc' }, ['INSTALL_DIR']],
    ['a region that is none', { GENESYS_CLOUD_URL: 'https://api.evil.example' }, ['GENESYS_CLOUD_URL']],
    ['a name to publish on, which Docker cannot', { HTTP_HOST: 'vm1' }, ['HTTP_HOST']],
    ['the same of one instance', { EXCP_2_HTTP_HOST: 'localhost' }, ['EXCP_2_HTTP_HOST']],
    ['a line end in a value', { SYNC_FOLDER: '"a\nb"' }, ['SYNC_FOLDER']],
  ])('refuses %s', (_, changes, faults) => {
    expect(faultsOf(changes)).toEqual(faults);
  });

  it.each([
    ['REASSERT_INTERVAL_SECONDS', '1'],
    ['SYNC_INTERVAL_SECONDS', '1000000'],
    ['DRIFT_INTERVAL_SECONDS', '1'],
    ['SYNC_DN_TYPES', 'VirtualQueue,Extension'],
    ['DEFAULT_EMAIL_DOMAIN', 'no domain'],
    ['SYNC_MAX_REMOVALS', '101%'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s here, as the service would after it replaced the one that ran', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([name]);
  });

  it.each([
    ['[]', 'no site'],
    ['[{"switch":"A"}]', 'a site without a server'],
    ['[{"switch":"A","primary":"sip1"}]', 'an address without a port'],
    ['{', 'no JSON'],
  ])('refuses a file of sites %s: %s', (content) => {
    put('sites.json', content);
    const changes = { SIP_SERVER_PRIMARY: undefined, SWITCH_NAME: undefined, SITES_FILE: 'sites.json' };
    expect(faultsOf(changes)).toEqual(['SITES_FILE']);
  });

  it('prefers the value of the instance, then of the service, then the common one', () => {
    const { instances } = read({ LOG_LEVEL: 'warn', EXCP_LOG_LEVEL: 'debug', EXCP_2_LOG_LEVEL: 'trace' });
    expect(instances.map(({ environment }) => environment.get('LOG_LEVEL'))).toEqual([
      'warn',
      'warn',
      'debug',
      'trace',
    ]);
  });

  it('gives nobody the operators’ token of EXCS, and EXAS and EXCP another one only when it is named', () => {
    const { instances } = read({
      API_TOKEN: 'common-token-of-operators',
      EXCS_API_TOKEN: 'excs-token-of-operators',
      EXCP_EXCS_API_TOKEN: 'token-of-excp-for-excs',
    });
    expect(instances[0]?.files.get('API_TOKEN')?.reveal()).toBe('excs-token-of-operators');
    expect(instances[1]?.files.get('API_TOKEN')?.reveal()).toBe('common-token-of-operators');
    expect(instances.map(({ files }) => files.get('EXCS_API_TOKEN')?.reveal())).toEqual([
      ...[undefined, undefined],
      ...['token-of-excp-for-excs', 'token-of-excp-for-excs'],
    ]);
  });

  it('takes the files along that variables and the address of the database name', () => {
    put('ca.pem', 'CA');
    const url = `postgresql://u:p@db/cfg?sslmode=verify-full&sslrootcert=${join(folder, 'ca.pem')}`;
    const [excs] = read({ REDIS_CA_FILE: './ca.pem', CONFIG_DB_URL: url }).instances;
    expect(excs?.files.get('REDIS_CA_FILE')?.reveal()).toBe('CA');
    expect(excs?.environment.has('REDIS_CA_FILE')).toBe(false);
    expect(excs?.files.get('CONFIG_DB_CA')?.reveal()).toBe('CA');
    expect(excs?.files.get('CONFIG_DB_URL')?.reveal()).toContain(
      'sslrootcert=%2Frun%2Fsecrets%2Fconfig_db_ca',
    );
  });

  it('knows the peers of every instance', () => {
    put(
      'sites.json',
      '[{"switch":"A","primary":"a1:8000","backup":"a2:8000","calls":{"primary":"tls://a3:8001"}}]',
    );
    const { instances } = read({
      GENESYS_CLOUD_URL: 'https://api.mypurecloud.ie/api/',
      REDIS_URL: 'rediss://redis.example.com:6380',
      SITES_FILE: 'sites.json',
      SIP_SERVER_PRIMARY: undefined,
      SWITCH_NAME: undefined,
      EXCS_HTTP_PORT: '13640',
    });
    const lines = instances.map(({ peers }) => peers.map(({ host, port }) => `${host}:${port}`));
    const cloud = ['api.mypurecloud.ie:443', 'login.mypurecloud.ie:443'];
    expect(lines).toEqual([
      ['redis.example.com:6380', 'db.example.com:5432', ...cloud],
      ['redis.example.com:6380', 'stat1:2060', 'vm1:13640', ...cloud],
      ['redis.example.com:6380', 'a1:8000', 'a2:8000', 'a3:8001', 'vm1:13640', ...cloud],
      ['redis.example.com:6380', 'a1:8000', 'a2:8000', 'a3:8001', 'vm1:13640', ...cloud],
    ]);
  });

  it('asks the proxy in place of the cloud', () => {
    const { instances } = read({
      HTTPS_PROXY: 'http://user:proxy-canary@proxy:8080',
      GENESYS_CLOUD_URL: 'https://api.mypurecloud.com',
    });
    expect(instances[0]?.peers.map(({ name, port }) => [name, port])).toContainEqual([
      'proxy to Genesys Cloud',
      8080,
    ]);
    expect(instances[0]?.peers.some(({ name }) => name === 'Genesys Cloud')).toBe(false);
  });

  it('warns of misspellings, loopback peers, and a file that others can read', () => {
    const file = put('.env', '');
    chmodSync(file, 0o644);
    const { warnings } = read({ SYNC_FODLER: 'x', REDIS_URL: 'redis://127.0.0.1' });
    expect(warnings.join('\n')).toMatch(/SYNC_FODLER is not a variable/);
    expect(warnings.join('\n')).toMatch(/excs-1: Redis is 127\.0\.0\.1/);
    expect(warnings.join('\n')).toMatch(/chmod 600/);
  });
});

describe('example.env', () => {
  const text = readFileSync(new URL('../../example.env', import.meta.url), 'utf8');

  it('wants the key of the releaser, passwords of your own, and a certificate of EXCS', () => {
    const local = text.replace('~/.ssh/id_ed25519', './key').replace('~/.ssh/known_hosts', './known');
    const faulty = faultsIn(() => readDeployment(put('example.env', local), {}));
    expect(faulty).toEqual(['RELEASE_PUBLIC_KEY', 'REDIS_URL', 'CONFIG_DB_URL', 'EXCS_URL']);
  });

  it('is a valid file once key, known hosts, passwords and certificates exist', () => {
    const local = text
      .replace('~/.ssh/id_ed25519', './key')
      .replace('~/.ssh/known_hosts', './known')
      .replaceAll('change-me', 'canary-0a1b')
      .replace('RELEASE_PUBLIC_KEY=', `$&${releaserKey}`)
      .replaceAll(/^#(EXCS_TLS_(?:CERT|KEY)_FILE)=.*$/gm, '$1=./key');
    const deployment = readDeployment(put('example.env', local), {});
    expect(deployment.warnings).toEqual([]);
    expect(deployment.instances).toHaveLength(4);
  });

  it('shows every variable, and no other', () => {
    const shown = new Set([...text.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? ''));
    const known = knownNames(ownVariables);
    expect([...shown].filter((name) => !known.has(name))).toEqual([]);
    // INSTANCE_ID is made, HTTP_HOST and HTTP_PORT differ per service.
    const plain = [...known].filter(
      (name) => !/^EX(CS|AS|CP)_(?!HOST|URL|CA_FILE)|_PASSPHRASE$|_FILE$/.test(name),
    );
    const left = plain.filter(
      (name) => !shown.has(name) && !['INSTANCE_ID', 'HTTP_HOST', 'HTTP_PORT'].includes(name),
    );
    expect(left).toEqual([]);
    expect(parseDotenv(text).faults).toEqual([]);
  });
});
