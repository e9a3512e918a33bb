/** A time in which events were lost. */

import { type Formats, readValue } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { z } from 'zod';

const gapSchema = z.object({
  site: z.string(),
  connection: z.string(),
  /** Wall time. */
  from: z.number().transform(wallMs),
  to: z.number().transform(wallMs),
  /** `not-watched`: no instance had the connection. `redis-data-lost`: Redis came back without its data. */
  why: z.enum(['not-watched', 'redis-data-lost']),
});
export type Gap = z.output<typeof gapSchema>;

const what = 'excp:gap';

export function writeGap(formats: Formats, gap: Gap): string {
  return formats.write(what, gap);
}

/** Undefined: not written by us, or by another release. */
export function readGap(formats: Formats, text: string): Gap | undefined {
  return readValue(formats.read(what, text, gapSchema));
}
