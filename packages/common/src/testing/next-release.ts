/** A release to come, for tests: it stores values in another layout, and still reads and writes that of this release. */
import { type FormatCodec, type FormatTable, formatTable } from '../formats/index.ts';

/** What other code puts together has one layout in all formats. */
const unchanged = new Set(['excp:dead-letter', 'excp:gap']);

const pairs: FormatCodec = {
  encode: (what, value) =>
    unchanged.has(what) ? value : { pairs: Object.entries(value).filter(([, one]) => one !== undefined) },
  decode: (what, stored) =>
    unchanged.has(what) ? stored : Object.fromEntries(stored.pairs as [string, unknown][]),
};

/** Its own format. */
export const nextFormat = Math.max(...formatTable.keys()) + 1;

export const nextRelease: FormatTable = new Map([...formatTable, [nextFormat, pairs]]);
