/** Helpers for tests; production code never imports this folder (a dependency rule checks it). */
export { FakeClock } from './fake-clock.ts';
export { testTls } from './test-tls.ts';
