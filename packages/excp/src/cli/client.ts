/** Asks the REST of a running EXCP, found by the same environment. */
import { readFileSync } from 'node:fs';
import { exitCodes, InvalidArgumentError, type Streams } from '@exec/common/cli';
import { firstApiToken, Secret } from '@exec/common/config';
import { z } from 'zod';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly streams: Streams;
}

export const whom =
  '\nAsks the EXCP at EXCP_URL, or on this machine at HTTP_PORT (3650), with API_TOKEN where it is set.\n';

export const allOr = 'IDs as "list" shows them';

const problem = z.looseObject({ title: z.string().optional(), detail: z.string().optional() });

/** All pages of a list. */
export async function all<T>(around: Surroundings, path: string, item: z.ZodType<T>): Promise<T[]> {
  const page = z.looseObject({ items: z.array(item), next: z.string().nullable() });
  const items: T[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const more: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await ask(around, 'GET', `/api/v1/${path}?limit=1000${more}`);
    if (!answer.ok) throw new Error(await reason(answer));
    const read = page.parse(await answer.json());
    items.push(...read.items);
    cursor = read.next;
  }
  return items;
}

/** The IDs that are named, or those of all. */
export async function chosen(
  ids: readonly string[],
  options: { readonly all?: boolean },
  everyId: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (options.all === true) return await everyId();
  if (ids.length === 0) throw new InvalidArgumentError('name at least one ID, or give --all');
  return ids;
}

/** Does the same with each ID, says what came of it, and answers the exit code. */
export async function each(
  around: Surroundings,
  ids: readonly string[],
  does: { readonly method: string; readonly path: (id: string) => string; readonly done: string },
): Promise<number> {
  const { stdout, stderr } = around.streams;
  let code: number = exitCodes.ok;
  for (const id of ids) {
    const answer = await ask(around, does.method, `/api/v1/${does.path(encodeURIComponent(id))}`);
    if (answer.ok) stdout.write(`${id}: ${does.done}\n`);
    else {
      code = exitCodes.fault;
      stderr.write(`${id}: ${await reason(answer)}\n`);
    }
  }
  return code;
}

async function ask({ env }: Surroundings, method: string, path: string): Promise<Response> {
  const token = tokenOf(env)?.reveal();
  const url = baseUrl(env);
  try {
    return await fetch(`${url}${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    throw new Error(`${url}: ${describe(error)}`);
  }
}

function baseUrl(env: NodeJS.ProcessEnv): string {
  if (env.EXCP_URL) return env.EXCP_URL.replace(/\/+$/, '');
  const scheme = env.TLS_CERT_FILE ? 'https' : 'http';
  const host =
    env.HTTP_HOST && env.HTTP_HOST !== '0.0.0.0' && env.HTTP_HOST !== '::' ? env.HTTP_HOST : '127.0.0.1';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${env.HTTP_PORT || '3650'}`;
}

function tokenOf(env: NodeJS.ProcessEnv): Secret | undefined {
  const list = env.API_TOKEN || (env.API_TOKEN_FILE ? readFileSync(env.API_TOKEN_FILE, 'utf8') : '');
  return list.trim() === '' ? undefined : firstApiToken(new Secret(list.trim()));
}

async function reason(answer: Response): Promise<string> {
  const parsed = problem.safeParse(await answer.json().catch(() => undefined));
  return `${answer.status} ${parsed.data?.detail ?? parsed.data?.title ?? answer.statusText}`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
