/** The layers of the house as rules that `pnpm check` proves. */

const production = '^packages/(common|engage-link|excs|exas|excp|exop|link-tools)/src';
const tests = '\\.test\\.ts$';

/** What holds rules and nothing else: whole folders, the outbox of EXAS without what sends and stores, every machine. */
const pure = [
  '^packages/excs/src/(desired|plan)/',
  '^packages/exas/src/(state/|outbox/(choose|outbox|request|roster)\\.ts$)',
  '^packages/excp/src/(events|conversation|registry|translate)/',
  '^packages/exop/src/plan/',
  '^packages/(common|engage-link|excp)/src/.*(-state|/phase)\\.ts$',
];

/** One direction inside a service: each folder may import itself, what stands to its left, and what is shared. */
function oneDirection(service, folders) {
  return folders.flatMap((folder, index) => {
    const right = folders.slice(index + 1);
    if (right.length === 0) return [];
    return [
      {
        name: `${service}-${folder}-flows-one-way`,
        comment: `${folder}/ stands before ${right.join('/, ')}/ and must not know them.`,
        severity: 'error',
        from: { path: `^packages/${service}/src/${folder}/`, pathNot: tests },
        to: { path: `^packages/${service}/src/(${right.join('|')})/` },
      },
    ];
  });
}

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'A circle means that two ideas were not told apart.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'services-do-not-know-each-other',
      severity: 'error',
      from: { path: '^packages/(excs|exas|excp|exop)/src', pathNot: tests },
      to: { path: '^packages/(excs|exas|excp|exop)/src', pathNot: '^packages/$1/src' },
    },
    {
      name: 'shared-parts-know-no-service',
      severity: 'error',
      from: { path: '^packages/(common|engage-link)/src', pathNot: tests },
      to: { path: '^packages/(excs|exas|excp|exop)/src' },
    },
    {
      name: 'common-stands-alone',
      severity: 'error',
      from: { path: '^packages/common/src', pathNot: tests },
      to: { path: '^packages/(?!common/)' },
    },
    {
      name: 'link-knows-only-common',
      severity: 'error',
      from: { path: '^packages/engage-link/src', pathNot: tests },
      to: { path: '^packages/(?!engage-link/|common/)' },
    },
    {
      name: 'production-never-imports-simulators',
      severity: 'error',
      from: { path: production, pathNot: [tests, '/src/testing/'] },
      to: { path: '^packages/(simulators|testing)/' },
    },
    {
      name: 'production-never-imports-test-helpers',
      severity: 'error',
      from: { path: production, pathNot: [tests, '/testing/'] },
      to: { path: '/src/testing/' },
    },
    {
      name: 'link-tools-know-no-service',
      comment: 'What looks at a link must not share the beliefs of what uses it.',
      severity: 'error',
      from: { path: '^packages/link-tools/src', pathNot: [tests, '/testing/'] },
      to: { path: '^packages/(?!link-tools/|engage-link/|common/)' },
    },
    {
      name: 'pure-files-do-no-io',
      comment:
        'Rules are functions of their input alone: no I/O, no clock, no log. A type of these is no use of them.',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: {
        path: [
          'packages/common/src/(time/(?!instants)|logging|metrics|redis|leadership/(?!phase)|machine|http|service|genesys-cloud/(client|transport|token|budget|retry))',
          'packages/engage-link/src/(?!wire/|pair/(pair-state|back-off)|connection/connection-state)',
          'node_modules/(pg|ioredis|undici|pino|fastify|prom-client|p-queue)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'steps-know-no-server',
      comment:
        'apply/ asks through its ports: it knows neither Redis nor PostgreSQL nor HTTP, and writes no log.',
      severity: 'error',
      from: { path: '^packages/excs/src/apply/', pathNot: tests },
      to: {
        path: [
          'packages/common/src/(logging|metrics|redis|http|service)',
          'packages/excs/src/organization/ledger\\.ts$',
          'node_modules/(pg|ioredis|undici|pino|fastify|prom-client)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rules-and-steps-use-no-module-of-node',
      comment: 'But for hashes, which are functions of their input.',
      severity: 'error',
      from: { path: [...pure, '^packages/excs/src/apply/'], pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'one-way-to-the-cloud',
      comment:
        'Only the Genesys Cloud client opens HTTP to the cloud; a second way would bypass the request budget.',
      severity: 'error',
      from: {
        path: '^packages/(excs|exas|excp|exop|engage-link)/src',
        pathNot: [tests, '^packages/(exas/src/agents|excp/src/mapping)/'],
      },
      to: { path: 'node_modules/undici/' },
    },
    {
      name: 'the-judge-knows-only-histories',
      comment: 'What judges a run of test/src/chaos must not share the beliefs of what it judges.',
      severity: 'error',
      from: { path: '^test/src/chaos/judge/', pathNot: tests },
      to: { pathNot: '^test/src/chaos/(judge|history)/' },
    },
    ...oneDirection('excs', ['engage', 'desired', 'plan', 'organization', 'apply', 'sync', 'api', 'cli']),
    ...oneDirection('exas', ['agents', 'statistics', 'state', 'outbox', 'api']),
    ...oneDirection('exop', ['config', 'plan', 'ssh', 'checks', 'steps', 'report', 'cli']),
    ...oneDirection('excp', [
      ...['events', 'intake', 'conversation', 'registry', 'translate', 'outbox'],
      ...['recovery', 'mapping', 'formats', 'processor', 'api', 'cli'],
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
