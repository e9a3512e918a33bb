/** The bill of materials has the shape of CycloneDX 1.6, names everything once, and can be made again. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BundledPackage } from './bundled-packages.ts';
import { billOfMaterials } from './sbom.ts';

const packages: BundledPackage[] = [
  {
    name: '@fastify/swagger',
    version: '9.0.0',
    license: 'MIT',
    sha512: 'ab'.repeat(64),
    dependencies: ['yaml', 'not-bundled'],
    folder: 'a',
  },
  {
    name: 'yaml',
    version: '2.0.0',
    license: '(MIT OR ISC)',
    sha512: undefined,
    dependencies: [],
    folder: 'b',
  },
  { name: 'bare', version: '1.0.0', license: undefined, sha512: undefined, dependencies: [], folder: 'c' },
];

/** The parts of https://cyclonedx.org/schema/bom-1.6.schema.json that are used, with nothing beside them. */
const component = z.strictObject({
  type: z.enum(['application', 'library', 'platform']),
  'bom-ref': z.string().min(1),
  group: z.string().min(1).optional(),
  name: z.string().min(1),
  version: z.string().max(1024),
  purl: z.string().regex(/^pkg:[a-z]+\/\S+@\S+$/),
  licenses: z
    .tuple([
      z.union([
        z.strictObject({ license: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9.+-]+$/) }) }),
        z.strictObject({ expression: z.string().min(1) }),
      ]),
    ])
    .optional(),
  hashes: z
    .array(z.strictObject({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) }))
    .optional(),
});
const shape = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  version: z.literal(1),
  metadata: z.strictObject({ component }),
  components: z.array(component),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

describe('the bill of materials', () => {
  const bom = billOfMaterials({ name: 'excs', version: '1.2.3', packages });

  it('has the shape of CycloneDX 1.6', () => {
    expect(shape.safeParse(bom).error).toBeUndefined();
  });

  it('names each package with licence, checksum and package URL', () => {
    expect(bom.components).toEqual([
      {
        type: 'library',
        'bom-ref': 'pkg:npm/%40fastify/swagger@9.0.0',
        group: '@fastify',
        name: 'swagger',
        version: '9.0.0',
        purl: 'pkg:npm/%40fastify/swagger@9.0.0',
        licenses: [{ license: { id: 'MIT' } }],
        hashes: [{ alg: 'SHA-512', content: 'ab'.repeat(64) }],
      },
      expect.objectContaining({ name: 'yaml', licenses: [{ expression: '(MIT OR ISC)' }] }),
      expect.not.objectContaining({ licenses: expect.anything() }),
    ]);
  });

  it('refers to nothing that it does not hold', () => {
    const refs = new Set([bom.metadata.component, ...bom.components].map((one) => one['bom-ref']));
    for (const { ref, dependsOn } of bom.dependencies)
      for (const one of [ref, ...dependsOn]) expect(refs).toContain(one);
    expect(bom.dependencies[0]).toEqual({
      ref: 'excs@1.2.3',
      dependsOn: ['pkg:npm/%40fastify/swagger@9.0.0', 'pkg:npm/bare@1.0.0'],
    });
  });

  it('is the same for the same content, and has another number for other content', () => {
    expect(billOfMaterials({ name: 'excs', version: '1.2.3', packages })).toEqual(bom);
    const other = billOfMaterials({ name: 'excs', version: '1.2.4', packages });
    expect(other.serialNumber).not.toBe(bom.serialNumber);
  });
});
