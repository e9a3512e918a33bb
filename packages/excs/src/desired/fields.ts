/**
 * The mapped text fields of one kind of object as a table: what Engage says, how the cloud names it, how two values are
 * compared and shown. Reading, comparing, planning, writing and storing walk the table, so that a further field is one
 * entry of it.
 */
import { z } from 'zod';

export interface Field<Source, Rules> {
  /** As a reason calls it: `the <label> differs`. */
  readonly label: string;
  /** What the field should hold; empty when Engage says nothing. */
  readonly of: (source: Source, rules: Rules) => string;
  /** Whether two values are one to the cloud; the same text by default. */
  readonly isSame?: (a: string, b: string) => boolean;
  /** How a value stands in `before` and `after`; as it is by default. */
  readonly show?: (value: string) => string;
  /** What was stored by a release without the field holds nothing of it: it is taken as empty. */
  readonly addedLater?: true;
}

/** The fields of the table `T` with their values, under the names that the cloud has for them. */
export type ValuesOf<T> = T extends FieldTable<infer Name, never, never> ? FieldValues<Name> : never;
type FieldValues<Name extends string> = { readonly [Field in Name]: string };

export class FieldTable<Name extends string, Source, Rules> {
  readonly names: readonly Name[];
  readonly #fields: Readonly<Record<Name, Field<Source, Rules>>>;

  constructor(fields: Readonly<Record<Name, Field<Source, Rules>>>) {
    this.#fields = fields;
    this.names = Object.keys(fields) as Name[];
  }

  /** What Engage calls for. */
  wanted(source: Source, rules: Rules): FieldValues<Name> {
    return this.#make((name) => this.#fields[name].of(source, rules));
  }

  /** The fields of an object that has more. */
  pick(object: FieldValues<Name>): FieldValues<Name> {
    return this.#make((name) => object[name]);
  }

  /** What the cloud shows; where it shows nothing, `otherwise` or the empty text. */
  shown(object: { readonly [Field in Name]?: unknown }, otherwise?: FieldValues<Name>): FieldValues<Name> {
    return this.#make((name) => {
      const value = object[name];
      return typeof value === 'string' ? value : (otherwise?.[name] ?? '');
    });
  }

  /** Whether all texts are the same, whatever the cloud takes for one. */
  isEqual(a: FieldValues<Name>, b: FieldValues<Name>): boolean {
    return this.names.every((name) => a[name] === b[name]);
  }

  /** Names of the fields that must be changed. */
  differing(wanted: FieldValues<Name>, now: FieldValues<Name>): Name[] {
    return this.names.filter((name) => {
      const { isSame } = this.#fields[name];
      return isSame === undefined ? wanted[name] !== now[name] : !isSame(wanted[name], now[name]);
    });
  }

  /** The fields that must be changed, as they should be; undefined when there are none. */
  change(wanted: FieldValues<Name>, now: FieldValues<Name>): Partial<FieldValues<Name>> | undefined {
    const names = this.differing(wanted, now);
    if (names.length === 0) return undefined;
    return Object.fromEntries(names.map((name) => [name, wanted[name]])) as Partial<FieldValues<Name>>;
  }

  /** All that differs, as the reason of an operation: one difference must not hide behind another. */
  explain(wanted: FieldValues<Name>, now: FieldValues<Name>): string {
    const labels = this.differing(wanted, now).map((name) => this.#fields[name].label);
    const last = labels.pop() ?? 'nothing';
    return labels.length === 0 ? `the ${last} differs` : `${labels.join(', ')} and ${last} differ`;
  }

  /** The values in one line, for people. */
  show(values: FieldValues<Name>): string {
    return this.names
      .map((name) => this.#fields[name].show?.(values[name]) ?? values[name])
      .filter((text) => text !== '')
      .join(' ');
  }

  /** For an object in which every field is there. */
  schemas(): Record<Name, z.ZodString> {
    return this.#make(() => z.string());
  }

  /** For a stored record, which may be of a release that did not have a field yet. */
  storedSchemas(): Record<Name, z.ZodType<string>> {
    return this.#make((name) =>
      this.#fields[name].addedLater === true ? z.string().default('') : z.string(),
    );
  }

  #make<T>(value: (name: Name) => T): Record<Name, T> {
    const made: Partial<Record<Name, T>> = {};
    for (const name of this.names) made[name] = value(name);
    return made as Record<Name, T>;
  }
}
