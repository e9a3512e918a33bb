/** The value types that messages are made of, as zod schemas: strict in kind, open for names we do not know. */
import type { CallUuid, PartyUuid } from '@exec/common/ids';
import { z } from 'zod';

/** Nesting that attached data may have; deeper data is refused before anybody walks through it. */
const MAX_NESTING = 32;

/**
 * Key-value list (`UserData`, `Extensions`, `Reasons`): strings, numbers or nested lists. Read it with
 * {@link textOf}, {@link numberOf} and {@link listOf}: keys are chosen by others and may be `constructor`.
 */
export interface KeyValueList {
  readonly [key: string]: unknown;
}

export const keyValueList = z
  .custom<KeyValueList>(
    (value) => isList(value) && !nestsDeeperThan(value, MAX_NESTING),
    'expected a key-value list',
  )
  .meta({ type: 'object', description: 'Key-value list: strings, numbers or nested lists' });

/** An attribute that no schema names: taken as it is, unless walking through it could exhaust the stack. */
const unknownAttribute = z.custom<unknown>(
  (value) => !nestsDeeperThan(value, MAX_NESTING),
  'nested too deep',
);

/**
 * Schema of a message's attributes. Attributes that `shape` does not name are kept; the type leaves them out,
 * so that a misspelt name does not compile.
 */
export function attributes<Shape extends z.ZodRawShape>(shape: Shape): AttributesSchema<Shape> {
  return z.object(shape).catchall(unknownAttribute) as unknown as AttributesSchema<Shape>;
}
export type AttributesSchema<Shape extends z.ZodRawShape> = z.ZodType<
  z.output<z.ZodObject<Shape, z.core.$strip>>,
  z.input<z.ZodObject<Shape, z.core.$strip>>
>;

/** A name out of `names`; one that is not among them reads as `otherwise` instead of losing the whole event. */
export function nameOf<const Names extends readonly string[], const Otherwise extends string>(
  names: Names,
  otherwise: Otherwise,
) {
  const known = new Set<string>([...names, otherwise]);
  return z
    .string()
    .meta({ examples: [...names] })
    .transform((name): Names[number] | Otherwise => (known.has(name) ? (name as Names[number]) : otherwise));
}

/** Set of names; those that are not among `names` are left out. */
export function namesOf<const Names extends readonly string[]>(names: Names) {
  const known = new Set<string>(names);
  return z
    .array(z.string().meta({ examples: [...names] }))
    .transform((list) => list.filter((name): name is Names[number] => known.has(name)));
}

export const referenceId = z.int().min(1);
export const callUuid = z.string().min(1) as unknown as z.ZodType<CallUuid, CallUuid>;
export const partyUuid = z.string().min(1) as unknown as z.ZodType<PartyUuid, PartyUuid>;
/** Connection ID: 64 bits as 16 hexadecimal digits. */
export const connId = z.string().regex(/^[0-9a-fA-F]{16}$/, 'expected 16 hexadecimal digits');
/** Directory number; empty when the network withholds it. */
export const dn = z.string();

/** What every event of a SIP Server carries besides its own attributes. */
export const eventTime = {
  /** Unix time of the server in whole seconds. */
  TimeinSecs: z.int().min(0),
  /** Microseconds within that second. */
  TimeinuSecs: z.int().min(0).max(999_999).default(0),
  EventSequenceNumber: z.int().optional(),
  ServerStartTime: z.int().optional(),
};

/** The text under `key`; a number as decimal digits; undefined when absent or a list. */
export function textOf(list: KeyValueList | undefined, key: string): string | undefined {
  const value = entryOf(list, key);
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** The number under `key`, also when it is written as text. */
export function numberOf(list: KeyValueList | undefined, key: string): number | undefined {
  const value = entryOf(list, key);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The nested list under `key`. */
export function listOf(list: KeyValueList | undefined, key: string): KeyValueList | undefined {
  const value = entryOf(list, key);
  return isList(value) ? value : undefined;
}

function entryOf(list: KeyValueList | undefined, key: string): unknown {
  return list !== undefined && Object.hasOwn(list, key) ? list[key] : undefined;
}

function isList(value: unknown): value is KeyValueList {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nestsDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  // No prototype of parsed JSON has enumerable keys, so for-in sees the own ones, without making a list of them.
  for (const key in value) if (nestsDeeperThan((value as KeyValueList)[key], depth - 1)) return true;
  return false;
}
