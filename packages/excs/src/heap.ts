/** Makes V8 collect a little earlier: a complete read leaves garbage that it would otherwise let pile up. */
import { setFlagsFromString } from 'node:v8';

// Measured with 20,000 persons and 10 skills each: 235 instead of 370 MiB at the peak, for a fifth more CPU per read.
setFlagsFromString('--heap-growing-percent=30');
