/** Helpers for tests; production code never imports this folder (a dependency rule checks it). */
export { FakeClock } from './fake-clock.ts';
export { type LogLine, loggedLines } from './logged-lines.ts';
export { nextRelease } from './next-release.ts';
export { testTls } from './test-tls.ts';
