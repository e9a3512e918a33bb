/** Sources are tried in order, can be forced, and are all named when none works. */
import { describe, expect, it } from 'vitest';
import { firstThatWorks, NoServerError, type Source, type SourceChoice } from './sources.ts';

const choice: SourceChoice = {
  product: 'Redis',
  switchName: 'TEST_REDIS_SOURCE',
  env: {},
  advice: 'Remedy: none.',
};
const absent = (name: string, reason: string): Source<string> => ({
  name,
  start: () => Promise.reject(new Error(reason)),
});
const there = (name: string): Source<string> => ({ name, start: () => Promise.resolve(name) });

describe('sources', () => {
  it('are tried in order, and the first that works is used', async () => {
    expect(await firstThatWorks([absent('given', 'no'), there('binary'), there('docker')], choice)).toBe(
      'binary',
    );
  });

  it('can be forced to one', async () => {
    const env = { TEST_REDIS_SOURCE: 'docker' };
    expect(await firstThatWorks([there('binary'), there('docker')], { ...choice, env })).toBe('docker');
    const forced = firstThatWorks([there('binary'), absent('docker', 'no engine')], { ...choice, env });
    await expect(forced).rejects.toThrow('docker: no engine');
  });

  it('that all fail are named with their reasons and the remedy', async () => {
    const sources = [absent('binary', 'not in PATH'), absent('docker', 'no engine\n  answers')];
    const error = await firstThatWorks(sources, choice).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoServerError);
    expect((error as Error).message).toBe(
      'No Redis for tests could be found or started. Tried:\n  binary: not in PATH\n  docker: no engine | answers\nRemedy: none.',
    );
  });

  it('that do not exist are named', async () => {
    const env = { TEST_REDIS_SOURCE: 'cloud' };
    await expect(firstThatWorks([there('binary')], { ...choice, env })).rejects.toThrow(
      'TEST_REDIS_SOURCE=cloud is not a source of Redis here; known: binary.',
    );
  });
});
