/** What is seen of formats from outside. */
import { gaugeFrom, type Registry } from '../metrics.ts';
import type { Formats } from './format.ts';

/** Adds `exec_format_written` and `exec_format_newest` to the registry. */
export function formatMetrics(registry: Registry, formats: Formats): void {
  gaugeFrom(
    registry,
    { name: 'exec_format_newest', help: 'Newest format of stored values that this release reads and writes' },
    () => formats.reads.max,
  );
  gaugeFrom(
    registry,
    {
      name: 'exec_format_written',
      help: 'Format in which values are stored: below the newest while an older release runs, or ran within a day',
    },
    () => formats.writes,
  );
}
