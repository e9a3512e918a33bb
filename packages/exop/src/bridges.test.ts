/** Bridges as optional hosts, over real SSH servers: beside a service, from an image that the customer built. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { portForLater } from '@exec/testing/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fleet } from './testing/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());
const limit = 240_000;

const names = ['bridge-sip-primary', 'bridge-sip-backup', 'bridge-stat'] as const;
const ups = (): string[] => fleet.history.filter((event) => event.includes(' up '));

/** Three bridges on two VMs that hold services too; the servers behind them are the peers of the fleet. */
async function configure(changes: Readonly<Record<string, string | undefined>> = {}): Promise<number[]> {
  const folder = join(fleet.folder, 'bridges');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'client-password'), 'canary-client');
  writeFileSync(join(folder, 'engage-ca.pem'), 'canary-authority');
  const links: number[] = [];
  for (const name of ['sip-primary', 'sip-backup', 'stat']) {
    links.push(await portForLater());
    writeFileSync(
      join(folder, `${name}.properties`),
      [
        '# a bridge',
        `side=${name === 'stat' ? 'statserver' : 'tserver'}`,
        `server=${fleet.peer}`,
        'server.tls=true',
        'server.tls.ca=engage-ca.pem',
        'client.name=EX_Bridge',
        'client.password.file=./client-password',
        `listen=127.0.0.1:${links.at(-1)}`,
        `http=127.0.0.1:${await portForLater()}`,
        '',
      ].join('\n'),
    );
  }
  writeFileSync(join(fleet.folder, 'bridge.tgz'), gzipSync(`bridge ${'x'.repeat(50_000)}`, { level: 0 }));
  const at = (name: 'exas-1' | 'excp-1'): string => `127.0.0.1:${fleet.vm(name).sshd.port}`;
  await fleet.writeEnv({
    BRIDGE_HOSTS: `sip-primary=${at('excp-1')},sip-backup=${at('exas-1')},stat=${at('exas-1')}`,
    BRIDGE_DIR: './bridges',
    BRIDGE_IMAGE_FILE: './bridge.tgz',
    SIP_SERVER_PRIMARY: `127.0.0.1:${links[0]}`,
    ...changes,
  });
  return links;
}

