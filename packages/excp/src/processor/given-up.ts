/** What a commit has given up, said to those who run the service: entries that were set aside, and calls that were left out. */
import type { Logger } from '@exec/common/logging';
import type { QuarantineEntry } from './quarantine.ts';

export interface GivenUpOptions {
  readonly logger: Logger;
  readonly metrics: {
    quarantined(count: number): void;
    shed(): void;
  };
}

export function sayGivenUp(
  setAside: readonly QuarantineEntry[],
  shed: readonly string[],
  { logger, metrics }: GivenUpOptions,
): void {
  if (setAside.length > 0) metrics.quarantined(setAside.length);
  for (const { entry, kind, calls, reason } of setAside)
    logger.error(
      {
        'exec.entry': entry,
        'exec.kind': kind,
        'exec.call_uuid': calls.map(uuidOf),
        'exec.reason': reason,
      },
      'An entry made the model fail: it is set aside, its call is closed as lost, the others go on',
    );
  for (const call of shed) {
    metrics.shed();
    logger.warn(
      { 'exec.call_uuid': uuidOf(call) },
      'A call is left out whole: too many conversations are open',
    );
  }
}

function uuidOf(call: string): string {
  return call.slice(call.lastIndexOf('/') + 1);
}
