/** The environment of EXCS: as it is declared for all, with the schema map read and checked. */
import { readFileSync } from 'node:fs';
import { excsVariables as declared, textTo } from '@exec/common/config';
import { defaultSchemaMap, type ParsedSchemaMap, parseSchemaMap } from './engage/schema-map.ts';

/** Reads the file at once: a map that cannot be read is a fault of the environment. */
function schemaMapFile() {
  return textTo<Exclude<ParsedSchemaMap, { readonly problem: string }>>(
    'the path of a schema map file (JSON with "tables")',
    (value) => {
      try {
        const parsed = parseSchemaMap(readFileSync(value.trim(), 'utf8'));
        return 'problem' in parsed ? undefined : parsed;
      } catch {
        return undefined;
      }
    },
  );
}

export const excsVariables = {
  ...declared,
  CONFIG_DB_SCHEMA_MAP: {
    ...declared.CONFIG_DB_SCHEMA_MAP,
    schema: schemaMapFile().default({ map: defaultSchemaMap, unused: [] }),
  },
} as const;
