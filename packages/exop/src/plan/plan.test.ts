/** The plan as pure rules: what has to be done, in which order, and how it is taken back. */
import { Secret } from '@exec/common/config';
import { describe, expect, it } from 'vitest';
import type { PlacedInstance } from '../config/instance.ts';
import { type ActiveRecord, actionsFor, type Installed, runFor, switched } from './difference.ts';
import { stagesOf } from './order.ts';
import { releaseOf } from './release.ts';
import { fixedPartOf, renewalOf } from './renewal.ts';
import { returnsOf } from './rollback.ts';

const kept = {
  apiToken: new Secret('token'),
  settingsKey: new Secret('settings'),
  fingerprintKey: new Secret('fingerprint'),
  readTokens: new Map([
    ['exas-1', new Secret('token-of-exas,older')],
    ['excp-1', new Secret('token-of-excp')],
  ]),
  isKept: true,
};
const settings: PlacedInstance = {
  name: 'exas-1',
  service: 'exas',
  address: { host: 'vm', port: 22 },
  port: 3630,
  publishAddress: '0.0.0.0',
  environment: new Map([['TENANT_ID', '101']]),
  files: new Map([['REDIS_URL', new Secret('redis://:canary@host')]]),
  peers: [],
};
const release = releaseOf(settings, '1.0.0', 'image:1', kept);

describe('a release', () => {
  it('is named after its content: the same again, another with any change', () => {
    expect(releaseOf(settings, '1.0.0', 'image:1', kept)).toEqual(release);
    expect(release.id).toMatch(/^1\.0\.0-[0-9a-f]{12}$/);
    const changes: PlacedInstance[] = [
      { ...settings, environment: new Map([['TENANT_ID', '102']]) },
      { ...settings, files: new Map([['REDIS_URL', new Secret('redis://:canary@other')]]) },
      { ...settings, files: new Map([...settings.files, ['STATE_MAP_FILE', new Secret('{}')]]) },
      { ...settings, publishAddress: '10.0.0.1' },
    ];
    const ids = changes.map((one) => releaseOf(one, '1.0.0', 'image:1', kept).id);
    expect(new Set([...ids, release.id, releaseOf(settings, '1.0.0', 'image:2', kept).id]).size).toBe(6);
  });

  it('keeps its name when what changes needs no restart', () => {
    const other = {
      apiToken: new Secret('new,token'),
      settingsKey: new Secret('new,settings'),
      fingerprintKey: kept.fingerprintKey,
      readTokens: new Map([['exas-1', new Secret('new,token-of-exas')]]),
      isKept: true,
    };
    const files = new Map([['REDIS_URL', new Secret('redis://exas:new%2Fone@host')]]);
    const renewed = releaseOf({ ...settings, files }, '1.0.0', 'image:1', other);
    expect(renewed.id).toBe(release.id);
    expect(renewed.files.filter(({ sha256 }, index) => sha256 !== release.files[index]?.sha256)).toHaveLength(
      4,
    );
    const bridge: PlacedInstance = { ...settings, name: 'bridge-a', service: 'bridge' };
    const id = (password: string) => {
      const own = new Map([['BRIDGE_CLIENT_PASSWORD_FILE', new Secret(password)]]);
      return releaseOf({ ...bridge, files: own }, '1.0.0', 'image:1', kept).id;
    };
    expect(id('one')).not.toBe(id('two'));
  });

  it('has tokens and key where the file has none, and no secret in the compose file', () => {
    const content = Object.fromEntries(release.files.map(({ path, content }) => [path, content.reveal()]));
    expect(content).toMatchObject({
      'secrets/api_token': 'token',
      'secrets/excs_api_token': 'token-of-exas',
      'secrets/settings_key': 'settings',
      'secrets/redis_url': 'redis://:canary@host',
    });
    expect(content['compose.yaml']).not.toMatch(/canary|"token"|"settings"/);
    const plain = { ...settings, environment: new Map([['SETTINGS_PLAINTEXT', 'true']]) };
    expect(releaseOf(plain, '1', 'i', kept).files.map(({ path }) => path)).not.toContain(
      'secrets/settings_key',
    );
  });
});

