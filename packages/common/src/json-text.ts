/** JSON that may not be ours. */

/** The value of a text; undefined when there is none, or when it is no JSON. Never throws. */
export function parseJson(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
