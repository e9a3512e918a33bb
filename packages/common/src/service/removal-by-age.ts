/** Removes what has been kept long enough: at the start, and each hour from then on. */
import type { Logger } from '../logging/logging.ts';
import type { Clock, Timer } from '../time/clock.ts';

export interface RemovalByAge {
  /** What is removed, for the log: "entries of the audit". */
  readonly what: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Answers how many were removed. */
  readonly remove: () => Promise<number>;
}

const everyMs = 3_600_000;
/** Redis is away, or not reached yet. */
const againMs = 60_000;

/** Begins; the answer ends it. */
export function removeByAge({ what, clock, logger, remove }: RemovalByAge): () => void {
  let timer: Timer | undefined;
  let isOver = false;
  const look = async () => {
    let waitMs = everyMs;
    try {
      const count = await remove();
      if (count > 0) logger.info({ 'exec.count': count }, `Removed because of their age: ${what}`);
    } catch (error) {
      logger.debug({ err: error }, `Could not be removed because of their age: ${what}`);
      waitMs = againMs;
    }
    if (!isOver) timer = clock.setTimer(waitMs, () => void look(), { unref: true });
  };
  void look();
  return () => {
    isOver = true;
    timer?.cancel();
  };
}
