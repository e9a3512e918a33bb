/** PostgreSQL for tests: a given one, the machine's programs, a container, or the programs of an npm package. */

import { startPostgresContainer } from './postgres-container.ts';
import { useGivenPostgres } from './postgres-given.ts';
import { type PostgresPair, startPostgresPair, startPostgresProcess } from './postgres-process.ts';
import { embeddedPrograms, systemPrograms } from './postgres-programs.ts';
import { announce, firstThatWorks, type Source, type SourceChoice } from './sources.ts';
import type { OwnServer, StartedServer } from './started-server.ts';

function choice(env: NodeJS.ProcessEnv): SourceChoice {
  return {
    product: 'PostgreSQL',
    switchName: 'TEST_POSTGRES_SOURCE',
    env,
    advice:
      'Remedy: set TEST_POSTGRES_URL to a server on which databases may be created, or install PostgreSQL ' +
      '(Debian, Ubuntu: apt-get install postgresql), or start Docker.',
  };
}

const ownSources: readonly Source<OwnServer>[] = [
  { name: 'binary', start: async () => await startPostgresProcess(await systemPrograms()) },
  { name: 'docker', start: startPostgresContainer },
  { name: 'embedded', start: async () => await startPostgresProcess(await embeddedPrograms()) },
];

/**
 * A PostgreSQL server whose URL names a database for the caller alone.
 * @throws NoServerError with all that was tried.
 */
export async function startPostgres(env: NodeJS.ProcessEnv = process.env): Promise<StartedServer> {
  const given: Source<StartedServer> = {
    name: 'given',
    start: () => useGivenPostgres(env.TEST_POSTGRES_URL),
  };
  // A given server that does not work is a fault to report, not a reason to look elsewhere.
  const sources = env.TEST_POSTGRES_URL ? [given] : ownSources;
  const server = await firstThatWorks<StartedServer>(sources, choice(env));
  announce(`PostgreSQL for tests: ${server.how}`);
  return server;
}

/** A PostgreSQL server that the caller may kill and restart; never a given one. */
export async function startOwnPostgres(env: NodeJS.ProcessEnv = process.env): Promise<OwnServer> {
  return await firstThatWorks(ownSources, choice(env));
}

/**
 * A primary and a hot standby of the caller's own, from programs of the machine or of the npm package; another forced
 * source does not count here, since containers cannot share a data folder.
 */
export async function startOwnPostgresPair(): Promise<PostgresPair> {
  const sources: readonly Source<PostgresPair>[] = [
    { name: 'binary', start: async () => await startPostgresPair(await systemPrograms()) },
    { name: 'embedded', start: async () => await startPostgresPair(await embeddedPrograms()) },
  ];
  return await firstThatWorks(sources, choice({}));
}
