/** Builds the annex of an object from its rows: sections with options, continuation rows joined. */

/** A row of `cfg_flex_prop`, in the order in which it was read. */
export interface AnnexRow {
  readonly dbid: number;
  /** 0 when there is none. */
  readonly parent: number;
  readonly name: string;
  /** Not trimmed: a part may end in a blank. */
  readonly value: string;
  /** Order of continuation rows; undefined without such a column. */
  readonly part: number | undefined;
  /** The value is longer than what is read; it is empty then. */
  readonly tooLong?: boolean;
}

export interface AnnexOption {
  readonly value: string;
  /** Elements of a nested list. */
  readonly elements: readonly { readonly name: string; readonly value: string }[];
  /** A part of it is longer than what is read: the option means nothing. */
  readonly tooLong: boolean;
}

export interface Annex {
  /** Section → option, as they are written. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, AnnexOption>>;
  /** Whether values were joined in the order of reading, because nothing tells the order of their parts. */
  readonly uncertain: boolean;
}

interface Node {
  readonly name: string;
  readonly value: string;
  readonly tooLong: boolean;
  readonly children: Node[];
}

/**
 * `dbid` is not unique in this table: rows that share it are parts of one long value. A row is a root when its
 * parent is 0, missing, or not among the rows of the object.
 */
export function buildAnnex(rows: readonly AnnexRow[]): Annex {
  const parts = new Map<number, AnnexRow[]>();
  for (const row of rows) {
    const known = parts.get(row.dbid);
    if (known === undefined) parts.set(row.dbid, [row]);
    else known.push(row);
  }
  let uncertain = false;
  const nodes = new Map<number, Node>();
  for (const [dbid, list] of parts) {
    if (list.length > 1) {
      if (list.every((row) => row.part !== undefined)) list.sort((a, b) => (a.part ?? 0) - (b.part ?? 0));
      else uncertain = true;
    }
    const value = list.length === 1 ? (list[0]?.value ?? '') : list.map((row) => row.value).join('');
    const tooLong = list.some((row) => row.tooLong === true);
    nodes.set(dbid, { name: list[0]?.name ?? '', value, tooLong, children: [] });
  }
  const sections = new Map<string, Map<string, AnnexOption>>();
  const roots: Node[] = [];
  for (const [dbid, list] of parts) {
    const node = nodes.get(dbid);
    if (node === undefined) continue;
    const parent = nodes.get(list[0]?.parent ?? 0);
    if (parent === undefined || parent === node) roots.push(node);
    else parent.children.push(node);
  }
  for (const root of roots) {
    const options = sections.get(root.name) ?? new Map<string, AnnexOption>();
    sections.set(root.name, options);
    for (const { name, value, tooLong, children } of root.children)
      if (!options.has(name))
        options.set(name, {
          value,
          elements: children.map((child) => ({ name: child.name, value: child.value })),
          tooLong: tooLong || children.some((child) => child.tooLong),
        });
  }
  return { sections, uncertain };
}

export interface FoundOption {
  readonly option: AnnexOption;
  /** Whether section or option is written in another case than asked for. */
  readonly otherCase: boolean;
}

/** Compares exactly first, then without regard to case. */
export function findOption(annex: Annex, section: string, option: string): FoundOption | undefined {
  const exact = annex.sections.get(section)?.get(option);
  if (exact !== undefined) return { option: exact, otherCase: false };
  for (const [sectionName, options] of annex.sections) {
    if (sectionName.toLowerCase() !== section.toLowerCase()) continue;
    for (const [optionName, found] of options)
      if (optionName.toLowerCase() === option.toLowerCase()) return { option: found, otherCase: true };
  }
  return undefined;
}
