/** A VM over a real SSH server: where its ports are published. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@exec/common/config';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings } from '../config/instance.ts';
import { releaseOf } from '../plan/release.ts';
import { makeKey, Sshd } from '../testing/sshd.ts';
import { ownAddressIn, Vm } from './vm.ts';

/** A second address of this machine, so that it cannot be taken for what is used where nothing is known. */
const own = '127.0.0.2';
let folder: string;
let sshd: Sshd;
let deployment: Deployment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exop-vm-'));
  await makeKey(join(folder, 'id'));
  const root = join(folder, 'vm');
  await mkdir(root);
  const authorizedKeys = await readFile(join(folder, 'id.pub'), 'utf8');
  sshd = await Sshd.start({
    ...{ root, bin: join(root, 'bin'), authorizedKeys },
    extra: [`ListenAddress ${own}`],
  });
  await writeFile(
    join(folder, 'known_hosts'),
    `[${own}]:${sshd.port} ${await readFile(join(root, 'host_key.pub'), 'utf8')}`,
  );
  deployment = {
    ssh: {
      ...{ user: sshd.user, keyFile: join(folder, 'id'), passphrase: undefined, agentSocket: undefined },
      knownHostsFile: join(folder, 'known_hosts'),
    },
    ...{ installDir: undefined, sudo: false },
  } as Partial<Deployment> as Deployment;
});
afterAll(async () => {
  await sshd.stop();
  await rm(folder, { recursive: true });
});

const kept = {
  apiToken: new Secret('token'),
  settingsKey: new Secret('settings'),
  fingerprintKey: new Secret('fingerprint'),
  readTokens: new Map(),
  isKept: true,
};

/** Addresses before the ports in the compose file that the VM gets. */
async function published(settings: Partial<InstanceSettings>): Promise<string[]> {
  const whole: InstanceSettings = {
    ...{ name: 'exas-1', service: 'exas', port: 3630, publishAddress: undefined },
    address: { host: own, port: sshd.port },
    ...{ environment: new Map(), files: new Map(), peers: [] },
    ...settings,
  };
  const vm = await Vm.connect(whole, deployment);
  vm.session.close();
  const compose = releaseOf(vm.settings, '1.0.0', 'image:1', kept).files.find(
    ({ path }) => path === 'compose.yaml',
  );
  const text = compose?.content.reveal() ?? '';
  return [...text.matchAll(/^ +- "(.+):\d+:\d+"$/gm)].map(([, address = '']) => address);
}

it('ports are published on the address on which SSH reached the VM, and on all only when asked for', async () => {
  expect(await published({})).toEqual([own]);
  expect(await published({ publishAddress: '127.0.0.1' })).toEqual(['127.0.0.1']);
  expect(await published({ publishAddress: '0.0.0.0' })).toEqual(['0.0.0.0']);
  const bridge = { name: 'bridge-sip', service: 'bridge', port: 3660 } as const;
  expect(await published({ ...bridge, link: { port: 8000, publishAddress: undefined } })).toEqual([own, own]);
  expect(await published({ ...bridge, link: { port: 8000, publishAddress: '10.0.0.9' } })).toEqual([
    own,
    '10.0.0.9',
  ]);
});

it.each([
  ['192.0.2.9 50022 10.0.0.11 22', '10.0.0.11'],
  ['2001:db8::9 50022 2001:db8::11 22', '2001:db8::11'],
  // Docker publishes on no address of one interface alone.
  ['fe80::9%eth0 50022 fe80::11%eth0 22', '127.0.0.1'],
  ['UNKNOWN 65535 UNKNOWN 65535', '127.0.0.1'],
  ['', '127.0.0.1'],
])('of SSH_CONNECTION "%s" the address of the VM is %s', (connection, address) => {
  expect(ownAddressIn(connection)).toBe(address);
});
