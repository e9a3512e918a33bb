/** Captions of enumerations in `cfg_locale`, by which a reader can check the numbers it relies on. */

export interface LocaleRow {
  readonly lcid: number;
  readonly lc_class: number;
  /** Which enumeration. */
  readonly lc_type: number;
  /** The number that stands in the object tables. */
  readonly lc_subtype: number;
  readonly lc_value: string;
}

/** Captions by enumeration: 0 object states, 5 DN types. */
const captions: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0: { 1: 'Enabled', 2: 'Disabled' },
  1: { 1: 'Alcatel 4400', 58: 'SIP Switch' },
  5: {
    1: 'Extension',
    2: 'ACD Position',
    3: 'ACD Queue',
    4: 'Routing Point',
    5: 'Virtual Queue',
    6: 'Virtual Routing Point',
    22: 'Routing Queue',
  },
};

/** English (United States) and German: a database in several languages has every caption several times. */
const lcids = [1033, 1031];

export const localeRows: readonly LocaleRow[] = lcids.flatMap((lcid) =>
  Object.entries(captions).flatMap(([type, values]) =>
    Object.entries(values).map(([subtype, text]) => ({
      lcid,
      lc_class: 1,
      lc_type: Number(type),
      lc_subtype: Number(subtype),
      lc_value: text,
    })),
  ),
);
