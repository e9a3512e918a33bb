/** Keeps what this test file made Node compile: the next worker that imports the same packages starts sooner. */
import { flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

// A worker is ended by a signal, before Node would write by itself.
afterAll(() => flushCompileCache());
