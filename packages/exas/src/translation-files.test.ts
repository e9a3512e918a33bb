/** The two files with which a site changes the translation: whatever stands in them, they are a translation or faults. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@exec/common/config';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { situationKinds } from './state/situation.ts';
import { presenceNames, routingStatuses } from './state/table.ts';
import { readTranslation } from './translation-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'exas-translation-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: unknown): string {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const presence = fc.constantFrom(...presenceNames, 'byReason', 'onqueue', '', '__proto__');
const row = fc.oneof(
  fc.record({ presence, routingStatus: fc.constantFrom(...routingStatuses, 'Sleeping') }),
  fc.constantFrom('unchanged', 'nothing'),
  fc.jsonValue({ maxDepth: 1 }),
);
const name = fc.oneof(fc.constantFrom(...situationKinds, '__proto__', 'constructor', ''), fc.string());
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('', '{', '{"a":'.repeat(20_000), '\ufeff{}', 'x'.repeat(300_000)),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

/** Whether it was taken; a refusal names the variable. */
function takes(variable: 'stateMap' | 'reasonMap', content: unknown): boolean {
  try {
    const { table, reasons } = readTranslation({ [variable]: file(content) });
    expect(Object.keys(table).toSorted()).toEqual([...situationKinds].toSorted());
    for (const [reason, presenceName] of reasons)
      expect([reason, presenceNames]).toEqual([reason.toLowerCase(), expect.arrayContaining([presenceName])]);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).toContain(variable === 'stateMap' ? 'STATE_MAP_FILE' : 'REASON_MAP_FILE');
    return false;
  }
}

it.each([
  ['STATE_MAP_FILE', 'stateMap', fc.dictionary(name, row, { maxKeys: 5 })],
  ['REASON_MAP_FILE', 'reasonMap', fc.dictionary(name, presence, { maxKeys: 5 })],
] as const)(
  'any content of %s is a translation or faults, and nothing else is thrown',
  (_, variable, likely) => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.oneof({ arbitrary: likely, weight: 3 }, { arbitrary: anything, weight: 1 }),
        (content) => {
          if (takes(variable, content)) taken++;
          else refused++;
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(10);
  },
);
