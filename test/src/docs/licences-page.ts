/** docs/reference/licences.md: what others wrote and we ship, with its licence. */
import { type ShippedPackage, shippedPackages } from '@exec/release';
import { code, generated, table } from './markdown.ts';

export async function licencesPage(): Promise<string> {
  const packages = await shippedPackages();
  const rows = packages.map(({ name, version, license, in: parts }) => [
    code(name),
    version,
    license ?? 'not stated',
    parts.join(', '),
  ]);
  return [
    '# Licences',
    `${generated} The connector itself is under the [Apache License 2.0](../../LICENSE).`,
    `What others wrote and is shipped in images and packages: ${packages.length} packages, ${counted(packages)}. \`console\` is the page that each service serves; \`exop\` and \`link\` are in the package of the bootstrap. The texts of the licences are in \`LICENSES.txt\` of each image and package, versions with their checksums in its bill of materials (\`…cdx.json\`).`,
    table(['package', 'version', 'licence', 'in'], rows),
    'Not in this list: what only builds and tests use, which is shipped to nobody; the base of the images, which has its own licences; the Platform SDK that a customer adds to a bridge, and the Java libraries of the bridge ([its page](../bridge/README.md)).',
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** `90 MIT, 5 ISC`: the most frequent first. */
function counted(packages: readonly ShippedPackage[]): string {
  const by = [...Map.groupBy(packages, ({ license }) => license ?? 'not stated')];
  return by
    .sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
    .map(([license, of]) => `${of.length} ${license}`)
    .join(', ');
}
