/** Wrap-up codes, as the cloud answers them and as we send them. */
import { z } from 'zod';
import { division, wrapupCodeId } from './schemas.ts';

export const wrapupCode = z.looseObject({
  id: wrapupCodeId,
  name: z.string(),
  description: z.string().optional(),
  /** The ID may be `*`: all divisions. */
  division: division.optional(),
});
export type WrapupCode = z.output<typeof wrapupCode>;

export const wrapupCodeRequest = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  division: z.strictObject({ id: z.string().min(1) }).optional(),
});
export type WrapupCodeRequest = z.output<typeof wrapupCodeRequest>;
