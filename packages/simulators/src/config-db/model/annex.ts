/** Annex of all objects: sections, options and list elements as the rows of one table. */

import type { RowStore } from './row-store.ts';
import type { FlexPropRow } from './rows.ts';

/** Width of the value column; longer values go on in further rows. */
const PART_LENGTH = 255;
/** Key-value types: a string, a list. */
const propType = { string: 0, list: 3 } as const;

/** Value of an option: a text, or a list of named elements. */
export type OptionValue = string | Readonly<Record<string, string>>;

export class Annex {
  readonly #store: RowStore;

  constructor(store: RowStore) {
    this.#store = store;
  }

  /** Creates or changes an option; an option that is changed keeps its number. */
  set(type: number, object: number, section: string, option: string, value: OptionValue): void {
    const sectionDbid =
      this.#find(type, object, 0, section) ?? this.#insert(type, object, 0, section, propType.list);
    const found = this.#find(type, object, sectionDbid, option);
    if (found !== undefined) this.#removeTree(type, object, found);
    if (typeof value === 'string') {
      this.#insertText(type, object, sectionDbid, option, value, found);
      return;
    }
    const list = this.#insert(type, object, sectionDbid, option, propType.list, found);
    for (const [name, text] of Object.entries(value)) this.#insertText(type, object, list, name, text);
  }

  /** The option's value, put together from its parts or list elements; undefined when it is not there. */
  get(type: number, object: number, section: string, option: string): OptionValue | undefined {
    const sectionDbid = this.#find(type, object, 0, section);
    if (sectionDbid === undefined) return undefined;
    const dbid = this.#find(type, object, sectionDbid, option);
    if (dbid === undefined) return undefined;
    const rows = this.#rows(type, object);
    const parts = rows.filter((row) => row.dbid === dbid);
    if (parts[0]?.prop_type !== propType.list) return textOf(parts);
    const elements = rows.filter((row) => row.parent_dbid === dbid);
    return Object.fromEntries(
      elements.map((row) => [row.prop_name, textOf(elements.filter((other) => other.dbid === row.dbid))]),
    );
  }

  /** Removes an option with its list elements, and the section when it was the last one in it. */
  remove(type: number, object: number, section: string, option: string): void {
    const sectionDbid = this.#find(type, object, 0, section);
    if (sectionDbid === undefined) return;
    const dbid = this.#find(type, object, sectionDbid, option);
    if (dbid !== undefined) this.#removeTree(type, object, dbid);
    if (!this.#rows(type, object).some((row) => row.parent_dbid === sectionDbid))
      this.#removeTree(type, object, sectionDbid);
  }

  removeAll(type: number, object: number): void {
    for (const row of [...this.#rows(type, object)]) this.#store.remove('cfg_flex_prop', row);
  }

  #rows(type: number, object: number): readonly FlexPropRow[] {
    return this.#store.annexOf(type, object);
  }

  #find(type: number, object: number, parent: number, name: string): number | undefined {
    return this.#rows(type, object).find((row) => row.parent_dbid === parent && row.prop_name === name)?.dbid;
  }

  #insert(
    type: number,
    object: number,
    parent: number,
    name: string,
    kind: number,
    dbid = this.#store.nextDbid('annex'),
  ): number {
    this.#store.insert('cfg_flex_prop', {
      dbid,
      object_dbid: object,
      object_type: type,
      parent_dbid: parent,
      prop_type: kind,
      prop_name: name,
      prop_value: null,
      part: 0,
    });
    return dbid;
  }

  #insertText(
    type: number,
    object: number,
    parent: number,
    name: string,
    text: string,
    dbid = this.#store.nextDbid('annex'),
  ): void {
    const parts = Math.max(1, Math.ceil(text.length / PART_LENGTH));
    for (let part = 0; part < parts; part++)
      this.#store.insert('cfg_flex_prop', {
        dbid,
        object_dbid: object,
        object_type: type,
        parent_dbid: parent,
        prop_type: propType.string,
        prop_name: name,
        prop_value: text.slice(part * PART_LENGTH, (part + 1) * PART_LENGTH),
        part,
      });
  }

  #removeTree(type: number, object: number, dbid: number): void {
    const rows = [...this.#rows(type, object)];
    for (const row of rows) if (row.parent_dbid === dbid) this.#removeTree(type, object, row.dbid);
    for (const row of rows) if (row.dbid === dbid) this.#store.remove('cfg_flex_prop', row);
  }
}

function textOf(parts: readonly FlexPropRow[]): string {
  return [...parts]
    .sort((a, b) => a.part - b.part)
    .map((row) => row.prop_value ?? '')
    .join('');
}
