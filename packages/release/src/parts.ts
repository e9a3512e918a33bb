/** What is shipped: each part with its entry point. */

export interface Part {
  readonly name: string;
  /** Entry point, below the root of the repository. */
  readonly entry: string;
  /** Package of the workspace that holds it. */
  readonly package: string;
}

/** The services: one image each. */
export const services = ['excs', 'exas', 'excp'] as const;

export type Service = (typeof services)[number];

export const parts = {
  excs: { name: 'excs', entry: 'packages/excs/src/main.ts', package: '@exec/excs' },
  exas: { name: 'exas', entry: 'packages/exas/src/main.ts', package: '@exec/exas' },
  excp: { name: 'excp', entry: 'packages/excp/src/main.ts', package: '@exec/excp' },
  exop: { name: 'exop', entry: 'packages/exop/src/main.ts', package: '@exec/exop' },
  link: { name: 'link', entry: 'packages/link-tools/src/main.ts', package: '@exec/link-tools' },
  simulators: {
    name: 'simulators',
    entry: 'packages/simulators/src/sandbox/main.ts',
    package: '@exec/simulators',
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;
