/** Property tests draw the same cases in each run of the gate; a failure prints its seed. */
import fc from 'fast-check';
import { testSeed } from './seed.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: testSeed() });
