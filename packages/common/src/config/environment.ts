/** Reads the environment by its declared variables and reports every fault at once. */
import { readFileSync } from 'node:fs';
import { ExecError } from '../errors/errors.ts';
import { Secret } from './secret.ts';
import type { EnvironmentOf, Variable, Variables } from './variable.ts';

export interface ConfigurationFault {
  readonly variable: string;
  /** What is wrong and what was expected; never the value itself. */
  readonly problem: string;
}

/** The environment cannot be used. Exit code 78 (EX_CONFIG of sysexits). */
export class ConfigurationError extends ExecError {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    const lines = faults.map((fault) => `  ${fault.variable}: ${fault.problem}`);
    super(
      'config.invalid',
      `${faults.length} fault${faults.length === 1 ? '' : 's'} in the environment:\n${lines.join('\n')}`,
    );
    this.faults = faults;
  }
}

export interface ParseEnvironmentOptions<V extends Variables> {
  /** Told about each `EX…_` name that no variable has. */
  readonly warn?: (message: string) => void;
  /** Names beyond `variables` that are no reason for a warning. */
  readonly alsoKnown?: Iterable<string>;
  /** Rules over several variables; sees only the values that are valid in themselves. */
  readonly check?: (values: Partial<EnvironmentOf<V>>) => Iterable<ConfigurationFault>;
}

/**
 * Validates the environment. An empty text counts as not set, as compose files write it.
 *
 * @throws ConfigurationError with all faults
 */
export function parseEnvironment<V extends Variables>(
  variables: V,
  env: NodeJS.ProcessEnv,
  options: ParseEnvironmentOptions<V> = {},
): EnvironmentOf<V> {
  const faults: ConfigurationFault[] = [];
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, declared] of Object.entries(variables)) {
    const read = readVariable(name, declared, env);
    if ('problem' in read) faults.push({ variable: read.variable, problem: read.problem });
    else values[name] = read.value;
  }
  for (const fault of options.check?.(values as Partial<EnvironmentOf<V>>) ?? []) faults.push(fault);
  warnUnknown(variables, env, options);
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { ...values } as EnvironmentOf<V>;
}

type Read = { readonly value: unknown } | ConfigurationFault;

function readVariable(name: string, declared: Variable, env: NodeJS.ProcessEnv): Read {
  const raw = rawText(name, declared, env);
  if (typeof raw === 'object') return raw;
  const parsed = declared.schema.safeParse(raw);
  if (parsed.success) {
    const value = parsed.data;
    return { value: declared.secret && typeof value === 'string' ? new Secret(value) : value };
  }
  const problem = parsed.error.issues.map((issue) => issue.message).join('; ');
  if (raw !== undefined) return { variable: name, problem };
  const file = declared.secret ? ` (or ${name}_FILE)` : '';
  return { variable: name, problem: `is not set${file}; ${problem}. ${declared.description}` };
}

function rawText(
  name: string,
  declared: Variable,
  env: NodeJS.ProcessEnv,
): string | undefined | ConfigurationFault {
  const direct = set(env[name]);
  if (!declared.secret) return direct;
  const path = set(env[`${name}_FILE`]);
  if (path === undefined) return direct;
  if (direct !== undefined)
    return { variable: name, problem: `set either ${name} or ${name}_FILE, not both` };
  try {
    // Editors and `echo` end a file with a newline that is no part of the secret.
    const content = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
    if (content !== '') return content;
    return { variable: `${name}_FILE`, problem: 'the file is empty' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { variable: `${name}_FILE`, problem: `the file cannot be read (${code})` };
  }
}

function set(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}

function warnUnknown<V extends Variables>(
  variables: V,
  env: NodeJS.ProcessEnv,
  options: ParseEnvironmentOptions<V>,
): void {
  if (options.warn === undefined) return;
  const known = new Set(options.alsoKnown);
  for (const [name, declared] of Object.entries(variables)) {
    known.add(name);
    if (declared.secret) known.add(`${name}_FILE`);
  }
  for (const name of Object.keys(env).sort()) {
    if (/^EX[A-Z]*_/.test(name) && !known.has(name))
      options.warn(`${name} is set but is not a variable of this service; is it a misspelling?`);
  }
}
