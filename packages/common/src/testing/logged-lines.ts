/** A logger whose lines a test can read. */
import { createLogger, type Logger } from '../logging/logging.ts';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `lines()`: all that was logged so far, at every level. */
export function loggedLines(): { readonly logger: Logger; readonly lines: () => readonly LogLine[] } {
  const lines: LogLine[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'trace',
    destination: {
      write: (line) => {
        const fields = JSON.parse(line) as Record<string, unknown>;
        lines.push({ level: String(fields['log.level']), message: String(fields.message), fields });
      },
    },
  });
  return { logger, lines: () => lines };
}
