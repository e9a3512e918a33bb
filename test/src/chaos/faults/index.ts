/** All faults that a run can play. */
import { clockFaults } from './clocks.ts';
import { cloudFaults } from './cloud.ts';
import { databaseFaults } from './database.ts';
import type { Fault } from './fault.ts';
import { linkFaults } from './links.ts';
import { processFaults } from './processes.ts';
import { redisFaults } from './redis.ts';

export const faults: readonly Fault[] = [
  ...processFaults,
  ...redisFaults,
  ...cloudFaults,
  ...linkFaults,
  ...databaseFaults,
  ...clockFaults,
];
