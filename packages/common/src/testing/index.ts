/** Helpers for tests; production code never imports this folder (a dependency rule checks it). */
export { FakeClock } from './fake-clock.ts';
export { type LogLine, loggedLines } from './logged-lines.ts';
export { nextFormat, nextRelease } from './next-release.ts';
export { type StoredSettings, storeSettings } from './stored-settings.ts';
export { testTls } from './test-tls.ts';
export { type SeenCommand, type WatchedCommands, watchCommands } from './watched-commands.ts';
