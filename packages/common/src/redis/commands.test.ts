/** No command of ours needs more than Redis 6.0, the oldest release that the services promise. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { services } from '../config/index.ts';
import { redisCommandsOf } from './access-rules.ts';

const { url } = testRedis();
let client: Redis;
beforeAll(() => {
  client = new Redis(url);
});
afterAll(() => client.disconnect());

const packages = join(import.meta.dirname, '../../..');
const sources = globSync('*/src/**/*.ts', { cwd: packages })
  .filter((path) => !path.includes('.test.') && !path.startsWith('testing/'))
  .map((path) => ({ path, text: readFileSync(join(packages, path), 'utf8') }));

/** Methods of the client that are no commands. */
const notCommands = new Set([
  'on',
  'once',
  'off',
  'disconnect',
  'pipeline',
  'call',
  'status',
  'listenerCount',
]);

function used(pattern: RegExp, among = sources): Map<string, string> {
  const commands = new Map<string, string>();
  for (const { path, text } of among)
    for (const match of text.matchAll(pattern)) if (match[1] !== undefined) commands.set(match[1], path);
  return commands;
}

/** Release in which a command appeared; a server too old to tell has only commands of its own release. */
async function since(command: string): Promise<string | undefined> {
  try {
    const docs = (await client.call('COMMAND', 'DOCS', command)) as [string, unknown[]] | [];
    const facts = docs[1];
    return facts === undefined ? undefined : String(facts[facts.indexOf('since') + 1]);
  } catch {
    const [info] = (await client.call('COMMAND', 'INFO', command)) as unknown[];
    return info === null ? undefined : '6.0.0';
  }
}

function isInOldest(release: string | undefined): boolean {
  const [major = 99, minor = 0] = (release ?? '99').split('.').map(Number);
  return major * 100 + minor <= 600;
}

const inScripts = /redis\.p?call\(\s*['"](\w+)['"]/g;
const sentByClient = /(?:\bclient|\bblocking\(\)|\breader)\.(\w+)\(/g;

describe('commands', () => {
  it.each(services)('every command of %s is among its rights', async (service) => {
    const ofService = new RegExp(`^(common|${service})/(?!.*/testing/)`);
    const own = sources.filter(({ path }) => ofService.test(path));
    const rights = redisCommandsOf(service);
    for (const pattern of [inScripts, sentByClient])
      for (const [name, path] of used(pattern, own)) {
        const command = name.replace(/Buffer$/, '').toLowerCase();
        if (notCommands.has(name) || (await since(command)) === undefined) continue;
        expect(rights, `${command} in ${path}`).toContain(command);
      }
  });

  it('in scripts', async () => {
    const commands = used(inScripts);
    expect(commands.size).toBeGreaterThan(5);
    for (const [command, path] of commands)
      expect(isInOldest(await since(command)), `${command} in ${path}`).toBe(true);
  });

  it('sent by the client', async () => {
    const commands = used(sentByClient);
    const known = await Promise.all(
      [...commands].map(async ([command, path]) => ({
        command,
        path,
        release: await since(command.replace(/Buffer$/, '')),
      })),
    );
    const sent = known.filter(({ command, release }) => release !== undefined && !notCommands.has(command));
    expect(sent.map(({ command }) => command)).toEqual(
      expect.arrayContaining(['get', 'set', 'evalsha', 'hgetall']),
    );
    for (const { command, path, release } of sent)
      expect(isInOldest(release), `${command} in ${path}`).toBe(true);
  });

  it('the check itself knows newer ones', async () => {
    expect(isInOldest('7.0.0')).toBe(false);
    expect(isInOldest(await since('XADD'))).toBe(true);
    expect(isInOldest(await since('NOSUCHCOMMAND'))).toBe(false);
  });
});
