/** Writes plain data as YAML that every compose tool reads as the same data. */

export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

/**
 * Texts are written in double quotes with JSON's escapes, which YAML 1.1 and 1.2 both know. Compose puts
 * variables of the caller's environment in place of `$NAME`; `$$` stands for the sign itself in all its versions
 * (https://docs.docker.com/reference/compose-file/interpolation/).
 */
export function toYaml(value: Yaml, indent = ''): string {
  if (typeof value === 'string') return ` ${JSON.stringify(value.replaceAll('$', '$$$$'))}\n`;
  if (typeof value === 'number' || typeof value === 'boolean') return ` ${value}\n`;
  if (isList(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => `${indent}-${toYaml(item, `${indent}  `)}`).join('')}`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return ' {}\n';
  const lines = entries.map(([key, item]) => `${indent}${keyText(key)}:${toYaml(item, `${indent}  `)}`);
  return `\n${lines.join('')}`;
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value);
}

function keyText(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key) ? key : JSON.stringify(key);
}
