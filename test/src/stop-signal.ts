/** When a command of this workspace is to stop: somebody said so, or nobody is left to see it. */

/**
 * @param onAgain somebody asks once more: they do not want to wait
 * @returns aborted by SIGINT, SIGTERM or SIGHUP, or when the process that called this one has gone: pnpm between the
 *   terminal and it may be killed without a word
 */
export function stopSignal(onAgain?: () => void): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) onAgain?.();
      stop.abort(new Error(`stopped by ${signal}`));
    });
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop.abort(new Error('stopped because the caller has gone'));
  }, 1000).unref();
  return stop.signal;
}
