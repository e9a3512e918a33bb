/** Reads the mapping pages of EXCS: whole lists with an ETag, so that an unchanged list costs one small answer. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { firstApiToken } from '../config/api-tokens.ts';
import type { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';
import { textOf } from '../errors/text-of.ts';
import { certificatesIn } from '../files/certificates.ts';
import type { FollowedFiles } from '../files/followed-files.ts';
import { RenewableDispatcher } from '../files/renewable-dispatcher.ts';
import {
  agentMappingSchema,
  dnEntrySchema,
  queueMappingSchema,
  skillMappingSchema,
  sourceIdSchema,
  wrapupCodeMappingSchema,
} from '../id-map/index.ts';
import type { CloudSourceId } from '../ids.ts';

const itemSchemas = {
  agents: agentMappingSchema,
  queues: queueMappingSchema,
  skills: skillMappingSchema,
  'wrapup-codes': wrapupCodeMappingSchema,
  dns: dnEntrySchema,
} as const;

export type MappingKind = keyof typeof itemSchemas;
export type MappingItem<K extends MappingKind> = z.output<(typeof itemSchemas)[K]>;

/** A complete list, or the news that it is still the one with the ETag that was given. */
export type MappingPages<K extends MappingKind> =
  | { readonly unchanged: true }
  | {
      readonly unchanged: false;
      readonly etag: string | undefined;
      readonly items: readonly MappingItem<K>[];
    };

export interface ExcsClientOptions {
  /** Base URL of EXCS, for example `https://excs.example.com:3640`. */
  readonly url: string;
  /** Of a list of tokens the first is sent. */
  readonly token?: Secret | undefined;
  /** PEM file with the certificate authority of EXCS. */
  readonly caFile?: string | undefined;
  /** Follows `caFile`. */
  readonly files?: FollowedFiles | undefined;
  /** Milliseconds until EXCS must begin to answer, and between two parts of an answer (5,000). */
  readonly timeoutMs?: number;
  /** Milliseconds for a whole answer (30,000). */
  readonly overallMs?: number;
}

const pageSize = 1000;
/** A page of 1,000 items is far smaller; over plain HTTP anybody on the way may answer. */
const maxBodyBytes = 32 * 1024 * 1024;
/** A list that does not end within so many pages is a fault of the peer, not a large site. */
const maxPages = 1000;

/**
 * Reads the pages of the ID map from EXCS, with an ETag for each. Waits at most `timeoutMs` (5 s) for each step and
 * `overallMs` (30 s) for all pages.
 */
export class ExcsClient {
  readonly #base: string;
  readonly #token: Secret | undefined;
  readonly #connections: RenewableDispatcher;
  readonly #timeoutMs: number;
  readonly #overallMs: number;

  constructor(options: ExcsClientOptions) {
    this.#base = options.url.replace(/\/+$/, '');
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#overallMs = options.overallMs ?? 30_000;
    const { caFile } = options;
    if (caFile === undefined) {
      this.#connections = new RenewableDispatcher(this.#open(undefined));
      return;
    }
    this.#connections = new RenewableDispatcher(this.#open(readFileSync(caFile, 'utf8')));
    const unfollow = options.files?.follow({ EXCS_CA_FILE: caFile }, ({ EXCS_CA_FILE: authorities }) => {
      certificatesIn(authorities);
      this.#connections.renew(this.#open(authorities));
    });
    if (unfollow !== undefined) this.#connections.onEnd(unfollow);
  }

  #open(authorities: string | undefined): Agent {
    return new Agent({
      connections: 4,
      connectTimeout: this.#timeoutMs,
      headersTimeout: this.#timeoutMs,
      bodyTimeout: this.#timeoutMs,
      maxResponseSize: maxBodyBytes,
      ...(authorities === undefined ? {} : { connect: { ca: authorities } }),
    });
  }

  /**
   * All items of a kind, of one version.
   *
   * @throws ExecError `excs.unavailable` (retryable) when EXCS cannot be reached, refuses, answers nonsense, or changed
   * its mapping between two pages
   */
  async list<K extends MappingKind>(kind: K, etag?: string, signal?: AbortSignal): Promise<MappingPages<K>> {
    const path = kind === 'dns' ? '/api/v1/dns' : `/api/v1/mappings/${kind}`;
    const schema = z.object({
      version: z.number().optional(),
      items: z.array(itemSchemas[kind]),
      next: z.string().nullish(),
    });
    const items: MappingItem<K>[] = [];
    let version: number | undefined;
    let firstEtag: string | undefined;
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const query = new URLSearchParams({
        limit: String(pageSize),
        ...(cursor === undefined ? {} : { cursor }),
      });
      const asked = page === 0 ? etag : undefined;
      const answer = await this.#get(`${path}?${query}`, asked, signal);
      if (answer.status === 304 && asked !== undefined) return { unchanged: true };
      const parsed = schema.safeParse(answer.body);
      if (!parsed.success) throw unavailable(`${path}: the answer has an unknown form`);
      if (parsed.data.items.length > pageSize)
        throw unavailable(`${path}: a page has more than the ${pageSize} items that were asked for`);
      if (page > 0 && parsed.data.version !== version)
        throw unavailable(`${path}: the mapping changed while it was read`);
      version = parsed.data.version;
      if (page === 0) firstEtag = answer.etag;
      items.push(...(parsed.data.items as MappingItem<K>[]));
      cursor = parsed.data.next ?? undefined;
      if (cursor === undefined) return { unchanged: false, etag: firstEtag, items };
    }
    throw unavailable(`${path}: more than ${maxPages} pages`);
  }

  /** @throws ExecError `excs.unavailable`, also while there is no Source yet */
  async source(signal?: AbortSignal): Promise<CloudSourceId> {
    const { body } = await this.#get('/api/v1/source', undefined, signal);
    const parsed = z.object({ sourceId: sourceIdSchema }).safeParse(body);
    if (!parsed.success) throw unavailable('/api/v1/source: the answer has an unknown form');
    return parsed.data.sourceId;
  }

  async close(): Promise<void> {
    await this.#connections.destroy();
  }

  async #get(
    path: string,
    etag: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ status: number; etag: string | undefined; body: unknown }> {
    const limit = AbortSignal.timeout(this.#overallMs);
    try {
      const answer = await request(`${this.#base}${path}`, {
        dispatcher: this.#connections,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        headers: {
          accept: 'application/json',
          ...(this.#token === undefined
            ? {}
            : { authorization: `Bearer ${firstApiToken(this.#token).reveal()}` }),
          ...(etag === undefined ? {} : { 'if-none-match': etag }),
        },
      });
      const text = await answer.body.text();
      const status = answer.statusCode;
      if (status === 304) return { status, etag, body: undefined };
      if (status !== 200) throw unavailable(`${path}: EXCS answered ${status}`);
      const header = answer.headers.etag;
      return { status, etag: typeof header === 'string' ? header : undefined, body: JSON.parse(text) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ExecError) throw error;
      throw unavailable(`${path}: ${textOf(error)}`);
    }
  }
}

function unavailable(what: string): ExecError {
  return new ExecError('excs.unavailable', `The mapping could not be read from EXCS: ${what}`, {
    retryable: true,
  });
}
