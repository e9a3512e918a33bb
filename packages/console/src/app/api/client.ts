/**
 * The one way to the service: requests go one after the other, so that an open page holds one connection; what is asked
 * for again is asked with the tag of the last answer.
 */
import type { Fault } from '../model/remote.ts';

export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'no-answer' };

/** A page of another origin cannot send it without being asked first, and is not allowed to. */
const ownHeader = { 'x-console': '1' };
const patienceMs = 20_000;

export class ApiClient {
  /** Address of the folder that holds `console/` and `api/`, whatever prefix a proxy puts before it. */
  readonly #base: URL;
  readonly #fetch: typeof fetch;
  #last: Promise<unknown> = Promise.resolve();
  /** Told of each answer that says that nobody is logged in. */
  onUnauthorized: () => void = () => {};

  constructor(page: string, fetcher: typeof fetch = (...request) => fetch(...request)) {
    this.#base = new URL('../', new URL(page));
    this.#fetch = fetcher;
  }

  /** A resource below `/api/v1`, unless it is what `tag` names. */
  async get<T>(path: string, tag?: string): Promise<Answer<T> & { readonly tag?: string }> {
    const headers = tag === undefined ? ownHeader : { ...ownHeader, 'if-none-match': tag };
    return this.#ask<T>(`api/v1${path}`, { headers });
  }

  send<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<Answer<T>> {
    return this.#ask<T>(`api/v1${path}`, written(method, body));
  }

  session<T>(method: 'GET' | 'POST' | 'DELETE', body?: object): Promise<Answer<T>> {
    return this.#ask<T>('console/session', method === 'GET' ? { headers: ownHeader } : written(method, body));
  }

  #ask<T>(path: string, request: RequestInit): Promise<Answer<T> & { readonly tag?: string }> {
    const answer = this.#last.then(() => this.#answer<T>(path, request));
    this.#last = answer;
    return answer;
  }

  async #answer<T>(path: string, request: RequestInit): Promise<Answer<T> & { readonly tag?: string }> {
    try {
      const response = await this.#fetch(new URL(path, this.#base), {
        ...request,
        credentials: 'same-origin',
        // The tag is ours to send: the browser's own cache would answer in its place.
        cache: 'no-store',
        signal: AbortSignal.timeout(patienceMs),
      });
      if (response.status === 304) return { kind: 'unchanged' };
      const text = await response.text();
      if (!response.ok) return this.#refusal(response, text);
      const tag = response.headers.get('etag') ?? undefined;
      const value = (text === '' ? undefined : JSON.parse(text)) as T;
      return { kind: 'answered', value, ...(tag === undefined ? {} : { tag }) };
    } catch {
      return { kind: 'no-answer' };
    }
  }

  #refusal(response: Response, text: string): Answer<never> {
    if (response.status === 401) this.onUnauthorized();
    // A proxy in between answers for a service that is away, and not in our form.
    if ([502, 504].includes(response.status)) return { kind: 'no-answer' };
    return { kind: 'refused', fault: faultOf(response.status, text) };
  }
}

function written(method: string, body: object | undefined): RequestInit {
  if (body === undefined) return { method, headers: ownHeader };
  return {
    method,
    headers: { ...ownHeader, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

export function faultOf(status: number, text: string): Fault {
  let problem: Partial<Record<'code' | 'title' | 'detail', unknown>> = {};
  try {
    problem = (JSON.parse(text) ?? {}) as typeof problem;
  } catch {
    // Not ours: a proxy in between has answered.
  }
  const word = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  return {
    status,
    code: word(problem.code, 'unknown'),
    title: word(problem.title, `The service answered ${status}.`),
    detail: word(problem.detail, ''),
  };
}
