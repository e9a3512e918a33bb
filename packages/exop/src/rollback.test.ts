/** Rollback while a VM does not answer, over real SSH servers: it stops only what needs that VM. */
import { portForLater } from '@exec/testing/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, Fleet, type Name, names } from './testing/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
}, 300_000);
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());
const limit = 240_000;

describe('rollback with a VM down', () => {
  const gone = async (): Promise<string> => `127.0.0.1:${await portForLater()}`;
  const version = (name: Name) => fleet.vm(name).docker.container?.version;

  it(
    'takes back the others, says who is missing, and goes on with it later',
    async () => {
      expect((await fleet.call('deploy')).code).toBe(0);
      await fleet.writeEnv({ VERSION: '2.0.0' });
      expect((await fleet.call('upgrade')).code).toBe(0);

      await fleet.writeEnv({ VERSION: '2.0.0', EXAS_HOST: await gone() });
      const back = await fleet.call('rollback', '--json');
      expect(back.code).toBe(1);
      expect(back.stderr).toMatch(/^exas-1: left out, because it cannot be reached: /m);
      expect(answerOf(back).results?.map(({ instance, result }) => `${instance} ${result}`)).toEqual([
        ...['excs-1 changed', 'excp-1 changed', 'excp-2 changed', 'exas-1 failed'],
      ]);
      expect(names.map(version)).toEqual(['1.0.0', '2.0.0', '1.0.0', '1.0.0']);

      await fleet.writeEnv({ VERSION: '2.0.0' });
      const rest = await fleet.call('rollback');
      expect(rest.code, rest.stderr + rest.stdout).toBe(0);
      expect(names.map(version)).toEqual(Array(4).fill('1.0.0'));
    },
    limit,
  );

  it(
    'goes no further back where the last change was on the VM that is missing, and needs one VM at least',
    async () => {
      expect((await fleet.call('deploy')).code).toBe(0);
      await fleet.writeEnv({ VERSION: '2.0.0' });
      expect((await fleet.call('upgrade')).code).toBe(0);
      await fleet.writeEnv({ VERSION: '2.0.0', EXAS_LOG_LEVEL: 'debug' });
      expect((await fleet.call('deploy')).code).toBe(0);

      await fleet.writeEnv({ VERSION: '2.0.0', EXAS_HOST: await gone() });
      const back = await fleet.call('rollback', '--json');
      expect(back.code).toBe(1);
      expect(answerOf(back).error?.code).toBe('exop.nothing-to-roll-back');
      expect(back.stderr).toMatch(/^exas-1: 127/m);
      expect(names.map(version)).toEqual(Array(4).fill('2.0.0'));

      const nobody = { EXCS_HOST: await gone(), EXAS_HOST: await gone() };
      await fleet.writeEnv({ ...nobody, EXCP_HOSTS: `${await gone()},${await gone()}` });
      expect(answerOf(await fleet.call('rollback', '--json')).error?.code).toBe('exop.host-unreachable');
    },
    limit,
  );

  it(
    'leaves a lone EXCP running, because its calls would be lost',
    async () => {
      expect((await fleet.call('deploy')).code).toBe(0);
      await fleet.writeEnv({ VERSION: '2.0.0' });
      expect((await fleet.call('upgrade')).code).toBe(0);
      const hosts = `127.0.0.1:${fleet.vm('excp-1').sshd.port},${await gone()}`;
      await fleet.writeEnv({ VERSION: '2.0.0', EXCP_HOSTS: hosts });
      const back = await fleet.call('rollback', '--json');
      expect(back.code).toBe(1);
      const results = new Map(answerOf(back).results?.map((one) => [one.instance, one]));
      expect(results.get('excs-1')).toMatchObject({ result: 'changed', ready: true });
      expect(results.get('exas-1')).toMatchObject({ result: 'changed', ready: true });
      expect(results.get('excp-1')?.detail).toMatch(/excp-2 is not ready to take over its calls/);
      expect(names.map(version)).toEqual(['1.0.0', '1.0.0', '2.0.0', '2.0.0']);
    },
    limit,
  );
});
