/** Secrets and certificates of a fleet change under its containers: nothing is restarted, the old goes only when told. */
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { settingsKeysOf } from '@exec/common/config';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, Fleet, type Name, names } from './testing/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());
const limit = 300_000;

/** The tokens are EXOP's own. */
const own = { API_TOKEN: undefined };

async function done(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fleet.call(...args);
  expect(code, stdout + stderr).toBe(0);
  return stdout + stderr;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fleet.call(...args);
  expect(code, stdout + stderr).toBe(1);
  return stdout + stderr;
}

async function deployed(changes: Readonly<Record<string, string | undefined>> = own): Promise<void> {
  await fleet.writeEnv(changes);
  await done('deploy');
  fleet.history.length = 0;
}

/** What happened to containers since the fleet was deployed. */
const starts = (): string[] => fleet.history.filter((event) => / (up|down|restart)\b/.test(event));

const secret = (name: Name, file: string): string =>
  readFileSync(fleet.installation(name, 'current', 'secrets', file), 'utf8');

interface Kept {
  readonly apiToken: string;
  readonly settingsKey: string;
  readonly readTokens: Readonly<Record<string, string>>;
}
const kept = (): Kept => JSON.parse(readFileSync(join(fleet.folder, '.env.exop-state.json'), 'utf8')) as Kept;

