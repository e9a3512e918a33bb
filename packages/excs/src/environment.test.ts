/** The variables of EXCS: what they accept, and what is said of a wrong one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, parseEnvironment } from '@exec/common/config';
import { afterAll, describe, expect, it } from 'vitest';
import { excsVariables } from './environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'excs-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));

const minimal = { CONFIG_DB_URL: 'postgresql://exec:secret@db.example.com/cfg' };
const parse = (env: NodeJS.ProcessEnv) => parseEnvironment(excsVariables, { ...minimal, ...env });

function faults(env: NodeJS.ProcessEnv): string[] {
  try {
    parse(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
}

function mapFile(content: string): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, content);
  return path;
}

describe('the defaults', () => {
  it('are those of the reference', () => {
    expect(parse({})).toMatchObject({
      SYNC_DN_TYPES: [5],
      SYNC_INTERVAL_SECONDS: 10,
      FULL_READ_SECONDS: 300,
      DRIFT_INTERVAL_SECONDS: 900,
      SYNC_MAX_DEACTIVATIONS: { percent: 5 },
      SYNC_MAX_REMOVALS: { percent: 10 },
      SYNC_REVIEW: 'first',
      SYNC_MAX_CREATIONS: 50,
      PROTECTED_ROLES: ['admin', 'Master Admin'],
      SKILL_LEVEL_MAX: 5,
      WRAPUP_ATTRIBUTE: 'DispositionCode',
    });
  });
});

describe('a limit', () => {
  it.each([
    ['20', { count: 20 }],
    ['0', { count: 0 }],
    ['5%', { percent: 5 }],
    [' 100% ', { percent: 100 }],
  ])('%s is accepted', (text, expected) => {
    expect(parse({ SYNC_MAX_REMOVALS: text }).SYNC_MAX_REMOVALS).toEqual(expected);
  });

  it.each(['-1', '5.5%', '101%', 'many', '5 %%'])('%s is refused', (text) => {
    expect(faults({ SYNC_MAX_DEACTIVATIONS: text })).toEqual(['SYNC_MAX_DEACTIVATIONS']);
  });
});

describe('the DN types', () => {
  it('are names in any case, with or without blanks', () => {
    const types = parse({ SYNC_DN_TYPES: 'VirtualQueue, acd queue,Routing_Point,RoutingQueue,virtualqueue' });
    expect(types.SYNC_DN_TYPES).toEqual([5, 3, 4, 22]);
    expect(faults({ SYNC_DN_TYPES: 'VirtualQueue,Extension' })).toEqual(['SYNC_DN_TYPES']);
  });
});

describe('the schema map', () => {
  it('renames tables and columns; what EXCS does not read is kept for a warning', () => {
    const path = mapFile(
      '{"tables":{"cfg_person":{"table":"P","columns":{"email_address":"MAIL","pager":"x"}},"cfg_place":{"table":"x"}}}',
    );
    const { map, unused } = parse({ CONFIG_DB_SCHEMA_MAP: path }).CONFIG_DB_SCHEMA_MAP;
    expect(map.tables.cfg_person).toEqual({ table: 'P', columns: { email_address: 'MAIL', pager: 'x' } });
    expect(unused).toEqual(['cfg_person.pager', 'cfg_place']);
  });

  it.each([
    'not JSON',
    '[]',
    '{"tables":{"cfg_person":{"nmae":"x"}}}',
    '{"tables":{"cfg_person":"x"}}',
    '{"textEncoding":"klingon"}',
    '{"agentGroupType":"five"}',
  ])('%s is refused', (content) => {
    expect(faults({ CONFIG_DB_SCHEMA_MAP: mapFile(content) })).toEqual(['CONFIG_DB_SCHEMA_MAP']);
  });

  it('that cannot be read is refused', () => {
    expect(faults({ CONFIG_DB_SCHEMA_MAP: join(folder, 'none.json') })).toEqual(['CONFIG_DB_SCHEMA_MAP']);
  });
});

describe('other variables', () => {
  it.each([
    ['CONFIG_DB_URL', 'mysql://x/y'],
    ['DEFAULT_EMAIL_DOMAIN', 'no domain'],
    ['DEFAULT_EMAIL_DOMAIN', '@example.com'],
    ['SYNC_INTERVAL_SECONDS', '0'],
    ['SKILL_LEVEL_MAX', '0'],
  ])('%s=%s is refused', (name, value) => {
    expect(faults({ [name]: value })).toEqual([name]);
  });
});
