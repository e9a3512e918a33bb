/** Standard output as the place logs go to: never blocks the service, and says when its reader is gone. */
import { type DestinationStream, pino } from 'pino';

/** Lines that wait for a slow reader are dropped beyond this many bytes: a stalled log must not stop the work. */
const bufferBytes = 8 * 1024 * 1024;

export interface LogOutput {
  readonly stream: DestinationStream;
  /** Writes what is waiting; never throws. */
  flush(): void;
  /** Calls `listener` once when nobody reads the output any more. */
  onBroken(listener: () => void): void;
}

export function openLogOutput(): LogOutput {
  const stream = pino.destination({ fd: 1, sync: false, maxLength: bufferBytes });
  let broken = false;
  const listeners: (() => void)[] = [];
  stream.on('error', () => {
    if (broken) return;
    broken = true;
    for (const listener of listeners) listener();
  });
  return {
    stream,
    flush() {
      if (broken) return;
      try {
        stream.flushSync();
      } catch {
        // The output is closed or was never ready: there is nobody to tell.
      }
    },
    onBroken(listener) {
      if (broken) listener();
      else listeners.push(listener);
    },
  };
}
