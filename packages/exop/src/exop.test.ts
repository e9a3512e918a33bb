/** EXOP as a whole, over real SSH servers: deploy, repeat, upgrade, rollback, status, logs, down. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exampleOf } from '@exec/common/answers/answer';
import { syncAnswer } from '@exec/common/answers/sync';
import { settingsKeysOf } from '@exec/common/config';
import { formatAddress } from '@exec/engage-link';
import { accept } from '@exec/engage-link/testing';
import { portForLater } from '@exec/testing/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from './checks/check.ts';
import { answerOf, Fleet, names } from './testing/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());
const limit = 240_000;

const changing = ['load', 'pull', 'tag', 'up', 'down', 'rm'];
const changes = (): string[] =>
  fleet.vms.flatMap(({ docker }) =>
    docker.records
      .filter(({ argv }) => argv.some((word) => changing.includes(word)))
      .map(({ argv }) => argv.join(' ')),
  );
const ups = (): string[] => fleet.history.filter((event) => event.includes(' up '));

describe('deploy', () => {
  it(
    'brings everything to four VMs, starts in order, changes nothing the second time, shows no secret',
    async () => {
      const first = await fleet.call('deploy', '--json');
      expect(first.code, first.stderr + first.stdout).toBe(0);

      // EXCS is ready before the others start; the second EXCP starts when the first is ready.
      expect(fleet.history[0]).toBe('excs-1 up 1.0.0');
      expect(fleet.history[1]).toBe('excs-1 ready 1.0.0');
      expect(fleet.history.indexOf('excp-2 up 1.0.0')).toBeGreaterThan(
        fleet.history.indexOf('excp-1 ready 1.0.0'),
      );
      expect(ups()).toHaveLength(4);

      // The plan stands before the first change; progress is plain lines.
      const lines = first.stderr.split('\n');
      expect(lines.indexOf('Plan')).toBeGreaterThan(-1);
      expect(lines.indexOf('Plan')).toBeLessThan(
        lines.findIndex((line) => line.startsWith('[excs-1] loading')),
      );
      expect(lines).toContain('[excp-2] ready');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character must not be there
      expect(first.stderr).not.toMatch(/\x1b/);
      const answer = JSON.parse(first.stdout) as {
        ok: boolean;
        results: { instance: string; result: string }[];
      };
      expect(answer.ok).toBe(true);
      expect(answer.results.map(({ instance, result }) => `${instance} ${result}`)).toEqual(
        names.map((name) => `${name} changed`),
      );

      // The whole archive went through standard input of docker load.
      const load = fleet.vm('excs-1').docker.records.find(({ argv }) => argv[1] === 'load');
      expect(load?.inputBytes).toBe(statSync(join(fleet.folder, 'images/excs-1.0.0.tgz')).size);

      for (const name of names) {
        const modeOf = (...path: string[]): string =>
          (statSync(fleet.installation(name, ...path)).mode & 0o777).toString(8);
        expect(modeOf()).toBe('700');
        expect(modeOf('active.json')).toBe('600');
        expect(modeOf('current', 'compose.yaml')).toBe('600');
        expect(modeOf('current', 'secrets')).toBe('700');
        expect(readFileSync(fleet.installation(name, 'current', 'secrets', 'redis_url'), 'utf8')).toContain(
          'canary-redis',
        );
        expect(readFileSync(fleet.installation(name, 'current', 'compose.yaml'), 'utf8')).not.toContain(
          'canary',
        );
      }
      expect((statSync(join(fleet.folder, '.env.exop-state.json')).mode & 0o777).toString(8)).toBe('600');
      const kept = JSON.parse(readFileSync(join(fleet.folder, '.env.exop-state.json'), 'utf8')) as Record<
        'apiToken' | 'settingsKey' | 'fingerprintKey',
        string
      > & { readonly readTokens: Readonly<Record<string, string>> };
      const keyOf = (instance: 'excs-1' | 'exas-1') =>
        readFileSync(fleet.installation(instance, 'current', 'secrets', 'settings_key'), 'utf8');
      expect(keyOf('excs-1')).toBe(kept.settingsKey);
      expect(keyOf('exas-1')).toBe(settingsKeysOf(kept.settingsKey, 'agent_state_sync'));

      for (const { docker } of fleet.vms) docker.records.length = 0;
      const second = await fleet.call('deploy');
      expect(second.code, second.stderr + second.stdout).toBe(0);
      expect(changes()).toEqual([]);
      expect(second.stdout).toContain('Nothing had to be changed; all services are ready.');
      expect(JSON.parse(readFileSync(join(fleet.folder, '.env.exop-state.json'), 'utf8'))).toEqual(kept);

      // What somebody changed by hand is put right, on that VM alone.
      const secret = fleet.installation('exas-1', 'current', 'secrets', 'redis_url');
      // Another file in the place of the mounted one: its container does not see it.
      fleet.vm('exas-1').docker.state.follows = false;
      rmSync(secret);
      writeFileSync(secret, 'something else');
      const repaired = await fleet.call('deploy', '--json');
      expect(repaired.code, repaired.stderr).toBe(0);
      expect(readFileSync(secret, 'utf8')).toContain('canary-redis');
      const results = JSON.parse(repaired.stdout) as { results: { result: string }[] };
      expect(results.results.map(({ result }) => result)).toEqual([
        'unchanged',
        'changed',
        'unchanged',
        'unchanged',
      ]);
      expect(changes().join('\n')).toContain('--force-recreate');

      const everything = [first, second, repaired].map(({ stdout, stderr }) => stdout + stderr).join('\n');
      const seen = `${everything}\n${await fleet.commandLines()}`;
      for (const canary of [
        ...['canary-', kept.apiToken, kept.settingsKey, kept.fingerprintKey],
        ...Object.values(kept.readTokens),
      ])
        expect(seen).not.toContain(canary);
      expect(seen).toContain('docker load');
    },
    limit,
  );

  it(
    'works with docker-compose 1.29, pulls from a registry, and shows a plan without doing it',
    async () => {
      await fleet.writeEnv({ IMAGES_DIR: undefined, REGISTRY: 'registry.example.com/exec' });
      for (const { docker, name } of fleet.vms) {
        docker.state.composeV2 = '';
        docker.state.composeV1 = '1.29.2';
        docker.state.registry.add(`registry.example.com/exec/${name.slice(0, 4)}:1.0.0`);
      }
      const before = readdirSync(fleet.folder).sort();
      const dry = await fleet.call('deploy', '--dry-run');
      expect(dry.code, dry.stderr).toBe(0);
      // Nothing is written here either: no secret is made for a plan.
      expect(readdirSync(fleet.folder).sort()).toEqual(before);
      expect(dry.stdout).toContain('pull image registry.example.com/exec/excs:1.0.0');
      expect(changes()).toEqual([]);
      expect(readdirSync(join(fleet.vm('excs-1').sshd.root, 'home'))).toEqual([]);

      const called = await fleet.call('deploy');
      expect(called.code, called.stderr + called.stdout).toBe(0);
      const up = fleet.vm('excp-1').docker.records.find(({ argv }) => argv.includes('up'));
      expect(up?.argv.slice(0, 3)).toEqual(['docker-compose', '-p', 'ex-engage-connector']);
      expect(
        changes().some((line) => line === 'docker pull --quiet registry.example.com/exec/excp:1.0.0'),
      ).toBe(true);
    },
    limit,
  );
});

describe('before anything is changed or stopped', () => {
  it(
    'the person is asked; without a terminal --yes is needed; a run with nothing to change asks nobody',
    async () => {
      const untouched = (): void => {
        expect(changes()).toEqual([]);
        expect(readdirSync(fleet.folder)).not.toContain('.env.exop-state.json');
      };
      fleet.answer = undefined;
      for (const command of ['deploy', 'down']) {
        const refused = await fleet.call(command);
        expect(refused.code, refused.stdout).toBe(2);
        expect(refused.stderr).toContain('add --yes');
      }
      fleet.answer = 'y';
      const declined = await fleet.call('deploy', '--json');
      expect(declined.code).toBe(1);
      expect(answerOf(declined).error?.code).toBe('exop.not-confirmed');
      expect(declined.stderr.indexOf('Carry this out?')).toBeGreaterThan(declined.stderr.indexOf('Plan'));
      untouched();

      const plan = await fleet.call('plan');
      expect(plan.code, plan.stderr).toBe(2);
      expect(plan.stdout).toContain('load image');
      // What names a release is made at the first deployment: before it no ID is shown that would not hold.
      expect(plan.stdout).toContain('make release 1.0.0-(known after deploy) current');
      expect(plan.stdout).not.toMatch(/1\.0\.0-[0-9a-f]{12} current/);
      untouched();

      fleet.answer = undefined;
      const deployed = await fleet.call('deploy', '--yes');
      expect(deployed.code, deployed.stderr + deployed.stdout).toBe(0);
      await fleet.writeEnv({ LOG_LEVEL: 'debug' });
      const [planned] =
        /make release 1\.0\.0-[0-9a-f]{12} current/.exec((await fleet.call('plan')).stdout) ?? [];
      expect((await fleet.call('deploy', '--yes')).stdout).toContain(planned ?? 'a release');
      expect((await fleet.call('plan')).code).toBe(0);
      expect((await fleet.call('deploy')).code).toBe(0);
      for (const docker of fleet.vms.map((vm) => vm.docker)) docker.records.length = 0;
      await fleet.writeEnv({ VERSION: '2.0.0' });
      expect((await fleet.call('upgrade')).code).toBe(2);
      expect(changes()).toEqual([]);
      expect((await fleet.call('upgrade', '--yes')).code).toBe(0);
      for (const docker of fleet.vms.map((vm) => vm.docker)) docker.records.length = 0;
      expect((await fleet.call('rollback')).code).toBe(2);
      expect((await fleet.call('down')).code).toBe(2);
      expect(changes()).toEqual([]);
      expect((await fleet.call('down', '--yes')).code).toBe(0);
    },
    limit,
  );
});

describe('in stages', () => {
  it(
    'EXCS alone is a deployment that ends well on a plan that waits; EXAS and EXCP come later',
    async () => {
      const none = { EXAS_HOST: undefined, EXCP_HOSTS: undefined };
      await fleet.writeEnv({ ...none, STAT_SERVER_PRIMARY: undefined, SIP_SERVER_PRIMARY: undefined });
      const { state } = fleet.vm('excs-1').docker;
      const counts = { 'user.create': 200, 'queue.create': 12 };
      const review = {
        ...({ planId: 'abc123', reason: 'first-plan', detail: 'It is the first.' } as const),
        ...{ operations: 212, billableUsers: 200, counts },
      };
      state.routes.set('GET /api/v1/sync', {
        ...exampleOf(syncAnswer),
        ...{ state: 'waiting-for-approval', last: null, stopped: null, review },
      });
      const first = await fleet.call('deploy');
      expect(first.code, first.stderr + first.stdout).toBe(0);
      expect(ups()).toEqual(['excs-1 up 1.0.0']);
      expect(first.stdout).toContain('EXAS (EXAS_HOST is not set), EXCP (EXCP_HOSTS is not set)');
      expect(first.stdout).toContain('The first plan of EXCS waits for your approval');
      expect(first.stdout).toContain('212 operations; 200 users would become billable');
      expect(first.stdout).toMatch(/user\.create +200/);
      expect(first.stdout).toContain('exop sync approve abc123');
      const again = answerOf(await fleet.call('deploy', '--json'));
      expect(again).toMatchObject({ ok: true, sync: { state: 'waits', plan: review } });

      await fleet.writeEnv({});
      const second = await fleet.call('deploy');
      expect(second.code, second.stderr + second.stdout).toBe(0);
      expect(ups()[0]).toBe('excs-1 up 1.0.0');
      expect(ups().slice(1).sort()).toEqual(['exas-1 up 1.0.0', 'excp-1 up 1.0.0', 'excp-2 up 1.0.0']);
    },
    limit,
  );
});

describe('a VM that does not answer', () => {
  it(
    'stops only what needs it: the others are done, a lone EXCP is left running, and the command says so',
    async () => {
      expect((await fleet.call('deploy')).code).toBe(0);
      const gone = `127.0.0.1:${await portForLater()}`;
      const at = (name: 'excp-1' | 'excp-2'): string => `127.0.0.1:${fleet.vm(name).sshd.port}`;
      await fleet.writeEnv({ VERSION: '2.0.0', EXCP_HOSTS: `${gone},${at('excp-2')}` });
      fleet.history.length = 0;
      const upgraded = await fleet.call('upgrade', '--json');
      expect(upgraded.code).toBe(1);
      expect(upgraded.stderr).toContain('left out, because it cannot be reached');
      const results = new Map(answerOf(upgraded).results?.map((one) => [one.instance, one]));
      expect(results.get('excs-1')).toMatchObject({ result: 'changed', ready: true });
      expect(results.get('exas-1')).toMatchObject({ result: 'changed', ready: true });
      expect(results.get('excp-1')?.detail).toMatch(/cannot be reached/);
      expect(results.get('excp-2')?.detail).toMatch(/excp-1 is not ready to take over its calls/);
      expect(ups()).toEqual(['excs-1 up 2.0.0', 'exas-1 up 2.0.0']);

      await fleet.writeEnv({ VERSION: '2.0.0' });
      const rest = await fleet.call('upgrade');
      expect(rest.code, rest.stderr + rest.stdout).toBe(0);
      expect(fleet.vm('excp-1').docker.container?.version).toBe('2.0.0');
      expect(fleet.vm('excp-2').docker.container?.version).toBe('2.0.0');
    },
    limit,
  );
});

describe('upgrade and rollback', () => {
  it(
    'restarts one EXCP at a time, stops at the first that is not ready, and goes back exactly',
    async () => {
      const early = await fleet.call('upgrade');
      expect(early.stderr, early.stdout).toContain('nothing is deployed that could be upgraded');
      const first = await fleet.call('deploy');
      expect(first.code, first.stderr + first.stdout).toBe(0);
      expect((await fleet.call('rollback')).stderr).toContain('the last change was the first');

      fleet.history.length = 0;
      await fleet.writeEnv({ VERSION: '2.0.0', READY_TIMEOUT_SECONDS: '2' });
      fleet.vm('excp-1').docker.state.unready.add('2.0.0');
      const halted = await fleet.call('upgrade', '--json');
      expect(halted.code).toBe(1);
      expect(ups()).toEqual(
        expect.arrayContaining(['excs-1 up 2.0.0', 'exas-1 up 2.0.0', 'excp-1 up 2.0.0']),
      );
      // The other EXCP goes on with the calls.
      expect(fleet.vm('excp-2').docker.container?.version).toBe('1.0.0');
      const results = (
        JSON.parse(halted.stdout) as { results: { instance: string; result: string; detail: string }[] }
      ).results;
      expect(results.map(({ result }) => result)).toEqual(['changed', 'changed', 'failed', 'prepared']);
      expect(results[2]?.detail).toBe('redis: no route');
      expect(halted.stdout).toContain('"code":"exop.not-ready","message":"not ready: excp-1, excp-2"');

      // Run again after a repair: EXCP goes on where it stopped, and the whole upgrade is one to roll back.
      fleet.vm('excp-1').docker.state.unready.clear();
      await fleet.writeEnv({ VERSION: '2.0.0' });
      const done = await fleet.call('upgrade');
      expect(done.code, done.stderr).toBe(0);
      expect(fleet.vms.map(({ docker }) => docker.container?.version)).toEqual(Array(4).fill('2.0.0'));

      fleet.history.length = 0;
      const back = await fleet.call('rollback', '--json');
      expect(back.code, back.stderr).toBe(0);
      expect(fleet.vms.map(({ docker }) => docker.container?.version)).toEqual(Array(4).fill('1.0.0'));
      expect(fleet.history.indexOf('excp-2 up 1.0.0')).toBeGreaterThan(
        fleet.history.indexOf('excp-1 ready 1.0.0'),
      );
      const again = await fleet.call('rollback');
      expect(again.code).toBe(1);
      expect(again.stderr).toContain('taken back already');
      expect(fleet.vms.map(({ docker }) => docker.container?.version)).toEqual(Array(4).fill('1.0.0'));
    },
    limit,
  );
});

describe('status, logs, down', () => {
  it(
    'show what runs, mask secrets in logs, and stop EXCP before EXCS',
    async () => {
      const none = await fleet.call('status');
      expect(none.code).toBe(1);
      expect(none.stdout).toMatch(/excs-1 .*not deployed/);
      const first = await fleet.call('deploy');
      expect(first.code, first.stderr + first.stdout).toBe(0);

      const status = await fleet.call('status', '--json');
      expect(status.code).toBe(0);
      const { instances } = JSON.parse(status.stdout) as {
        instances: { instance: string; ready: boolean }[];
      };
      expect(instances.map(({ instance, ready }) => `${instance} ${ready}`)).toEqual(
        names.map((name) => `${name} true`),
      );

      await fleet.writeEnv({ ENGAGE_APP_PASSWORD: 'canary-in-log' });
      const logs = await fleet.call('logs', 'excp');
      expect(logs.code).toBe(0);
      expect(logs.stdout.trim().split('\n').sort()).toEqual([
        'excp-1 | {"message":"one"}',
        'excp-1 | {"message":"two [secret]"}',
        'excp-2 | {"message":"one"}',
        'excp-2 | {"message":"two [secret]"}',
      ]);
      expect((await fleet.call('logs', 'nonsense')).code).toBe(2);

      fleet.history.length = 0;
      const down = await fleet.call('down');
      expect(down.code, down.stderr).toBe(0);
      expect(fleet.history.slice(2)).toEqual(['exas-1 down', 'excs-1 down']);
      expect(fleet.history.slice(0, 2).sort()).toEqual(['excp-1 down', 'excp-2 down']);
      // Settings and secrets stay: the next deploy only starts.
      expect(statSync(fleet.installation('excs-1', 'current', 'compose.yaml')).isFile()).toBe(true);
      await fleet.writeEnv({});
      const restart = await fleet.call('deploy', '--json');
      const { plan } = JSON.parse(restart.stdout) as { plan: { actions: { kind: string }[] }[] };
      expect(plan.map(({ actions }) => actions.map(({ kind }) => kind))).toEqual(Array(4).fill(['start']));
    },
    limit,
  );
});

describe('check', () => {
  it(
    'says role, version and link of each bridge, registered as the service itself will be',
    async () => {
      const linkRows = async () => {
        const answer = JSON.parse((await fleet.call('check', '--json')).stdout) as { checks: CheckResult[] };
        return answer.checks.filter(({ check }) => /^reach S/.test(check) && check.includes('Server'));
      };
      const rows = await linkRows();
      expect(rows.map(({ instance, check, status }) => `${instance} ${check} ${status}`)).toEqual([
        'exas-1 reach Stat Server, primary ok',
        'excp-1 reach SIP Server, primary ok',
        'excp-2 reach SIP Server, primary ok',
      ]);
      expect(rows[1]?.found).toBe(
        'Primary, engage-link/1, server 8.1.103.00, up since 2023-11-14T22:13:20Z, link to the switch up',
      );
      expect(fleet.stat.connections.at(-1)?.received[0]?.attributes).toMatchObject({
        ApplicationName: 'EXAS',
        ApplicationPassword: 'canary-engage',
      });

      // A pair that has changed over is well; one without a primary is not.
      await fleet.writeEnv({ SIP_SERVER_BACKUP: formatAddress(fleet.stat.address) });
      fleet.sip.behaviours = [accept({ role: 'Backup' })];
      fleet.stat.behaviours = [accept({ linked: true })];
      const states = async () =>
        (await linkRows()).slice(1, 3).map(({ status, found }) => `${status} ${found}`);
      expect(await states()).toEqual([
        expect.stringMatching(/^ok Backup/),
        expect.stringMatching(/^ok Primary.* up$/),
      ]);
      fleet.stat.behaviours = [accept({ role: 'Backup' })];
      expect(await states()).toEqual(
        Array(2).fill(expect.stringMatching(/^warning Backup.*no primary in its pair$/)),
      );
    },
    limit,
  );
});

describe('the command', () => {
  it.each([
    [['nonsense'], 2],
    [['--help'], 0],
    [['status', '--version'], 0],
    [['check', '--env', 'nowhere.env'], 78],
  ])('%j ends with exit code %i', async (args, expected) => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const code = await new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], { cwd: fleet.folder }, (error) =>
        resolve(error?.code ?? 0),
      );
    });
    expect(code).toBe(expected);
  });
});
