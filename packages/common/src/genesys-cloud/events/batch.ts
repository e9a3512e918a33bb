/** Cuts events into requests that the cloud takes: by number and by bytes, without changing their order. */

export interface BatchLimits {
  /** Events per request; the cloud takes 100. */
  readonly maxEvents: number;
  /** Bytes per request as UTF-8 JSON; the cloud takes 512,000, we stop at 480,000. */
  readonly maxBytes: number;
}

/** The cloud's own limits of a request. */
export const cloudBatchLimits: BatchLimits = { maxEvents: 100, maxBytes: 512_000 };
/** Where we cut, so that the frame of the body always fits. */
export const safeBatchLimits: BatchLimits = { maxEvents: 100, maxBytes: 480_000 };

export interface Batches<T> {
  readonly batches: readonly (readonly T[])[];
  /** Events that are too large even alone. */
  readonly tooLarge: readonly T[];
}

/** Room for the braces and the names of all arrays. */
const frameBytes = 1_024;

/** UTF-8 bytes of a value as JSON, with the comma after it. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** Splits events in order; each batch keeps both limits. */
export function splitEvents<T>(
  events: readonly T[],
  limits: BatchLimits = safeBatchLimits,
  bytesOf: (event: T) => number = jsonBytes,
): Batches<T> {
  const batches: T[][] = [];
  const tooLarge: T[] = [];
  let current: T[] = [];
  let bytes = frameBytes;
  for (const event of events) {
    const size = bytesOf(event);
    if (frameBytes + size > limits.maxBytes) {
      tooLarge.push(event);
      continue;
    }
    if (current.length >= limits.maxEvents || bytes + size > limits.maxBytes) {
      batches.push(current);
      current = [];
      bytes = frameBytes;
    }
    current.push(event);
    bytes += size;
  }
  if (current.length > 0) batches.push(current);
  return { batches, tooLarge };
}

/** The two halves of a batch that was refused as a whole, to find the event that is to blame. */
export function halve<T>(batch: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
