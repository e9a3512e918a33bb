/** The metrics of the bridge, out of its Java source: it is no service of ours whose registry could be asked. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BridgeMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly labelNames: readonly string[];
  readonly help: string;
}

const folder = fileURLToPath(new URL('../../../packages/bridge/bridge/src/main/java', import.meta.url));

export async function bridgeMetrics(): Promise<readonly BridgeMetric[]> {
  let source = '';
  for await (const file of glob('**/*.java', { cwd: folder }))
    source += await readFile(join(folder, file), 'utf8');
  const labels = Map.groupBy(source.matchAll(/\.count\("(bridge_\w+)", "(\w+)",/g), ([, name = '']) => name);
  const declared = [
    ...source.matchAll(/(counter|gauge)\("(bridge_\w+)",\s*"([^"]+)"/g),
    ...source.matchAll(/family\("(?<name>bridge_\w+)", "(gauge)", "([^"]+)"\)/g),
  ];
  const found = declared.map(([text, first = '', second = '', help = '']): BridgeMetric => {
    const isFamily = text.startsWith('family');
    const name = isFamily ? first : second;
    const type = isFamily ? second : first;
    const ownLabels = new Set((labels.get(name) ?? []).map(([, , label = '']) => label));
    if (name === 'bridge_build_info') for (const label of ['version', 'side']) ownLabels.add(label);
    return { name, type: type === 'counter' ? 'counter' : 'gauge', labelNames: [...ownLabels], help };
  });
  return found.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}
