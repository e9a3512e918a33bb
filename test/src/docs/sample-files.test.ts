/** The sample files are what the services read, and fit the JSON Schemas beside them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sitesOf } from '@exec/common/config';
import { defaultTable, reasonMapSchema, stateMapSchema } from '@exec/exas';
import { schemaMapFileSchema } from '@exec/excs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../../packages/exop/samples/', import.meta.url));
const read = (name: string): unknown => JSON.parse(readFileSync(`${folder}${name}`, 'utf8'));

describe('the sample', () => {
  it.each(['states', 'reasons', 'sites', 'schema-map'])(
    '%s fits its JSON Schema, and a slip in it does not',
    (name) => {
      const fits = new Ajv2020({ strict: false }).compile(read(`schemas/${name}.schema.json`) as object);
      const sample = read(`${name}.json`);
      expect(fits(sample), JSON.stringify(fits.errors)).toBe(true);
      expect(
        fits(Array.isArray(sample) ? [{}] : { ...(sample as object), tables: 1, ready: 1, Lunch: 1 }),
      ).toBe(false);
    },
  );

  it('of states is the table that holds without a file', () => {
    expect(stateMapSchema.parse(read('states.json'))).toEqual(defaultTable);
  });

  it('of reasons is read', () => {
    expect(reasonMapSchema.parse(read('reasons.json')).get('lunch')).toBe('Meal');
  });

  it('of sites is read', () => {
    const { sites, faults } = sitesOf({ SITES_FILE: `${folder}sites.json` });
    expect(faults).toEqual([]);
    expect(sites.map((site) => site.switch)).toEqual(['SIP_Switch_North', 'SIP_Switch_South']);
  });

  it('of the schema map is read, and names what is read anyhow', () => {
    const { tables } = schemaMapFileSchema.parse(read('schema-map.json'));
    for (const [name, { table, columns = {} }] of Object.entries(tables)) {
      expect(table).toBe(name);
      for (const [logical, physical] of Object.entries(columns)) expect(physical).toBe(logical);
    }
  });
});
