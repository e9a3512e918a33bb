/** How one environment variable is declared: a schema for its text, and the words for the documentation. */
import type { z } from 'zod';
import type { Secret } from './secret.ts';

export interface Variable<S extends z.ZodType = z.ZodType, X extends boolean = boolean> {
  /** Turns the text of the variable into its value; the default lives here. */
  readonly schema: S;
  /** One or two sentences for the operator: what it does, and the unit. */
  readonly description: string;
  /** A secret is handed out as a `Secret` and may also be given as a file: `<NAME>_FILE`. */
  readonly secret: X;
  /** Names a file that the service reads: the bootstrap brings it to the VM. */
  readonly file?: boolean;
  readonly example?: string;
  /** What the documentation shows when the default depends on the machine or the service. */
  readonly defaultText?: string;
}

export interface VariableOptions<S extends z.ZodType, X extends boolean> {
  readonly schema: S;
  readonly description: string;
  readonly secret?: X;
  readonly file?: boolean;
  readonly example?: string;
  readonly defaultText?: string;
}

/** Declares one environment variable: how it is checked, what it is for, whether it is a secret or names a file. */
export function variable<S extends z.ZodType, const X extends boolean = false>(
  options: VariableOptions<S, X>,
): Variable<S, X> {
  return { ...options, secret: (options.secret ?? false) as X };
}

export type Variables = Readonly<Record<string, Variable>>;

/** The value a variable has after validation. */
export type ValueOf<V> =
  V extends Variable<infer S, infer X>
    ? X extends true
      ? Secret | Extract<z.output<S>, undefined>
      : z.output<S>
    : never;

/** The validated environment: one property per variable, of the type its schema yields. */
export type EnvironmentOf<V> = { readonly [K in keyof V]: ValueOf<V[K]> };

export interface VariableDescription {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** As the operator would write it. */
  readonly default?: string;
  readonly secret: boolean;
  readonly example?: string;
  readonly service?: string;
}

/** Rows for the generated settings reference, in the order of declaration. */
export function describeVariables(variables: Variables, service?: string): VariableDescription[] {
  return Object.entries(variables).map(([name, declared]) => {
    const whenUnset = declared.schema.safeParse(undefined);
    const fallback = declared.defaultText ?? (whenUnset.success ? asText(whenUnset.data) : undefined);
    return {
      name,
      description: declared.description,
      required: !whenUnset.success && declared.defaultText === undefined,
      ...(fallback === undefined ? {} : { default: fallback }),
      secret: declared.secret,
      ...(declared.example === undefined ? {} : { example: declared.example }),
      ...(service === undefined ? {} : { service }),
    };
  });
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.join(',') : String(value);
}