describe('bridges', () => {
  it(
    'are deployed one after another before what connects to them, and changed by themselves',
    async () => {
      await configure();
      const first = await fleet.call('deploy', '--json');
      expect(first.code, first.stderr + first.stdout).toBe(0);
      expect(ups().map((event) => event.split(' ')[0])).toEqual([
        ...names,
        'excs-1',
        ...ups()
          .slice(4)
          .map((event) => event.split(' ')[0]),
      ]);
      for (const [index, name] of names.slice(0, -1).entries())
        expect(fleet.history.findIndex((event) => event.startsWith(`${name} ready`))).toBeLessThan(
          fleet.history.findIndex((event) => event.startsWith(`${names[index + 1]} up`)),
        );

      // The properties name what is mounted; the address of the VM is where the ports are published.
      const installed = (...path: string[]) => fleet.installation('exas-1', 'bridge-stat', ...path);
      const properties = readFileSync(installed('current', 'secrets', 'bridge_properties'), 'utf8');
      expect(properties).toContain('client.password.file=/run/secrets/bridge_client_password_file\n');
      expect(properties).toContain('server.tls.ca=/run/secrets/bridge_server_tls_ca\n');
      expect(properties).toMatch(/^listen=0\.0\.0\.0:\d+$/m);
      expect(readFileSync(installed('current', 'secrets', 'bridge_client_password_file'), 'utf8')).toBe(
        'canary-client',
      );
      expect((statSync(installed('current', 'secrets')).mode & 0o777).toString(8)).toBe('700');
      const yaml = readFileSync(installed('current', 'compose.yaml'), 'utf8');
      expect(yaml).toMatch(/command:\n +- "run"\n +- "--config"\n +- "\/run\/secrets\/bridge_properties"/);
      expect(yaml.match(/- "127\.0\.0\.1:\d+:\d+"/g)).toHaveLength(2);
      expect(first.stdout + first.stderr + yaml + (await fleet.commandLines())).not.toContain('canary');

      // Again: nothing. Another version of the connector: the bridges stay as they are.
      fleet.history.length = 0;
      expect((await fleet.call('deploy')).code).toBe(0);
      expect(ups()).toEqual([]);
      await configureVersion('2.0.0');
      const upgrade = await fleet.call('upgrade');
      expect(upgrade.code, upgrade.stderr).toBe(0);
      expect(ups().filter((event) => event.startsWith('bridge'))).toEqual([]);
      expect(ups()).toHaveLength(4);

      // Another image: the bridges alone, and back.
      fleet.history.length = 0;
      writeFileSync(join(fleet.folder, 'bridge.tgz'), gzipSync('another bridge', { level: 0 }));
      expect((await fleet.call('upgrade')).code).toBe(0);
      expect(ups().map((event) => event.split(' ')[0])).toEqual([...names]);
      const taken = await fleet.call('rollback');
      expect(taken.code, taken.stderr).toBe(0);
      expect(ups()).toHaveLength(6);
      expect(new Set(ups()).size).toBe(6);

      const status = await fleet.call('status', '--json');
      expect(status.code, status.stdout).toBe(0);
      const { instances } = JSON.parse(status.stdout) as {
        instances: { instance: string; ready: boolean }[];
      };
      expect(instances.filter(({ ready }) => ready).map(({ instance }) => instance)).toEqual([
        ...names,
        'excs-1',
        'exas-1',
        'excp-1',
        'excp-2',
      ]);
      expect((await fleet.call('logs', 'bridge-stat')).stdout).toContain('bridge-stat | ');
      expect((await fleet.call('down')).stdout).toContain(
        'bridge-sip-backup, bridge-sip-primary, bridge-stat',
      );
      expect(fleet.vms.every(({ docker }) => docker.containers.size === 0)).toBe(true);
    },
    limit,
  );

  it(
    'are started and stopped by docker-compose 1.29 too',
    async () => {
      for (const { docker } of fleet.vms) Object.assign(docker.state, { composeV2: '', composeV1: '1.29.2' });
      await configure();
      const deployed = await fleet.call('deploy');
      expect(deployed.code, deployed.stderr).toBe(0);
      expect(ups().filter((event) => event.startsWith('bridge-'))).toHaveLength(3);
      expect((await fleet.call('down')).stdout).toContain(
        'bridge-sip-backup, bridge-sip-primary, bridge-stat',
      );
    },
    limit,
  );

  it(
    'that do not get ready stop the roll-out before a service is touched',
    async () => {
      await configure();
      expect((await fleet.call('deploy')).code).toBe(0);
      writeFileSync(join(fleet.folder, 'bridge.tgz'), gzipSync('a bad bridge', { level: 0 }));
      await configureVersion('2.0.0');
      fleet.history.length = 0;
      for (const { docker } of fleet.vms) docker.state.failures.set('up', 'no space left');
      const upgrade = await fleet.call('upgrade');
      expect(upgrade.code).toBe(1);
      expect(upgrade.stdout).toContain('left as it was, because bridge-sip-primary is not ready');
      expect(ups()).toEqual([]);
    },
    limit,
  );

  it('have every fault of their settings told at once, by file and name', async () => {
    await configure({ BRIDGE_IMAGE: 'registry.example.com/bridge:1' });
    const file = join(fleet.folder, 'bridges', 'stat.properties');
    writeFileSync(
      file,
      'side=stat\nserver=nowhere\nlisten.tls.key=missing.pem\nlisten=somewhere:2060\nC:\\jars\n',
    );
    const { code, stderr } = await fleet.call('check');
    expect(code).toBe(78);
    expect(stderr).toContain('expected exactly one of BRIDGE_IMAGE and BRIDGE_IMAGE_FILE');
    for (const problem of [
      'side: expected tserver or statserver',
      'server: expected host:port with a port from 1',
      'listen.tls.key: missing.pem cannot be read (ENOENT)',
      'listen: expected an address of the VM (or 0.0.0.0 for all of them): Docker publishes on no name',
      'line 5: expected name=value, without a backslash',
    ])
      expect(stderr).toContain(`${file}: ${problem}`);
  });

  it('that want one port of a VM twice are a fault', async () => {
    await configure();
    const text = readFileSync(join(fleet.folder, 'bridges', 'stat.properties'), 'utf8');
    writeFileSync(
      join(fleet.folder, 'bridges', 'sip-backup.properties'),
      text.replace('side=statserver', 'side=tserver'),
    );
    const { code, stderr } = await fleet.call('check');
    expect(code).toBe(78);
    expect(stderr).toMatch(/bridge-stat: wants port \d+ of 127\.0\.0\.1, which bridge-sip-backup has/);
  });
});

async function configureVersion(to: string): Promise<void> {
  const env = readFileSync(join(fleet.folder, '.env'), 'utf8');
  writeFileSync(join(fleet.folder, '.env'), env.replace(/^VERSION=.*$/m, `VERSION=${to}`), { mode: 0o600 });
}
