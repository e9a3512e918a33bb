/** Whatever somebody writes into Engage: parsers answer or refuse with a code, and no value reaches anything else. */
import { AllowedHosts, parseHybridIntegration } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { parseScript } from '../desired/script-parser.ts';
import { VirtualGroups } from '../desired/virtual-group.ts';
import { person, skill } from '../testing/snapshot.ts';
import { buildAnnex, findOption } from './annex.ts';
import { Cells } from './cells.ts';
import { parseSchemaMap } from './schema-map.ts';
import { skillLevels } from './skill-levels.ts';

const rude = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\udfff\ud800',
    '__proto__',
    'constructor',
    'null',
    '1e400',
    '0x10',
    '-0',
    'NaN',
    '9007199254740993',
    '0000-00-00',
    '+275760-09-14T00:00:00Z',
    'Skill("',
    '('.repeat(20_000),
    '!'.repeat(20_000),
    'Skill("a") > 1 & '.repeat(5000),
    'x'.repeat(1_100_000),
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 50 }),
  fc.json({ maxDepth: 4 }),
);

/** Runs it; only a refusal that has a code may come out. */
function refusesAtMost(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
  }
}

const options = { numRuns: 300 };

describe('any value at all', () => {
  it('in a script of a virtual group is a script or a fault of that group', () => {
    const groups = new VirtualGroups([person(1, { levels: skillLevels([1, 6]) })], [skill(1, '__proto__')], {
      missingSkill: 'no-match',
      unknownLogin: 'member',
    });
    fc.assert(
      fc.property(rude, (text) => {
        parseScript(text);
        groups.membersOf(text);
      }),
      options,
    );
  });

  it('in rows of an annex makes an annex', () => {
    const number = fc.oneof(fc.nat({ max: 5 }), fc.integer());
    const row = fc.record({
      dbid: number,
      parent: number,
      name: rude,
      value: rude,
      part: fc.option(fc.double(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), rude, rude, (rows, section, option) => {
        findOption(buildAnnex(rows), section, option);
      }),
      options,
    );
  });

  it('in a cell is taken or refused as data that is not valid', () => {
    fc.assert(
      fc.property(fc.option(rude), fc.constantFrom(undefined, 'windows-1252', 'utf-8'), (cell, codePage) => {
        const cells = new Cells('cfg_person', { codePage }).use([cell]);
        for (const read of ['id', 'number', 'numbers', 'text', 'raw'] as const)
          refusesAtMost(() => cells[read](0));
      }),
      options,
    );
  });

  it('in the file of the schema map is a map or a list of faults', () => {
    fc.assert(
      fc.property(rude, (text) => void parseSchemaMap(text)),
      options,
    );
  });

  it('in hybrid_integration is settings or a refusal that says which option', () => {
    const section = fc.oneof(
      fc.constantFrom('general', 'config_sync', 'agent_state_sync', '__proto__'),
      rude,
    );
    const option = fc.oneof(
      fc.constantFrom('client_id', 'client_secret', 'organization_id', 'base_service_url'),
      rude,
    );
    const pairs = fc.array(fc.tuple(option, rude), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(section, pairs), { maxLength: 6 }), (sections) => {
        const annex = new Map(sections.map(([name, values]) => [name, new Map(values)]));
        refusesAtMost(() => parseHybridIntegration(annex, AllowedHosts.publicDomains));
      }),
      options,
    );
  });
});