describe('tokens for EXCS', () => {
  const filesOf = (changes: Partial<PlacedInstance>) =>
    new Map(
      releaseOf({ ...settings, ...changes }, '1', 'i', kept).files.map(({ path, content }) => [
        path,
        content.reveal(),
      ]),
    );

  it('are known to it by the names of who asks, as readers, beside those of the file', () => {
    const made = 'exas-1=token-of-exas,exas-1=older,excp-1=token-of-excp';
    expect(filesOf({ name: 'excs-1', service: 'excs' }).get('secrets/api_read_token')).toBe(made);
    const files = new Map([['API_READ_TOKEN', new Secret('grafana=given')]]);
    expect(filesOf({ name: 'excs-1', service: 'excs', files }).get('secrets/api_read_token')).toBe(
      `grafana=given,${made}`,
    );
  });

  it('are each at the one instance that asks with it, and nobody has those of others', () => {
    expect(filesOf({}).get('secrets/excs_api_token')).toBe('token-of-exas');
    const excp = filesOf({ name: 'excp-1', service: 'excp' });
    expect(excp.get('secrets/excs_api_token')).toBe('token-of-excp');
    expect([...excp.values()].join('\n')).not.toContain('token-of-exas');
    expect(excp.has('secrets/api_read_token')).toBe(false);
    const files = new Map([['EXCS_API_TOKEN', new Secret('given')]]);
    expect(filesOf({ files }).get('secrets/excs_api_token')).toBe('given');
  });
});

describe('the key of the client secrets', () => {
  const whole = Buffer.alloc(32, 7).toString('base64');
  const keyOf = (service: 'excs' | 'exas' | 'excp') =>
    releaseOf({ ...settings, service }, '1', 'i', { ...kept, settingsKey: new Secret(whole) })
      .files.find(({ path }) => path === 'secrets/settings_key')
      ?.content.reveal();

  it('is whole on EXCS; the others have the key of their own secret alone', () => {
    expect(keyOf('excs')).toBe(whole);
    expect(keyOf('exas')).toMatch(/^agent_state_sync:[A-Za-z0-9+/]{43}=$/);
    expect(keyOf('excp')).toMatch(/^conversation_provider:[A-Za-z0-9+/]{43}=$/);
    expect(keyOf('exas')?.split(':')[1]).not.toBe(keyOf('excp')?.split(':')[1]);
  });
});

const there = (): Installed => ({
  active: { version: 1, current: release.id, previous: null, run: 'r', state: 'done' },
  files: new Map(release.files.map(({ path, sha256, mode }) => [path, { sha256, mode }])),
  secretsMode: '700',
  running: release.id,
  hasImage: true,
});
const kinds = (installed: Installed): string[] =>
  actionsFor(release, installed, 'load').map(({ kind }) => kind);

const changed = (path: string, mode: string) => new Map([...there().files, [path, { sha256: 'x', mode }]]);

describe('the difference', () => {
  it.each<[string, Partial<Installed>, string[]]>([
    ['nothing', {}, []],
    [
      'everything',
      { active: undefined, files: new Map(), secretsMode: undefined, running: undefined, hasImage: false },
      ['image', 'write', 'switch', 'start'],
    ],
    ['only the image', { hasImage: false }, ['image']],
    ['only the container', { running: undefined }, ['start']],
    ['another release runs', { running: 'other' }, ['start']],
    ['a folder that others can enter', { secretsMode: '755' }, ['write']],
    [
      'a file that others can read',
      {
        files: new Map([
          ...there().files,
          [
            'compose.yaml',
            { ...there().files.get('compose.yaml'), mode: '644' } as { sha256: string; mode: string },
          ],
        ]),
      },
      ['write'],
    ],
    ['a secret that the service follows', { files: changed('secrets/redis_url', '444') }, ['renew']],
    [
      'such a secret of a container that does not run',
      { files: changed('secrets/redis_url', '444'), running: undefined },
      ['write', 'start'],
    ],
    ['such a secret that others can write', { files: changed('secrets/redis_url', '666') }, ['write']],
    ['a file that needs a restart', { files: changed('compose.yaml', '600') }, ['write']],
  ])('%s', (_, changes, expected) => {
    expect(kinds({ ...there(), ...changes })).toEqual(expected);
  });
});

describe('what is renewed without a restart', () => {
  it('is accepted first and used afterwards', () => {
    const rows = (['excs', 'exas', 'excp', 'bridge'] as const).map((service) => [
      service,
      ...['API_TOKEN', 'EXCS_API_TOKEN', 'SETTINGS_KEY', 'EXCS_CA_FILE', 'TLS_KEY_FILE', 'SITES_FILE'].map(
        (variable) => renewalOf(service, variable),
      ),
    ]);
    expect(rows).toEqual([
      ['excs', 'accepted', 'used', 'used', 'accepted', 'used', undefined],
      ['exas', 'accepted', 'used', 'accepted', 'accepted', 'used', undefined],
      ['excp', 'accepted', 'used', 'accepted', 'accepted', 'used', undefined],
      ['bridge', undefined, undefined, undefined, undefined, undefined, undefined],
    ]);
  });

  it.each([
    ['REDIS_URL', 'rediss://user:p%40s@host:6379/0', 'rediss://host:6379/0'],
    ['REDIS_URL', 'rediss://host:6379', 'rediss://host:6379'],
    [
      'CONFIG_DB_URL',
      'postgresql://u:p@db/cfg?sslmode=verify-full',
      'postgresql://db/cfg?sslmode=verify-full',
    ],
    ['SITES_FILE', '[]', '[]'],
    ['API_TOKEN', 'token', ''],
  ])('of %s %s a restart needs %j', (variable, content, fixed) => {
    expect(fixedPartOf('excs', variable, content)).toBe(fixed);
  });
});

