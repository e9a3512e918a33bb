/** What holds for every test file: the seed of what is drawn, and that what was opened is closed. */
import { flushCompileCache } from 'node:module';
import fc from 'fast-check';
import { afterAll, afterEach } from 'vitest';
import { closeAll, removeAll } from './closers.ts';
import { testSeed } from './seed.ts';

// Property tests draw the same cases in each run of the gate; a failure prints its seed.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: testSeed() });

afterEach(() => closeAll('test'));
afterAll(async () => {
  try {
    await closeAll('file');
  } finally {
    await removeAll();
    // A worker is ended by a signal, before Node would write by itself what it compiled.
    flushCompileCache();
  }
});
