/** Builds the address of a request; values from outside cannot leave their place in it. */
import type { CallParts, Operation } from './call.ts';
import { CloudError } from './errors.ts';

const apiPath = '/api/v2';

/** @throws CloudError `cloud.request-invalid` if a value of the path is missing or would change the path */
export function requestUrl(origin: string, operation: Operation<unknown>, parts: CallParts): URL {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parts.path?.[name];
    // A dot segment would move up in the path, encoded or not.
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new CloudError('cloud.request-invalid', `${operation.name}: ${name} cannot be part of a path`, {
        operation: operation.name,
      });
    }
    return encodeURIComponent(value.toWellFormed());
  });
  const url = new URL(`${origin}${apiPath}${path}`);
  for (const [name, value] of Object.entries(parts.query ?? {})) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const item of value) url.searchParams.append(name, item);
    else url.searchParams.set(name, String(value));
  }
  return url;
}
