/** Bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), without times, so that it can be made again. */
import { createHash } from 'node:crypto';
import { type BundledPackage, idOf } from './bundled-packages.ts';

export interface Component {
  readonly type: 'application' | 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly (
    | { readonly license: { readonly id: string } }
    | { readonly expression: string }
  )[];
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
}

export interface BillOfMaterials {
  readonly $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json';
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface BomInput {
  readonly name: string;
  readonly version: string;
  readonly packages: readonly BundledPackage[];
  /** What is shipped besides the bundle, such as a Node of its own. */
  readonly further?: readonly BundledPackage[];
}

export function billOfMaterials(input: BomInput): BillOfMaterials {
  const all = [...input.packages, ...(input.further ?? [])];
  const refs = new Map<string, string[]>();
  for (const one of all) refs.set(one.name, [...(refs.get(one.name) ?? []), purlOf(one)]);
  const needed = new Set(all.flatMap((one) => one.dependencies));
  const own: Component = {
    type: 'application',
    'bom-ref': `${input.name}@${input.version}`,
    name: input.name,
    version: input.version,
    purl: `pkg:generic/ex-engage-connector/${input.name}@${input.version}`,
    licenses: [{ license: { id: 'Apache-2.0' } }],
  };
  const dependencies = [
    // What no other package asks for, the part itself does.
    { ref: own['bom-ref'], dependsOn: all.filter((one) => !needed.has(one.name)).map(purlOf) },
    ...all.map((one) => ({
      ref: purlOf(one),
      dependsOn: one.dependencies.flatMap((name) => refs.get(name) ?? []).sort(),
    })),
  ];
  const body = { metadata: { component: own }, components: all.map(componentOf), dependencies };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(body))}`,
    version: 1,
    ...body,
  };
}

function componentOf(one: BundledPackage): Component {
  const [group, name] = one.name.startsWith('@') ? one.name.split('/') : [undefined, one.name];
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    ...(group === undefined ? {} : { group }),
    name: name ?? one.name,
    version: one.version,
    purl: purlOf(one),
    ...(one.license === undefined ? {} : { licenses: [licenceOf(one.license)] }),
    ...(one.sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512' as const, content: one.sha512 }] }),
  };
}

function licenceOf(stated: string): { license: { id: string } } | { expression: string } {
  return /^[A-Za-z0-9.+-]+$/.test(stated) ? { license: { id: stated } } : { expression: stated };
}

/** Package URL, https://github.com/package-url/purl-spec. */
function purlOf(one: BundledPackage): string {
  return `pkg:npm/${idOf(one).replace(/^@/, '%40')}`;
}

/** A UUID in the form of version 8 (own meaning): the same bill has the same number. */
function uuidOf(text: string): string {
  const digest = createHash('sha256').update(text).digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
