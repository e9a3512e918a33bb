/** How files are mounted into containers. */

/** Name of a bridge's properties file among the mounted ones. */
export const propertiesFile = 'BRIDGE_PROPERTIES';

/** Where a file stands inside the container. */
export function mountedAt(variable: string): string {
  return `/run/secrets/${variable.toLowerCase()}`;
}
