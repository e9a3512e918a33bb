/** Where a program writes, and how wide that is. */

export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Streams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

/** What is no terminal is given the width of the narrowest that people use. */
const defaultWidth = 80;

/** The terminal's own width, else that of COLUMNS, else 80. */
export function widthOf(stream: TextStream, env: NodeJS.ProcessEnv): number {
  const given = Number(env.COLUMNS);
  const width = stream.columns ?? (Number.isInteger(given) && given > 0 ? given : defaultWidth);
  // In less than this no table can be read, wrapped or not.
  return Math.max(60, width);
}
