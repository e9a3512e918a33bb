/** The command line of every program: help, version, the nearest known name, completion, exit codes. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ExecError } from '../errors/errors.ts';
import { serviceVersion } from '../service-version.ts';
import { completionScript, type Shell, shells } from './completion.ts';
import { exitCodes } from './exit-codes.ts';
import type { Streams } from './streams.ts';

export interface CliOptions {
  readonly name: string;
  readonly description: string;
  readonly streams: Streams;
  /** Runs when the command line is empty; without it the help is shown, as wrong use. */
  readonly withoutCommand?: () => Promise<number>;
}

/** The command line was understood, and there is nothing to carry out: help, version, wrong use. */
class Ended extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`ended with ${code}`);
    this.code = code;
  }
}

export class Cli {
  /** The root; commands are added to it. */
  readonly program: Command;
  readonly streams: Streams;
  readonly #withoutCommand: (() => Promise<number>) | undefined;
  #code: number = exitCodes.ok;

  constructor({ name, description, streams, withoutCommand }: CliOptions) {
    this.streams = streams;
    this.#withoutCommand = withoutCommand;
    this.program = new Command(name)
      .description(description)
      .version(serviceVersion, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .helpCommand('help [command]', 'print the help of a command')
      .configureHelp({ showGlobalOptions: true })
      .showHelpAfterError('Add --help for what there is.')
      .configureOutput({
        writeOut: (text) => void streams.stdout.write(text),
        writeErr: (text) => void streams.stderr.write(text),
        ...(streams.stdout.columns !== undefined && { getOutHelpWidth: () => streams.stdout.columns ?? 80 }),
      });
    endsWith(this.program, exitCodes.usage);
    this.#addCompletion();
  }

  /** What a command does; it answers the exit code. */
  action<Args extends unknown[]>(command: Command, does: (...args: Args) => Promise<number> | number): void {
    command.action(async (...args: unknown[]) => {
      this.#code = await does(...(args as Args));
    });
  }

  /** A group whose command `name` is meant when none is named. */
  byDefault<Args extends unknown[]>(
    group: Command,
    name: string,
    does: (...args: Args) => Promise<number> | number,
  ): Command {
    const command = group.command(name, { isDefault: true }).allowExcessArguments();
    this.action<Args>(command, (...args) => {
      // What commander hands to the default command may be a slip in the name of another.
      if (command.args.length > 0) (group as unknown as { unknownCommand(): never }).unknownCommand();
      return does(...args);
    });
    return command;
  }

  /**
   * For a program that has options and no commands of its own: the options (and in `args` what stands beside them), or
   * the exit code of a command line that asks for nothing else.
   */
  async read<T extends object>(
    args: readonly string[],
  ): Promise<{ readonly options: T; readonly args: readonly string[] } | { readonly code: number }> {
    let options: T | undefined;
    this.program.action(() => {
      options = this.program.opts<T>();
    });
    const code = await this.run(args);
    return options === undefined ? { code } : { options, args: this.program.args };
  }

  /** Carries a command line out and answers the exit code; nothing is thrown. */
  async run(args: readonly string[]): Promise<number> {
    // pnpm hands a "--" of the caller through.
    const given = args[0] === '--' ? args.slice(1) : [...args];
    try {
      if (given.length === 0 && this.#withoutCommand !== undefined) return await this.#withoutCommand();
      await this.program.parseAsync(given, { from: 'user' });
      return this.#code;
    } catch (error) {
      if (error instanceof Ended) return error.code;
      this.streams.stderr.write(`${textOf(error)}\n`);
      return codeOf(error);
    }
  }

  #addCompletion(): void {
    const command = this.program
      .command('completion')
      .description('print a script for the shell that completes commands and options')
      .argument('<shell>', shells.join(' or '), (shell: string): Shell => {
        const known = shells.find((one) => one === shell);
        if (known === undefined) throw new InvalidArgumentError(`Expected ${shells.join(' or ')}.`);
        return known;
      })
      .addHelpText(
        'after',
        `\nbash: source <(${this.program.name()} completion bash)\nzsh:  source <(${this.program.name()} completion zsh)\n`,
      );
    this.action(command, (shell: Shell) => {
      this.streams.stdout.write(completionScript(this.program, shell));
      return exitCodes.ok;
    });
  }
}

/**
 * With which code a wrong use of this command and of those below it ends.
 * @param usage exit code, 0 to 255
 */
export function endsWith(command: Command, usage: number): Command {
  return command.exitOverride((error) => {
    throw new Ended(error.exitCode === 0 ? exitCodes.ok : usage);
  });
}

function textOf(error: unknown): string {
  if (error instanceof CommanderError) return `error: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): number {
  // Thrown while a command is carried out, for what only it can see.
  if (error instanceof InvalidArgumentError) return exitCodes.usage;
  if (error instanceof ExecError && error.code === 'config.invalid') return exitCodes.configuration;
  return exitCodes.fault;
}
