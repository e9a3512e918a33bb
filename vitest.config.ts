/** One test run over all packages; servers that tests share are started once, by the global set-up. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { chosenRedisVersions } from './packages/testing/src/servers/redis-versions.ts';
import { useCompileCache } from './packages/testing/src/vitest/compile-cache.ts';
import { LongestFirst } from './packages/testing/src/vitest/longest-first.ts';

useCompileCache(fileURLToPath(new URL('.', import.meta.url)));

/** What starts several processes, or measures out whole deployments: after all the others, a few files at a time. */
const whole = [
  'test/src/{e2e,journey,observability,containers}/**/*.test.ts',
  'test/src/chaos/*.test.ts',
  'packages/exop/src/{bridges,exop,faults,operator,pages,rollback,rotate}.test.ts',
  'packages/exop/src/ssh/{session,vm}.test.ts',
  // Calls may be lost when a service that is killed, or gets a burst, is seconds late.
  'packages/excp/src/{bursts,kills}.test.ts',
];

/**
 * What talks to Redis: run once against each version, but for what `redisOnce` names. A file that belongs here and is
 * missing fails and says so.
 */
const redis = [
  'packages/common/src/{config,formats,id-map,leadership,redis}/*.test.ts',
  'packages/common/src/service/{audit,instance-presence,service}.test.ts',
  'packages/excs/src/organization/ledger.test.ts',
  'packages/exas/src/outbox/ledger.test.ts',
  'packages/excs/src/sync/{access,adoption,journal/journal,lease,releases}.test.ts',
  'packages/{exas,excp}/src/*.test.ts',
  'packages/excp/src/{intake,mapping,outbox,processor,recovery}/*.test.ts',
  'packages/testing/src/servers/*.test.ts',
  'test/src/security/redis-acl.test.ts',
];

/**
 * What uses the same scripts and commands of Redis again, for rules that have nothing to do with its version, in long
 * random runs, or while whole processes are killed: one version is enough. Each service as a whole runs on every
 * version in its `releases.test.ts`; so does what depends on a version: what it says when it takes no writes, in
 * `takes-no-writes.test.ts`, and what it does when it is restarted or emptied, in `redis-restart.test.ts`.
 */
const redisOnce = [
  'packages/common/src/service/service-process.test.ts',
  'packages/excs/src/{kill,review,service,service-cloud,standstill}.test.ts',
  'packages/excs/src/cli/{plan,plan-page}.test.ts',
  'packages/excs/src/api/*.test.ts',
  'packages/excs/src/apply/faults.test.ts',
  'packages/excs/src/sync/{access,adoption,convergence,cycle,hung-database,initial,rotation,rules,safety,standby,unreadable-rows}.test.ts',
  'packages/exas/src/{exas,exas.model,rude-redis,standstill}.test.ts',
  'packages/exas/src/api/any-request.test.ts',
  'packages/excp/src/{bridge-restart,clock-jumps,dead-letters,excp,first-mapping,oauth-client,redis-clock}.test.ts',
  'packages/excp/src/{outcomes,quarantine,recovery,redis-full,switch-over,takeover,upgrade,watched-before-ready}.test.ts',
  'packages/excp/src/api/*.test.ts',
  'packages/testing/src/vitest/vitest.test.ts',
  'test/src/link/*.test.ts',
];

/** What lies in a folder of `redis` and needs none: run once. */
const redisNever = [
  'packages/common/src/config/{api-tokens,cloud-endpoints,common-variables,environment,hybrid-integration,settings-cipher}.test.ts',
  'packages/common/src/config/{plain-text,sites,values,variable}.test.ts',
  'packages/common/src/{id-map/id-map,leadership/phase}.test.ts',
  'packages/common/src/redis/{key-space,server-check}.test.ts',
  'packages/exas/src/translation-files.test.ts',
  'packages/excp/src/any-input.test.ts',
  'packages/excp/src/intake/{backlog,claimer-state,event-key,normalise,question,question-state,registrations,registrations-state,reorder-buffer,rude-peer,site-connection,site-connection-state}.test.ts',
  'packages/excp/src/mapping/mirror-state.test.ts',
  'packages/excp/src/outbox/{answers,dead-letter,entry,outbox.property,outbox,queue,queue-figures,recent-events}.test.ts',
  'packages/excp/src/api/conversation-view.test.ts',
  'packages/excs/src/api/lists.test.ts',
  'packages/excp/src/processor/{arrival-order,memory,model,outcomes,stream-clock,stream-ids,suspicion}.test.ts',
  'packages/testing/src/servers/{faketime,guardian,postgres,redis-versions,sources,unprivileged-user}.test.ts',
];

const versions = chosenRedisVersions();

function redisProject(version: string, include: string[]): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name: version === 'any' ? 'redis' : `redis-${version}`,
      include,
      exclude: [...redisNever, ...whole, ...(version === 'any' ? [] : redisOnce)],
      provide: { testRedisVersion: version },
      ...(version === 'any' ? {} : { globalSetup: ['packages/testing/src/vitest/redis-setup.ts'] }),
      sequence: { groupOrder: 0 },
    },
  };
}

function withoutRedis(
  name: string,
  files: { readonly include: string[]; readonly exclude?: string[] },
): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      ...files,
      provide: { testRedisVersion: 'none' },
      // A worker keeps its modules from file to file: importing them anew costs more than most files' tests.
      isolate: false,
      sequence: { groupOrder: 0 },
    },
  };
}

export default defineConfig({
  test: {
    globalSetup: ['packages/testing/src/vitest/global-setup.ts'],
    setupFiles: ['packages/testing/src/vitest/each-file.ts'],
    pool: 'forks',
    // Most of a run is waiting for what other processes do. More at a time make services late that tests kill or stop.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // For what hangs, on a machine that has other work as well; nothing waits for them.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    passWithNoTests: false,
    allowOnly: false,
    provide: { testRedisVersion: 'any' },
    projects: [
      withoutRedis('parts', {
        include: ['packages/*/src/**/*.test.ts', 'test/src/**/*.test.ts'],
        exclude: [...whole, ...redis, ...redisOnce],
      }),
      withoutRedis('rules', { include: redisNever }),
      ...versions.map((version) => redisProject(version, redis)),
      redisProject('any', versions.length === 0 ? [...redis, ...redisOnce] : redisOnce),
      {
        extends: true,
        test: {
          name: 'whole',
          include: whole,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
