/** A time in which events were lost. */
import { z } from 'zod';

export const gapReasons = ['not-watched', 'redis-data-lost'] as const;

export const gapSchema = z.object({
  site: z.string(),
  connection: z.string(),
  /** Wall time, milliseconds. */
  from: z.number(),
  to: z.number(),
  /** `not-watched`: no instance had the connection. `redis-data-lost`: Redis came back without its data. */
  why: z.enum(gapReasons),
});
export type Gap = z.output<typeof gapSchema>;

export function readGap(text: string): Gap | undefined {
  try {
    return gapSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
