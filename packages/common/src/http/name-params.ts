/** The check of routes whose parameters are all names: by their length, since they are asked for more often than all others. */
import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';

/**
 * For `validatorCompiler` of a route. Names of 1 to `longest` characters need no schema; what else comes is refused in the
 * words of the route's own.
 */
export function nameParams(longest: number): FastifySchemaCompiler<unknown> {
  return (route) => {
    const bySchema = validatorCompiler(route as Parameters<typeof validatorCompiler>[0]);
    return (given: Readonly<Record<string, unknown>>) => {
      for (const name in given) if (!isName(given[name], longest)) return bySchema(given);
      return { value: given };
    };
  };
}

function isName(given: unknown, longest: number): boolean {
  return typeof given === 'string' && given !== '' && given.length <= longest;
}
