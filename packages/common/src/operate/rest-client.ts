/** Asks the REST interface of a service on behalf of a person: what it answers is checked, why it refuses is said. */
import type { z } from 'zod';
import { pageOf } from '../answers/answer.ts';
import { ExecError } from '../errors/errors.ts';
import { problemSchema } from '../http/problem.ts';
import { parseJson } from '../json-text.ts';

export interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: unknown;
}

/** A request as it goes out, by whatever way. */
export interface Carried {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back; without a status nothing did, and the reason says why. */
export type CarriedBack =
  | { readonly status: number; readonly body: string }
  | { readonly status: undefined; readonly reason: string };

export interface RestClientOptions {
  /** Of the service, as people know it. */
  readonly name: string;
  readonly carry: (request: Carried) => Promise<CarriedBack>;
  /** Of each request; stands in the log of the service. */
  readonly requestId?: () => string;
}

export class RestClient {
  readonly #options: RestClientOptions;

  constructor(options: RestClientOptions) {
    this.#options = options;
  }

  /** @throws ExecError exop.service-silent, exop.service-refused */
  async ask<S extends z.ZodType>(answer: S, { method = 'GET', path, body }: Question): Promise<z.output<S>> {
    const { name, carry, requestId } = this.#options;
    const got = await carry({
      method,
      path: `/api/v1${path}`,
      headers: {
        ...(requestId === undefined ? {} : { 'x-request-id': requestId() }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (got.status === undefined) throw silent(`${name}: ${got.reason}`);
    const content = got.body === '' ? undefined : parseJson(got.body);
    if (got.status >= 300) throw refused(name, got.status, content);
    const parsed = answer.safeParse(content);
    if (parsed.success) return parsed.data;
    throw new ExecError(
      'exop.service-refused',
      `${name} answers ${path} as no release of this version does: ${parsed.error.issues[0]?.path.join('.')}`,
    );
  }

  /** All pages of a list. */
  async all<S extends z.ZodType>(item: S, path: string): Promise<z.output<S>[]> {
    const page = pageOf(item);
    const items: z.output<S>[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer: z.output<typeof page> = await this.ask(page, { path: `${path}?limit=1000${from}` });
      items.push(...answer.items);
      cursor = answer.next;
    }
    return items;
  }
}

/** Nobody answers: another instance may. */
export function silent(message: string): ExecError {
  return new ExecError('exop.service-silent', message, { retryable: true });
}

const problem = problemSchema.pick({ code: true, title: true, detail: true }).partial({ detail: true });

function refused(name: string, status: number, content: unknown): ExecError {
  const said = problem.safeParse(content).data;
  const words = said === undefined ? 'without a reason' : `${said.code}: ${said.detail ?? said.title}`;
  return new ExecError('exop.service-refused', `${name} answers ${status}, ${words}`, {
    details: { status, code: said?.code ?? '' },
  });
}