describe('the order', () => {
  const of = (...ready: boolean[]) =>
    stagesOf([
      { name: 'excp-2', service: 'excp', ready: ready[1] ?? false },
      { name: 'exas-1', service: 'exas', ready: true },
      { name: 'excp-1', service: 'excp', ready: ready[0] ?? false },
      { name: 'excs-1', service: 'excs', ready: true },
    ] as const).map((stage) => stage.map(({ name }) => name));

  it.each([
    [true, true, ['excp-1', 'excp-2']],
    [false, true, ['excp-1', 'excp-2']],
    [true, false, ['excp-2', 'excp-1']],
    [false, false, ['excp-1', 'excp-2']],
  ] as const)('EXCP ready %s and %s: the one that is not ready goes first', (first, second, [one, two]) => {
    expect(of(first, second)).toEqual([['excs-1'], ['exas-1', one], [two]]);
  });

  it('has no empty stage', () => {
    expect(stagesOf([])).toEqual([]);
    expect(stagesOf([{ name: 'excp-2', service: 'excp', ready: true }])).toHaveLength(1);
  });
});

describe('runs and rollback', () => {
  const done = (current: string, previous: string | null, run: string): ActiveRecord => ({
    version: 1,
    current,
    previous,
    run,
    state: 'done',
  });
  const t1 = '2026-01-01T00:00:00.000Z';
  const t2 = '2026-01-02T00:00:00.000Z';

  it('a run that did not succeed is continued, another is new, later than every one before', () => {
    expect(runFor([undefined], t1)).toBe(t1);
    expect(runFor([done('a', null, t1)], t2)).toBe(t2);
    expect(runFor([done('a', null, t2)], t1)).toBe('2026-01-02T00:00:00.001Z');
    expect(runFor([done('a', null, t1), { ...done('b', 'a', t2), state: 'started' }], '2026-01-03')).toBe(t2);
    expect(runFor([{ ...done('b', 'a', t2), state: 'undone' }], '2026-01-03')).toBe('2026-01-03');
  });

  it('within a run the release from before it stays the one to go back to', () => {
    const first = switched(done('a', null, t1), 'b', t2);
    expect(first).toEqual({ version: 1, current: 'b', previous: 'a', run: t2, state: 'started' });
    expect(switched(first, 'c', t2).previous).toBe('a');
    expect(switched(first, 'a', t2).previous).toBeNull();
    expect(switched(undefined, 'a', t1).previous).toBeNull();
  });

  it('takes back what the newest run changed, once, and nothing else', () => {
    const fleet = [
      { name: 'excs-1', active: done('b', 'a', t2) },
      { name: 'exas-1', active: { ...done('a', null, t2), state: 'undone' } as ActiveRecord },
      { name: 'excp-1', active: done('a', 'z', t1) },
      { name: 'excp-2', active: undefined },
    ];
    expect(returnsOf(fleet).map(({ name, from, to }) => [name, from, to])).toEqual([['excs-1', 'b', 'a']]);
    const after = fleet.map((one) => ({
      ...one,
      active: returnsOf(fleet).find(({ name }) => name === one.name)?.record ?? one.active,
    }));
    expect(returnsOf(after)).toEqual([]);
    expect(returnsOf([{ name: 'excs-1', active: done('a', null, t1) }])).toEqual([]);
  });

  it('takes nothing further back when only VMs answer that the newest run did not change', () => {
    const knows = { ...done('b', 'a', t1), elsewhere: t2 };
    const changed = { name: 'excp-1', active: done('c', 'b', t2) };
    expect(returnsOf([{ name: 'excs-1', active: knows }])).toEqual([]);
    expect(returnsOf([{ name: 'excs-1', active: knows }, changed]).map(({ name }) => name)).toEqual([
      'excp-1',
    ]);
    // What was rolled back here and not there is not a run to go on with.
    expect(runFor([{ ...knows, state: 'started' }], t1)).toBe('2026-01-02T00:00:00.001Z');
  });
});
