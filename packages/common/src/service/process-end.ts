/** Ties a lifecycle to the process: signals, faults nobody caught, a closed standard output, the exit code. */
import closeWithGrace from 'close-with-grace';
import { isClosed, type LogOutput } from '../logging/log-output.ts';
import type { Logger } from '../logging/logging.ts';
import type { Lifecycle } from './lifecycle.ts';

/** A little more than the lifecycle takes itself: only what hangs outside its steps meets this limit. */
const limitMs = 10_500;

/**
 * The first signal stops in order, a second one ends the process at once; a fault that nobody caught stops in
 * order and ends with 1. A stop that begins elsewhere ends the process too.
 */
export function endWithProcess(lifecycle: Lifecycle, logger: Logger, output: LogOutput): void {
  const flushAfter = (log: () => void) => () => {
    log();
    output.flush();
  };
  let ending = false;
  const grace = closeWithGrace(
    {
      delay: limitMs,
      // An idle event loop is no reason to stop a service: it cannot happen while it listens.
      skip: ['beforeExit'],
      logger: false,
      onTimeout: flushAfter(() => logger.fatal('Stopping took too long; the process ends now')),
      onSecondSignal: flushAfter(() => logger.fatal('Second signal; the process ends now')),
      onSecondError: flushAfter(() => logger.fatal('Second fault while stopping; the process ends now')),
    },
    async ({ err, signal }) => {
      ending = true;
      await lifecycle.stop(err ?? (signal === undefined ? 'asked to' : `signal ${signal}`));
      output.flush();
      process.exit(lifecycle.exitCode);
    },
  );
  const follow = () => (ending ? undefined : grace.close());
  lifecycle.stopping.addEventListener('abort', follow, { once: true });
  const closed = () => void lifecycle.stop(new Error('standard output was closed'));
  output.onClosed(closed);
  // A full disk under one of them is no reason to stop: what cannot be written there is lost, the calls are not.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (isClosed(error)) closed();
    });
}
