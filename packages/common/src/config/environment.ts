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

/** A secret that stands in a file. */
export interface SecretFile {
  /** `<NAME>_FILE`. */
  readonly variable: string;
  readonly path: string;
  /** Puts a new content of the file to use; throws, without the value, when it is not what the variable expects. */
  readonly take: (content: string) => void;
}

export interface ParseEnvironmentOptions<V extends Variables> {
  /** Told of each secret that is read from a file, so that it can follow the file. */
  readonly onSecretFile?: (file: SecretFile) => void;
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
    const read = readVariable(name, declared, env, options.onSecretFile);
    if ('problem' in read) faults.push({ variable: read.variable, problem: read.problem });
    else values[name] = read.value;
  }
  for (const fault of options.check?.(values as Partial<EnvironmentOf<V>>) ?? []) faults.push(fault);
  warnUnknown(variables, env, options);
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { ...values } as EnvironmentOf<V>;
}

type Read = { readonly value: unknown } | ConfigurationFault;

function readVariable(
  name: string,
  declared: Variable,
  env: NodeJS.ProcessEnv,
  onSecretFile: ((file: SecretFile) => void) | undefined,
): Read {
  const raw = rawText(name, declared, env);
  if (typeof raw === 'object') return raw;
  const parsed = declared.schema.safeParse(raw);
  if (parsed.success) {
    const value = parsed.data;
    if (!declared.secret || typeof value !== 'string') return { value };
    return { value: secretOf(name, declared, value, { env, onSecretFile }) };
  }
  const problem = problemOf(parsed.error);
  if (raw !== undefined) return { variable: name, problem };
  const file = declared.secret ? ` (or ${name}_FILE)` : '';
  return { variable: name, problem: `is not set${file}; ${problem}. ${declared.description}` };
}

function secretOf(
  name: string,
  declared: Variable,
  value: string,
  {
    env,
    onSecretFile,
  }: {
    readonly env: NodeJS.ProcessEnv;
    readonly onSecretFile: ((file: SecretFile) => void) | undefined;
  },
): Secret {
  const variable = `${name}_FILE`;
  const path = set(env[variable]);
  if (path === undefined || onSecretFile === undefined) return new Secret(value);
  const { secret, change } = Secret.changing(value);
  const take = (content: string): void => {
    const text = withoutLineEnd(content);
    if (text === '') throw new Error('the file is empty');
    const parsed = declared.schema.safeParse(text);
    if (!parsed.success) throw new Error(problemOf(parsed.error));
    if (typeof parsed.data === 'string') change(parsed.data);
  };
  onSecretFile({ variable, path, take });
  return secret;
}

function problemOf(error: { readonly issues: readonly { readonly message: string }[] }): string {
  return error.issues.map((issue) => issue.message).join('; ');
}

/** Editors and `echo` end a file with a newline that is no part of the secret. */
function withoutLineEnd(content: string): string {
  return content.replace(/[\r\n]+$/, '');
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
    const content = withoutLineEnd(readFileSync(path, 'utf8'));
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
