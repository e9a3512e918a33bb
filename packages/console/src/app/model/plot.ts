/** Points of small plots: pure. */

export interface Line {
  /** Commands of an SVG path; one part for each row of values without a hole. */
  readonly path: string;
  readonly most: number;
}

/** @param values null where nothing was measured; @param least the smallest value that the full height stands for */
export function lineOf(
  values: readonly (number | null)[],
  size: { readonly width: number; readonly height: number },
  least = 0,
): Line {
  const most = Math.max(least, ...values.map((value) => value ?? 0));
  if (most === 0 || values.length === 0) return { path: '', most };
  const step = values.length === 1 ? 0 : size.width / (values.length - 1);
  let path = '';
  let open = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = false;
      continue;
    }
    const x = round(index * step);
    const y = round(size.height - (value / most) * size.height);
    // A value between two holes is a dot.
    path += open ? `L${x} ${y}` : `M${x} ${y}h0.01`;
    open = true;
  }
  return { path, most };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
