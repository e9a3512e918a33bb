import { ExecError } from '@exec/common/errors';
import type { PresenceDefinition } from '@exec/common/genesys-cloud';
import { Health } from '@exec/common/http';
import { FakeClock, loggedLines } from '@exec/common/testing';
import { expect, it } from 'vitest';
import { PresenceIds } from './presence-ids.ts';

it('says once for each reason that the presences cannot be read, however often it is tried', async () => {
  const clock = new FakeClock();
  const health = new Health({ clock });
  const { logger, lines } = loggedLines();
  let asked = 0;
  const answer = (): Promise<readonly PresenceDefinition[]> => {
    asked++;
    if (asked <= 20)
      return Promise.reject(new ExecError('cloud.unavailable', `request ${asked} was not answered`));
    if (asked <= 25) return Promise.reject(new ExecError('cloud.forbidden', 'not allowed'));
    return Promise.resolve([]);
  };
  const ids = new PresenceIds({
    source: { definitions: answer },
    clock,
    logger,
    health: health.dependency('presences'),
    onChange: () => undefined,
  });
  ids.load();
  while (asked < 26) await clock.advance(5_000);
  ids.stop();
  const said = lines().filter(({ message }) => String(message).includes('definitions'));
  expect(said.filter(({ level }) => level !== 'debug').map(({ level }) => level)).toEqual([
    ...['warn', 'warn'],
    'info',
  ]);
  expect(health.ready().dependencies[0]).toMatchObject({ up: true, detail: '0 system presences' });
});
