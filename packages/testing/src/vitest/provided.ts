/** What the global set-up hands to every test file. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the PostgreSQL of this run; databases may be created there. */
    testPostgresUrl: string;
    testRedisUrl: string;
    /** Version of that Redis; `any` is the one that was found; `none` where a test file is not run against each. */
    testRedisVersion: string;
    /** Part of every name that tests of this run make on the servers. */
    testRunName: string;
  }
}

export type {};
