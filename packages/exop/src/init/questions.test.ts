/** What is asked at a terminal, and what becomes of the answers. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseDotenv } from '../config/dotenv.ts';
import { answersOf } from './questions.ts';
import { filledIn } from './template.ts';

const template = readFileSync(new URL('../../example.env', import.meta.url), 'utf8');

/** Answers by the first words of a question; Enter to all others. */
async function fill(replies: Readonly<Record<string, readonly string[]>>) {
  const left = new Map(Object.entries(replies).map(([start, list]) => [start, [...list]]));
  const asked: string[] = [];
  const answers = await answersOf(template, async (question) => {
    asked.push(question);
    const line = question.split('\n').at(-1) ?? '';
    return [...left].find(([start]) => line.startsWith(start))?.[1].shift() ?? '';
  });
  return { asked, ...parseDotenv(filledIn(template, answers)) };
}

it('Enter to everything is EXCS alone, with the examples to be replaced', async () => {
  const { asked, values, faults } = await fill({});
  expect(faults).toEqual([]);
  expect(values.get('EXCS_HOST')).toBe('excs.example.com');
  for (const name of ['EXAS_HOST', 'EXCP_HOSTS', 'STAT_SERVER_PRIMARY', 'SIP_SERVER_PRIMARY', 'SYNC_FOLDER'])
    expect(values.has(name), name).toBe(false);
  expect(values.get('IMAGES_DIR')).toBe('./images');
  // What belongs to services that are not there is not asked.
  expect(asked.some((question) => question.includes('Stat Server bridge ['))).toBe(false);
});

it('asks again for what a variable does not take, and says what it expects', async () => {
  const { asked, values } = await fill({ 'DBID of the tenant': ['Resources', '101'], 'Redis ': ['redis'] });
  expect(values.get('TENANT_ID')).toBe('101');
  expect(asked.some((question) => /^TENANT_ID: expected .*\n/.test(question))).toBe(true);
  expect(asked.some((question) => /^REDIS_URL: expected .*\n/.test(question))).toBe(true);
});

it('takes every stage, and images from a registry', async () => {
  const { values } = await fill({
    'VM of EXAS': ['vm2'],
    'Primary Stat': ['bridge1:2060'],
    'The two VMs of EXCP': ['vm3,vm4'],
    Registry: ['registry.example.com/exec'],
  });
  expect(values.get('EXAS_HOST')).toBe('vm2');
  expect(values.get('STAT_SERVER_PRIMARY')).toBe('bridge1:2060');
  expect(values.has('STAT_SERVER_BACKUP')).toBe(false);
  expect(values.get('EXCP_HOSTS')).toBe('vm3,vm4');
  expect(values.get('REGISTRY')).toBe('registry.example.com/exec');
  for (const name of ['IMAGES_DIR', 'RELEASE_PUBLIC_KEY']) expect(values.has(name), name).toBe(false);
});

it('asks for the key of the releaser where archives are brought', async () => {
  const key = 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3';
  const { asked, values } = await fill({ 'Public key': ['RWQ', key] });
  expect(values.get('RELEASE_PUBLIC_KEY')).toBe(key);
  expect(asked.some((question) => /^RELEASE_PUBLIC_KEY: expected .*\n/.test(question))).toBe(true);
});
