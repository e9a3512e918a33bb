/** A script for the shell that completes the commands and options of a program. */
import type { Command } from 'commander';

export const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** The words of zsh come from the same function: its bashcompinit understands what bash does. */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const branches = branchesOf(program, '');
  const known = branches.flatMap(({ path }) => (path === '' ? [] : [`"${path}"`]));
  const lines = [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    `_${name}_completion() {`,
    '  local path="" word words=""',
    '  local i=1',
    '  while [ "$i" -lt "$COMP_CWORD" ]; do',
    `    word="\${COMP_WORDS[$i]}"`,
    '    case "$path $word" in',
    `      ${known.join('|')}) path="$path $word" ;;`,
    '    esac',
    '    i=$((i + 1))',
    '  done',
    '  case "$path" in',
    ...branches.map(({ path, words }) => `    "${path}") words="${words.join(' ')}" ;;`),
    '  esac',
    `  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[$COMP_CWORD]}"))`,
    '}',
    `complete -o default -F _${name}_completion ${name}`,
  ];
  return `${lines.join('\n')}\n`;
}

interface Branch {
  /** Names of the commands on the way, each with a blank before it. */
  readonly path: string;
  readonly words: readonly string[];
}

function branchesOf(command: Command, path: string, inherited: readonly string[] = []): readonly Branch[] {
  const help = command.createHelp();
  const options = [
    ...new Set([...help.visibleOptions(command).flatMap(({ long }) => long ?? []), ...inherited]),
  ];
  const below = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  return [
    { path, words: [...below.map((one) => one.name()), ...options] },
    ...below.flatMap((one) => branchesOf(one, `${path} ${one.name()}`, options)),
  ];
}
