import { ExecError } from '@exec/common/errors';
import { Health } from '@exec/common/http';
import { type AgentMapping, emptyContent, type IdMapStore } from '@exec/common/id-map';
import { FakeClock, loggedLines } from '@exec/common/testing';
import { expect, it } from 'vitest';
import { MappingFollower } from './mapping-follower.ts';

const away = (request: number) => new ExecError('redis.unavailable', `Could not read ${request}: away`);
const agent = {} as AgentMapping;
const full = new ExecError('redis.refused', 'Could not read: WRONGTYPE of key');

it('says once for each reason that the list cannot be read, then that it can, and keeps the last list', async () => {
  const clock = new FakeClock();
  const health = new Health({ clock });
  const { logger, lines } = loggedLines();
  const answers: (Error | 'list')[] = [
    away(1),
    away(2),
    away(3),
    full,
    full,
    'list',
    away(4),
    'list',
    'list',
  ];
  const store = {
    version: () => {
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(1);
    },
    read: () => Promise.resolve({ version: 1, content: { ...emptyContent, agents: [agent] } }),
  } as unknown as IdMapStore;
  const seen: string[] = [];
  let lists = 0;
  const follower = new MappingFollower({
    store,
    excs: undefined,
    clock,
    logger,
    health: health.dependency('mapping'),
    intervalSeconds: () => 1,
    onList: () => lists++,
    onLook: () => {
      const [mapping] = health.ready().dependencies;
      seen.push(`${mapping?.up} ${mapping?.detail}`);
    },
  });
  const many = answers.length;
  follower.look();
  while (seen.length < many) await clock.advance(1_000);
  await follower.stop();
  const down = (error: Error) => `false ${error.message}`;
  expect(seen).toEqual([
    ...[down(away(1)), down(away(2)), down(away(3)), down(full), down(full)],
    'true version 1, 1 agents, 0 queues',
    `true working from the last list: ${away(4).message}`,
    ...['true version 1, 1 agents, 0 queues', 'true version 1, 1 agents, 0 queues'],
  ]);
  expect(lists).toBe(1);
  expect(
    lines()
      .filter(({ level }) => level !== 'debug')
      .map(({ level }) => level),
  ).toEqual([...['warn', 'warn', 'info'], ...['warn', 'info']]);
});
