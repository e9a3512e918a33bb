import { describe, expect, it } from 'vitest';
import type { Facts } from './facts.ts';
import { judge, judgeClock } from './judge.ts';

const good: Facts = {
  system: 'Linux',
  machine: 'x86_64',
  kernel: '4.18.0-553.el8.x86_64',
  cores: 4,
  memoryKib: 7_800_000,
  installDisk: '/dev/vda1 20000000 1000000 19000000 5% /',
  dockerDisk: '/dev/mapper/a b 20000000 1000000 19000000 5% /var/lib/docker',
  writable: true,
  docker: '20.10.24',
  dockerProblem: '',
  composeV2: '',
  composeV1: '1.29.2',
  listening: new Set([22]),
  containers: '',
  hasImage: false,
};
const wanted = { ports: [3640], user: 'exec', installDir: '/opt/exec' };

const bad = (changes: Partial<Facts>): string[] =>
  judge({ ...good, ...changes }, wanted)
    .filter(({ status }) => status !== 'ok')
    .map(({ check, status, remedy }) => {
      expect(remedy).not.toBe('');
      return `${check} ${status}`;
    });

describe('a VM', () => {
  it.each<[Partial<Facts>, string[]]>([
    [{}, []],
    [{ machine: 'aarch64', docker: '28.2.2', composeV2: 'v2.36.0', composeV1: '' }, []],
    [{ machine: 'i686' }, ['system failed']],
    [{ system: 'FreeBSD' }, ['system failed']],
    [{ kernel: '4.17.9' }, ['kernel failed']],
    [{ kernel: '3.10.0-1160.el7' }, ['kernel failed']],
    [{ kernel: '6.1.0-37-amd64' }, []],
    [{ cores: 3 }, ['cores warning']],
    [{ cores: 2 }, ['cores warning']],
    [{ cores: 1 }, ['cores failed']],
    [{ memoryKib: 4_000_000 }, ['memory warning']],
    [{ memoryKib: 900_000 }, ['memory failed']],
    [{ installDisk: '/dev/vda1 15000000 0 15000000 0% /' }, ['disk of the installation warning']],
    [{ dockerDisk: '/dev/vda1 20000000 19000000 1000000 95% /' }, ['disk of Docker failed']],
    [{ installDisk: '' }, ['disk of the installation failed']],
    [{ docker: '', dockerProblem: 'permission denied' }, ['Docker failed']],
    [{ docker: '19.03.15' }, ['Docker failed']],
    [{ composeV1: '1.28.0' }, ['compose failed']],
    [{ composeV1: '' }, ['compose failed']],
    [{ writable: false }, ['folder failed']],
    [{ listening: new Set([3640]) }, ['port 3640 failed']],
    [{ listening: new Set([3640]), containers: 'r1;0.0.0.0:3640->3640/tcp;Up' }, []],
    // The port that is published counts, not the one inside.
    [{ listening: new Set([3640]), containers: 'r1;0.0.0.0:13640->3640/tcp;Up' }, ['port 3640 failed']],
    [{ listening: new Set([3640]), containers: 'r1;0.0.0.0:13640->13640/tcp;Up' }, ['port 3640 failed']],
  ])('%j: %j', (changes, expected) => {
    expect(bad(changes)).toEqual(expected);
  });

  it('whose user may not use Docker is told so', () => {
    const [docker] = judge({ ...good, docker: '', dockerProblem: 'permission denied' }, wanted).filter(
      ({ check }) => check === 'Docker',
    );
    expect(docker?.remedy).toContain('usermod -aG docker exec');
  });
});

it.each([
  [0, 100, 'ok'],
  [-1_050, 100, 'ok'],
  [1_200, 100, 'warning'],
  [-5_050, 100, 'warning'],
  [6_000, 100, 'failed'],
  [Number.NaN, 100, 'failed'],
] as const)('a clock that is %d ms off, give or take %d: %s', (offset, uncertain, status) => {
  expect(judgeClock(offset, uncertain).status).toBe(status);
});
