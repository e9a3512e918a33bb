/** The plan as pure rules: what has to be done, in which order, and how it is taken back. */
import { Secret } from '@exec/common/config';
import { describe, expect, it } from 'vitest';
import type { InstanceSettings } from '../config/instance.ts';
import { type ActiveRecord, actionsFor, type Installed, runFor, switched } from './difference.ts';
import { stagesOf } from './order.ts';
import { releaseOf } from './release.ts';
import { returnsOf } from './rollback.ts';

const kept = {
  apiToken: new Secret('token'),
  settingsKey: new Secret('settings'),
  fingerprintKey: new Secret('fingerprint'),
};
const settings: InstanceSettings = {
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
    const changes: InstanceSettings[] = [
      { ...settings, environment: new Map([['TENANT_ID', '102']]) },
      { ...settings, files: new Map([['REDIS_URL', new Secret('redis://:other@host')]]) },
      { ...settings, publishAddress: '10.0.0.1' },
    ];
    const ids = changes.map((one) => releaseOf(one, '1.0.0', 'image:1', kept).id);
    expect(new Set([...ids, release.id, releaseOf(settings, '1.0.0', 'image:2', kept).id]).size).toBe(5);
  });

  it('has tokens and key where the file has none, and no secret in the compose file', () => {
    const content = Object.fromEntries(release.files.map(({ path, content }) => [path, content.reveal()]));
    expect(content).toMatchObject({
      'secrets/api_token': 'token',
      'secrets/excs_api_token': 'token',
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

describe('F7 the key of the client secrets', () => {
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
    [
      'a file that was changed',
      { files: new Map([...there().files, ['secrets/redis_url', { sha256: 'x', mode: '444' }]]) },
      ['write'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(kinds({ ...there(), ...changes })).toEqual(expected);
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
