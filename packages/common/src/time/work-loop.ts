/** Work that is asked for from many sides and must not run twice at a time. */

/**
 * Runs `work` once for any number of calls that come before it begins, and once more when one comes while it runs: no
 * call is lost, also one that comes when the work has just looked for the last time.
 *
 * @param onError called with what a run threw; must not throw
 * @returns what asks for a run
 */
export function workLoop(work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async () => {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
