/** `pnpm excp dead-letters list|retry|drop`: asks the REST of a running EXCP, found by the same environment. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface CommandIo {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** In place of the global one. */
  readonly fetch?: typeof fetch;
}

const usage = `usage: excp dead-letters list [--json]
       excp dead-letters retry <id>... | --all
       excp dead-letters drop <id>... | --all

Asks the EXCP at EXCP_URL, or on this machine at HTTP_PORT (3650), with API_TOKEN where it is set.`;

const letter = z.looseObject({
  id: z.string(),
  at: z.string(),
  callUuid: z.string(),
  reason: z.string(),
  wholeLeg: z.boolean(),
  events: z.array(z.looseObject({ event: z.string() })),
});
type Letter = z.output<typeof letter>;
const page = z.looseObject({ items: z.array(letter), next: z.string().nullable() });
const problem = z.looseObject({ title: z.string().optional(), detail: z.string().optional() });

/** Answers the exit code: 0, or 1 when something was not done. */
export async function deadLetters(args: readonly string[], io: CommandIo): Promise<number> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case 'list':
        return await list(rest.includes('--json'), io);
      case 'retry':
      case 'drop':
        return await each(command, rest, io);
      default:
        io.err(usage);
        return 1;
    }
  } catch (error) {
    io.err(`${baseUrl(io.env)}: ${describe(error)}`);
    return 1;
  }
}

async function list(json: boolean, io: CommandIo): Promise<number> {
  const letters = await all(io);
  if (json) {
    io.out(JSON.stringify(letters));
    return 0;
  }
  if (letters.length === 0) io.out('There are no dead letters.');
  for (const one of letters) {
    const what = one.wholeLeg
      ? `a leg with ${one.events.length} events`
      : (one.events[0]?.event ?? 'no event');
    io.out(`${one.id}  ${one.at}  ${one.callUuid}  ${what}: ${one.reason}`);
  }
  return 0;
}

async function each(command: 'retry' | 'drop', args: readonly string[], io: CommandIo): Promise<number> {
  const ids = args.includes('--all') ? (await all(io)).map(({ id }) => id) : args;
  if (ids.length === 0 && !args.includes('--all')) {
    io.err(usage);
    return 1;
  }
  let failed = 0;
  for (const id of ids) {
    const path = `/api/v1/dead-letters/${encodeURIComponent(id)}`;
    const answer =
      command === 'retry' ? await ask(io, 'POST', `${path}/retry`) : await ask(io, 'DELETE', path);
    if (answer.ok) io.out(`${id}: ${command === 'retry' ? 'will be sent again' : 'dropped'}`);
    else {
      failed++;
      io.err(`${id}: ${await reason(answer)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

async function all(io: CommandIo): Promise<Letter[]> {
  const letters: Letter[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const answer = await ask(io, 'GET', `/api/v1/dead-letters?limit=1000&cursor=${cursor}`);
    if (!answer.ok) throw new Error(await reason(answer));
    const { items, next } = page.parse(await answer.json());
    letters.push(...items);
    cursor = next;
  }
  return letters;
}

function ask(io: CommandIo, method: string, path: string): Promise<Response> {
  const token = tokenOf(io.env);
  return (io.fetch ?? fetch)(`${baseUrl(io.env)}${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(10_000),
  });
}

function baseUrl(env: NodeJS.ProcessEnv): string {
  if (env.EXCP_URL) return env.EXCP_URL.replace(/\/+$/, '');
  const scheme = env.TLS_CERT_FILE ? 'https' : 'http';
  const host =
    env.HTTP_HOST && env.HTTP_HOST !== '0.0.0.0' && env.HTTP_HOST !== '::' ? env.HTTP_HOST : '127.0.0.1';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${env.HTTP_PORT || '3650'}`;
}

function tokenOf(env: NodeJS.ProcessEnv): string | undefined {
  if (env.API_TOKEN) return env.API_TOKEN;
  return env.API_TOKEN_FILE ? readFileSync(env.API_TOKEN_FILE, 'utf8').trim() : undefined;
}

async function reason(answer: Response): Promise<string> {
  const parsed = problem.safeParse(await answer.json().catch(() => undefined));
  return `${answer.status} ${parsed.data?.detail ?? parsed.data?.title ?? answer.statusText}`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
