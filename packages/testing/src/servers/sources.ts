/** Where a server may come from, tried in a fixed order, and what is said when nothing works. */

export interface Source<Server> {
  /** Value of the environment switch that forces this source. */
  readonly name: string;
  /** Starts the server; rejects with the reason, in words for a person, when this source is not to be had. */
  start(): Promise<Server>;
}

export interface SourceChoice {
  /** Product name for messages, such as `Redis`. */
  readonly product: string;
  /** Environment variable that names the only source to use, such as `TEST_REDIS_SOURCE`. */
  readonly switchName: string;
  readonly env: NodeJS.ProcessEnv;
  /** What a person can do when no source works. */
  readonly advice: string;
}

/** Nothing gave a server; the message lists every source with its reason. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/**
 * Starts the server from the first source that works, or from the forced one only.
 * @throws NoServerError when none works or the switch names no source.
 */
export async function firstThatWorks<Server>(
  sources: readonly Source<Server>[],
  choice: SourceChoice,
): Promise<Server> {
  const forced = choice.env[choice.switchName];
  const candidates = forced ? sources.filter((source) => source.name === forced) : sources;
  if (candidates.length === 0) {
    const names = sources.map((source) => source.name).join(', ');
    throw new NoServerError(
      `${choice.switchName}=${forced} is not a source of ${choice.product} here; known: ${names}.`,
    );
  }
  const tried: string[] = [];
  for (const source of candidates) {
    try {
      return await source.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      tried.push(`  ${source.name}: ${reason.trim().replaceAll(/\s*\n\s*/g, ' | ')}`);
    }
  }
  throw new NoServerError(
    `No ${choice.product} for tests could be found or started. Tried:\n${tried.join('\n')}\n${choice.advice}`,
  );
}

const announced = new Set<string>();

/** Says on standard error which server is used; the same words once per process. */
export function announce(line: string): void {
  if (announced.has(line)) return;
  announced.add(line);
  process.stderr.write(`${line}\n`);
}