/** What the container of a service answers to a token. */
async function statusFor(name: Name, token: string): Promise<number> {
  const { port, docker } = fleet.vm(name);
  docker.state.routes.set('GET /api/v1/any', {});
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/any`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.body?.cancel();
  return answer.status;
}

/** Every file below the installations of all VMs. */
async function everything(): Promise<string> {
  const texts = await Promise.all(
    names.map(async (name) => {
      const files = await readdir(fleet.installation(name), { recursive: true, withFileTypes: true });
      return await Promise.all(
        files.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8')),
      );
    }),
  );
  return texts.flat().join('\n');
}

describe('exop rotate token', () => {
  it(
    'has old and new taken for a time, restarts nothing, and leaves no old token anywhere',
    async () => {
      await deployed();
      await fleet.writeEnv({ ...own, VERSION: '2.0.0' });
      await done('upgrade');
      fleet.history.length = 0;
      const before = kept();
      const said = await done('rotate', 'token');
      expect(said).toContain('renew secrets/api_token');
      expect(said).toContain('without a restart');
      const during = kept();
      const [fresh = '', old = ''] = during.apiToken.split(',');
      expect(old).toBe(before.apiToken);
      for (const name of names) {
        expect(await statusFor(name, old)).toBe(200);
        expect(await statusFor(name, fresh)).toBe(200);
      }
      const exas = during.readTokens['exas-1'] ?? '';
      expect(secret('exas-1', 'excs_api_token')).toBe(exas.split(',')[0]);
      for (const token of exas.split(','))
        expect(secret('excs-1', 'api_read_token')).toContain(`exas-1=${token}`);
      expect(await done('plan')).toMatch(/nothing to change/);

      // Run again it makes no third one.
      await done('rotate', 'token');
      expect(kept()).toEqual(during);

      await done('rotate', 'token', '--finish');
      for (const name of names) {
        expect(await statusFor(name, old)).toBe(401);
        expect(await statusFor(name, fresh)).toBe(200);
      }
      expect(kept().apiToken).toBe(fresh);
      expect(starts()).toEqual([]);
      // Neither in what runs nor in what a rollback would start.
      const files = await everything();
      for (const gone of [before.apiToken, ...Object.values(before.readTokens)])
        expect(files).not.toContain(gone);
      const seen = said + (await fleet.commandLines());
      for (const token of [fresh, old, ...exas.split(',')]) expect(seen).not.toContain(token);
      expect(await done('rollback')).toContain('All services are ready');
      expect(await statusFor('excp-1', fresh)).toBe(200);
    },
    limit,
  );

  it(
    'that is cut short goes on with the same tokens; the old stays while one VM lacks the new',
    async () => {
      await deployed();
      fleet.vm('exas-1').docker.state.refuses.add('API_TOKEN_FILE');
      expect(await refused('rotate', 'token')).toContain('refuses the new content of API_TOKEN_FILE');
      const during = kept();
      // Nobody shows a token that is not taken yet.
      expect(secret('exas-1', 'excs_api_token')).toBe(during.readTokens['exas-1']?.split(',')[1]);
      expect(await refused('rotate', 'token', '--finish')).toMatch(/has not everything that is new/);
      expect(kept()).toEqual(during);
      // It has every file now, and still does not take one.
      await done('deploy');
      expect(await refused('rotate', 'token', '--finish')).toContain('exas-1: API_TOKEN_FILE');
      expect(kept()).toEqual(during);
      fleet.vm('exas-1').docker.state.refuses.clear();
      await done('rotate', 'token');
      expect(kept()).toEqual(during);
      await done('rotate', 'token', '--finish');
      expect(await refused('rotate', 'token', '--finish')).toContain('there is no old token');
      expect(starts()).toEqual([]);
    },
    limit,
  );

  it(
    'changes nothing where more than secrets would change, and leaves tokens of the .env to who wrote them',
    async () => {
      await deployed({});
      await fleet.writeEnv({ LOG_LEVEL: 'debug' });
      const before = kept();
      expect(await refused('rotate', 'token')).toContain('"exop deploy" comes first');
      expect(kept()).toEqual(before);
      await fleet.writeEnv({});
      expect(await done('rotate', 'token')).toContain('API_TOKEN stands in the .env');
      expect(secret('excs-1', 'api_token')).toBe('canary-api-token-of-22-characters');
      expect(starts()).toEqual([]);
    },
    limit,
  );
});

describe('exop rotate key', () => {
  it(
    'gives the new key to who opens first, waits until all is sealed anew, and restarts nothing',
    async () => {
      await deployed();
      const before = kept().settingsKey;
      fleet.vm('excs-1').docker.state.sealedAnew = false;
      await fleet.writeEnv({ ...own, READY_TIMEOUT_SECONDS: '2' });
      expect(await refused('rotate', 'key')).toContain('has not sealed the client secrets with the new key');
      expect(await refused('rotate', 'key', '--finish')).toContain('has not sealed');
      fleet.vm('excs-1').docker.state.sealedAnew = true;
      await fleet.writeEnv(own);
      await done('rotate', 'key');
      const during = kept().settingsKey;
      expect(during.split(',')[1]).toBe(before);
      expect(secret('excs-1', 'settings_key')).toBe(during);
      expect(secret('excp-2', 'settings_key')).toBe(settingsKeysOf(during, 'conversation_provider'));
      await done('rotate', 'key', '--finish');
      const after = kept().settingsKey;
      expect(after).toBe(during.split(',')[0]);
      expect(secret('exas-1', 'settings_key')).toBe(settingsKeysOf(after, 'agent_state_sync'));
      expect(await everything()).not.toContain(before);
      expect(starts()).toEqual([]);

      await fleet.writeEnv({ ...own, SETTINGS_KEY: Buffer.alloc(32, 1).toString('base64') });
      expect(await refused('rotate', 'key')).toContain('SETTINGS_KEY stands in the .env');
    },
    limit,
  );
});

describe('exop rotate certificates', () => {
  const tls = {
    ...own,
    ...{ EXCS_TLS_CERT_FILE: './certificates/excs.pem', EXCS_TLS_KEY_FILE: './certificates/excs.key' },
    ...{ EXAS_TLS_CERT_FILE: './certificates/exas.pem', EXAS_TLS_KEY_FILE: './certificates/exas.key' },
    ...{
      EXCP_1_TLS_CERT_FILE: './certificates/excp-1.pem',
      EXCP_1_TLS_KEY_FILE: './certificates/excp-1.key',
    },
    ...{
      EXCP_2_TLS_CERT_FILE: './certificates/excp-2.pem',
      EXCP_2_TLS_KEY_FILE: './certificates/excp-2.key',
    },
    EXCS_CA_FILE: './certificates/ca.pem',
  };
  const local = (name: string): string => readFileSync(join(fleet.folder, 'certificates', name), 'utf8');
  const count = (pem: string): number => pem.match(/BEGIN CERTIFICATE/g)?.length ?? 0;

  it(
    'shows new certificates without a restart; a new authority is trusted before it is used',
    async () => {
      await done('certificates');
      await deployed(tls);
      const first = { ca: local('ca.pem'), excs: local('excs.pem') };
      expect(await done('rotate', 'certificates')).toContain('The new certificates are in use.');
      expect(local('ca.pem')).toBe(first.ca);
      expect(local('excs.pem')).not.toBe(first.excs);
      expect(secret('excs-1', 'tls_cert_file')).toBe(local('excs.pem'));

      await done('rotate', 'certificates', '--authority');
      expect(count(local('ca.pem'))).toBe(2);
      expect(local('ca.pem')).toContain(first.ca.trim());
      expect(secret('exas-1', 'excs_ca_file')).toBe(local('ca.pem'));
      expect(secret('excp-2', 'tls_key_file')).toBe(local('excp-2.key'));
      expect(count(local('excs.pem'))).toBe(2);

      await done('rotate', 'certificates', '--finish');
      expect(count(local('ca.pem'))).toBe(1);
      expect(local('ca.pem')).not.toBe(first.ca);
      expect(secret('exas-1', 'excs_ca_file')).toBe(local('ca.pem'));
      expect(await refused('rotate', 'certificates', '--finish')).toContain('there is no old authority');
      expect(starts()).toEqual([]);
      expect(answerOf(await fleet.call('status', '--json')).ok).toBe(true);
    },
    limit,
  );

  it('makes nothing while the .env names other files', async () => {
    await done('certificates');
    const before = local('excs.pem');
    await fleet.writeEnv({ ...tls, EXCS_CA_FILE: './id.pub' });
    expect(await refused('rotate', 'certificates')).toContain('other files for EXCS_CA_FILE');
    expect(local('excs.pem')).toBe(before);
  });
});

describe('exop deploy', () => {
  const redis = (login: string, host = fleet.peer) => ({ ...own, REDIS_URL: `redis://${login}@${host}` });

  it(
    'brings new passwords without a restart, and restarts for another address or an older service',
    async () => {
      await deployed(redis(':canary-redis'));
      await fleet.writeEnv(redis('exec:canary-other'));
      expect(await done('deploy')).toContain('renew secrets/redis_url, without a restart');
      expect(secret('excp-1', 'redis_url')).toContain('canary-other');
      expect(starts()).toEqual([]);

      fleet.vm('excp-1').docker.state.follows = false;
      await fleet.writeEnv(redis('exec:canary-third'));
      expect(await done('deploy')).toMatch(/excp-1 .* changed +yes/);
      expect(
        fleet.vm('excp-1').docker.records.filter(({ argv }) => argv.includes('--force-recreate')),
      ).toHaveLength(1);
      expect(
        fleet.vm('excp-2').docker.records.filter(({ argv }) => argv.includes('--force-recreate')),
      ).toEqual([]);

      await fleet.writeEnv(redis('exec:canary-third', fleet.peer.replace('127.0.0.1', 'localhost')));
      await done('deploy');
      expect(starts()).toHaveLength(4);
    },
    limit,
  );
});
