/** Strict check of what we send, so that a fault of ours is found here and not as a refusal by the cloud. */
import type { z } from 'zod';
import { CloudError } from '../errors.ts';

/** @throws CloudError `cloud.request-invalid`, naming the fields but not their values */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  operation: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new CloudError('cloud.request-invalid', `${operation}: ${faultsOf(result.error)}`, { operation });
}

/** The faults as `path: what was expected`, without the received values. */
export function faultsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`)
    .join('; ');
}
