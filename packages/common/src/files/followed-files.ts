/**
 * Follows files that others replace while the service runs: secrets, certificates, authorities. Their content is read
 * again and compared, so that an exchanged link (Kubernetes), a renamed file (Vault Agent) and one that is written anew
 * are all seen.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { textOf } from '../errors/text-of.ts';
import type { Logger } from '../logging/logging.ts';
import { Counter, gaugeFrom, type Registry } from '../metrics.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { type FollowedState, followedAtFirst, nextFollowed } from './followed-state.ts';

export interface FollowedFilesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Milliseconds between two looks; a new content is in use after two. */
  readonly intervalMs?: number;
}

const defaultIntervalMs = 2000;

/** Files by the variable that names them. Those of one group are taken together: a certificate and its key. */
export type FileGroup<V extends string> = Readonly<Record<V, string>>;

/** Puts new contents to use; throws when they cannot be used, and then nothing has changed. */
export type Take<V extends string> = (contents: Readonly<Record<V, string>>) => void;

interface Followed {
  readonly paths: readonly (readonly [variable: string, path: string])[];
  readonly take: (contents: Readonly<Record<string, string>>) => void;
  state: FollowedState;
}

interface Look {
  readonly contents: Readonly<Record<string, string>>;
  /** Why there are none. */
  readonly problem: string | undefined;
  readonly fingerprint: string;
}

export class FollowedFiles {
  readonly #options: FollowedFilesOptions;
  readonly #followed = new Set<Followed>();
  readonly #changes: (file: string) => void;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: FollowedFilesOptions) {
    this.#options = options;
    const changes = new Counter({
      name: 'exec_followed_file_changes_total',
      help: 'New contents of files that were put to use without a restart, by the variable that names the file.',
      labelNames: ['file'],
      registers: [options.registry],
    });
    this.#changes = (file) => changes.inc({ file });
    gaugeFrom(
      options.registry,
      {
        name: 'exec_followed_file_refused',
        help: 'Whether the file of a variable holds what cannot be used (1): what it held before stays in use.',
        labelNames: ['file'],
      },
      () => this.#refusals(),
    );
  }

  /** Follows the files of a group from what they hold now; the answer ends that. */
  follow<V extends string>(group: FileGroup<V>, take: Take<V>): () => void {
    const paths = Object.entries<string>(group);
    const followed: Followed = {
      paths,
      take: take as Followed['take'],
      state: followedAtFirst(lookNow(paths).fingerprint),
    };
    this.#followed.add(followed);
    this.#schedule();
    return () => void this.#followed.delete(followed);
  }

  /** Looks at all files now. */
  async look(): Promise<void> {
    await Promise.all([...this.#followed].map((followed) => this.#lookAt(followed)));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#followed.clear();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    const { clock, intervalMs = defaultIntervalMs } = this.#options;
    const again = () => {
      this.#timer = undefined;
      if (this.#followed.size > 0) this.#schedule();
    };
    this.#timer = clock.setTimer(intervalMs, () => void this.look().finally(again), { unref: true });
  }

  async #lookAt(followed: Followed): Promise<void> {
    const look = await lookAt(followed.paths);
    if (!this.#followed.has(followed)) return;
    const { state, attempt } = nextFollowed(followed.state, {
      kind: 'looked',
      fingerprint: look.fingerprint,
    });
    followed.state = state;
    if (!attempt) return;
    const problem = look.problem ?? problemOf(() => followed.take(look.contents));
    const ok = problem === undefined;
    followed.state = nextFollowed(state, { kind: 'tried', fingerprint: look.fingerprint, ok }).state;
    const names = followed.paths.map(([variable]) => variable);
    const { logger } = this.#options;
    if (ok) {
      for (const name of names) this.#changes(name);
      logger.info({ 'exec.files': names }, `New content of ${names.join(' and ')} is in use`);
    } else {
      logger.error(
        { 'exec.files': names, 'exec.reason': problem },
        `New content of ${names.join(' and ')} cannot be used: ${problem}. What was there before stays in use`,
      );
    }
  }

  #refusals(): { labels: { file: string }; value: number }[] {
    const byFile = new Map<string, number>();
    for (const { paths, state } of this.#followed)
      for (const [file] of paths)
        byFile.set(file, Math.max(byFile.get(file) ?? 0, state.refused === undefined ? 0 : 1));
    return [...byFile].map(([file, value]) => ({ labels: { file }, value }));
  }
}

async function lookAt(paths: Followed['paths']): Promise<Look> {
  const read = await Promise.allSettled(paths.map(([, path]) => readFile(path, 'utf8')));
  return looked(
    paths,
    read.map((one) => (one.status === 'fulfilled' ? one.value : codeOf(one.reason))),
  );
}

function lookNow(paths: Followed['paths']): Look {
  const read = paths.map(([, path]) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      return codeOf(error);
    }
  });
  return looked(paths, read);
}

interface Unread {
  readonly code: string;
}

function looked(paths: Followed['paths'], read: readonly (string | Unread)[]): Look {
  const hash = createHash('sha256');
  const contents: Record<string, string> = {};
  let problem: string | undefined;
  for (const [index, [variable]] of paths.entries()) {
    const one = read[index] ?? { code: 'unknown error' };
    hash.update(typeof one === 'string' ? `${one.length}:${one}` : one.code);
    if (typeof one === 'string') contents[variable] = one;
    else problem ??= `the file of ${variable} cannot be read (${one.code})`;
  }
  return { contents, problem, fingerprint: hash.digest('base64') };
}

function codeOf(error: unknown): Unread {
  return { code: (error as NodeJS.ErrnoException).code ?? 'unknown error' };
}

function problemOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}
