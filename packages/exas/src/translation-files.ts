/** Reads the two files with which a site changes the translation. */
import { readFileSync } from 'node:fs';
import { ConfigurationError, type ConfigurationFault } from '@exec/common/config';
import type { z } from 'zod';
import {
  defaultReasons,
  defaultTable,
  reasonMapSchema,
  stateMapSchema,
  type Translation,
} from './state/table.ts';

/** @throws ConfigurationError that names the file, the place in it and what was expected */
export function readTranslation(files: {
  readonly stateMap?: string | undefined;
  readonly reasonMap?: string | undefined;
}): Translation {
  const faults: ConfigurationFault[] = [];
  const table = readJson('STATE_MAP_FILE', files.stateMap, stateMapSchema, faults) ?? defaultTable;
  const reasons = readJson('REASON_MAP_FILE', files.reasonMap, reasonMapSchema, faults) ?? defaultReasons;
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { table, reasons };
}

function readJson<S extends z.ZodType>(
  variable: string,
  file: string | undefined,
  schema: S,
  faults: ConfigurationFault[],
): z.output<S> | undefined {
  if (file === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    faults.push({ variable, problem: `${file} ${reason}` });
    return undefined;
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    faults.push({ variable, problem: `${file}: ${issue.path.join('.') || 'the file'}: ${issue.message}` });
  }
  return undefined;
}
