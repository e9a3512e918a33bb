import { createHash } from 'node:crypto';
import { Secret } from '@exec/common/config';
import { redisAccessFile } from '@exec/common/redis';
import { expect, it } from 'vitest';
import type { InstanceSettings, Part } from './instance.ts';
import { redisUsersOf } from './redis-users.ts';

function instance(service: Part, number: number, url: string): InstanceSettings {
  return {
    ...{ name: `${service}-${number}`, service, address: { host: 'vm', port: 22 }, port: 1 },
    ...{ publishAddress: undefined, peers: [] },
    environment: new Map([
      ['ORG_ID', 'org-1'],
      ['TENANT_ID', '101'],
    ]),
    files: new Map([['REDIS_URL', new Secret(url)]]),
  };
}
const at = (login: string) => `rediss://${login}@redis.example.com:6379`;

it('each service has its own user, with the rights of the sample and the digest of its password', () => {
  const lines = redisUsersOf([
    instance('excs', 1, at('excs:canary-%2Fone')),
    instance('exas', 1, at('agents:canary-two')),
    instance('excp', 1, at('excp:canary-three')),
    instance('excp', 2, at('excp:canary-three')),
    instance('bridge', 1, ''),
  ]);
  const hash = (text: string) => `#${createHash('sha256').update(text).digest('hex')}`;
  const sample = redisAccessFile('exec:{org-1.101}:v1').trim().split('\n').slice(2);
  expect(lines).toEqual([
    sample[0]?.replace('>PASSWORD_OF_EXCS', hash('canary-/one')),
    sample[1]?.replace('>PASSWORD_OF_EXAS', hash('canary-two')).replace('user exas', 'user agents'),
    sample[2]?.replace('>PASSWORD_OF_EXCP', hash('canary-three')),
  ]);
  expect(lines.join('\n')).not.toContain('canary');
});

it.each([
  ['no user', at(':canary'), /EXAS_REDIS_URL: expected a user of its own with a password/],
  ['no password', at('exas'), /EXAS_REDIS_URL: expected a user of its own with a password/],
  ['the user of another', at('excs:canary'), /EXAS_REDIS_URL: expected a user of its own; EXCS has the same/],
  ['a user that no file can hold', at('ex%20as:canary'), /EXAS_REDIS_URL: expected a user of letters/],
])('%s is a fault, which shows no password', (_, url, problem) => {
  const making = () => redisUsersOf([instance('excs', 1, at('excs:canary')), instance('exas', 1, url)]);
  expect(making).toThrow(problem);
  expect(making).toThrow(expect.not.stringContaining('canary') as unknown as string);
});
