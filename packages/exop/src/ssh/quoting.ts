/** Quotes texts for the shell of a VM. */

/**
 * One word of a POSIX shell, whatever the text holds: between single quotes nothing has a meaning.
 * @throws TypeError for a NUL, which no command line can carry
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new TypeError('a command line cannot carry a NUL character');
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A script as one command that any login shell hands to `sh`. The arguments are `$1`, `$2`, … in the script, so
 * that scripts are fixed texts and values never become part of them.
 */
export function shell(script: string, ...args: readonly string[]): string {
  return ['sh', '-c', script, 'exop', ...args].map(quote).join(' ');
}
