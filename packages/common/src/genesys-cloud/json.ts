/** JSON from outside: never throws, and a member that is null counts as absent. */
import { parseJson } from '../json-text.ts';

/** The value, or undefined if the text is no JSON (an empty body, the HTML page of a gateway). */
export function parseAnswer(text: string): unknown {
  return withoutNulls(parseJson(text));
}

/** The cloud writes absent members as null in some answers and leaves them out in others. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = withoutNulls(item);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  for (const [name, member] of Object.entries(object)) {
    // A key of this name would change the object itself when it is copied.
    if (member === null || name === '__proto__') delete object[name];
    else object[name] = withoutNulls(member);
  }
  return object;
}
