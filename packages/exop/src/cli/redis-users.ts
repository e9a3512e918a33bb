/** `exop redis-users`: the users of Redis that fit the `.env`, for its administrator. */
import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Cli, Command } from '@exec/common/cli';
import { ExecError } from '@exec/common/errors';
import { redisUsersOf } from '../config/redis-users.ts';
import { type Surroundings, task } from './task.ts';

export function addRedisUsers(cli: Cli, around: Surroundings): void {
  const writing = cli.program
    .command('redis-users')
    .description('write the users of Redis that fit the .env, with their rights, as lines of an ACL file')
    .option('--out <file>', 'where they are written', 'redis.acl');
  cli.action(writing, ({ out }: { readonly out: string }, command: Command) =>
    task(command, around, async ({ deployment, print, report }) => {
      const lines = redisUsersOf(deployment.instances);
      const path = resolve(around.folder, out);
      try {
        writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
      } catch (error) {
        throw new ExecError('exop.file-not-written', `${path} cannot be written`, { cause: error });
      }
      const users = lines.map((line) => line.split(' ')[1] ?? '');
      Object.assign(report, { file: path, users });
      print(`${relative(around.folder, path)}: ${users.join(', ')}`);
      print('Passwords are in it as digests. Add a user for administration, and "user default off".');
      return true;
    }),
  );
}
