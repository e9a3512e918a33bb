/** What pages need of the world: the address, the clock, a resource that is asked for again and again. */

import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Session } from './api/answers.ts';
import type { ApiClient } from './api/client.ts';
import { nextRemote, type Remote, type RemoteEvent, waitAfter } from './model/remote.ts';
import { parseRoute, type Route } from './model/routes.ts';

export interface Shared {
  readonly client: ApiClient;
  readonly session: Session;
  /** Says something that stays until it is closed or replaced. */
  readonly notify: (notice: Notice) => void;
}

export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export const SharedContext = createContext<Shared | undefined>(undefined);

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === undefined) throw new Error('no session');
  return shared;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}

/** Milliseconds since 1970, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export interface Polled<T> {
  readonly remote: Remote<T>;
  /** Asks at once. */
  readonly again: () => void;
}

/** Asks for the resource at this pace; not while the page is hidden. Undefined: nothing is asked. */
export function usePoll<T>(path: string | undefined, everyMs: number): Polled<T> {
  const { client } = useShared();
  const [remote, send] = useReducer<Remote<T>, RemoteEvent<T>>(nextRemote, { kind: 'loading' });
  const wake = useRef<() => void>(() => {});
  useEffect(() => {
    if (path === undefined) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tag: string | undefined;
    let failures = 0;
    let asking = false;
    send({ type: 'asked-anew' });
    const ask = async () => {
      if (ended || asking) return;
      clearTimeout(timer);
      asking = true;
      const asked = performance.now();
      const answer = await client.get<T>(path, tag);
      const tookMs = performance.now() - asked;
      asking = false;
      if (ended) return;
      failures = answer.kind === 'no-answer' ? failures + 1 : 0;
      if (answer.kind === 'answered') {
        tag = answer.tag;
        send({ type: 'answered', value: answer.value });
      } else if (answer.kind === 'unchanged') send({ type: 'unchanged' });
      else if (answer.kind === 'refused') send({ type: 'refused', fault: answer.fault });
      else send({ type: 'no-answer', at: Date.now() });
      if (!document.hidden) timer = setTimeout(() => void ask(), waitAfter(everyMs, failures, tookMs));
    };
    const follow = () => {
      if (document.hidden) clearTimeout(timer);
      else void ask();
    };
    document.addEventListener('visibilitychange', follow);
    wake.current = () => void ask();
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }, [client, path, everyMs]);
  return { remote, again: useCallback(() => wake.current(), []) };
}

/** Runs a change that a person asked for; says how it ended. Answers whether it went well. */
export function useAction(): (what: {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly done: string;
}) => Promise<boolean> {
  const { client, notify } = useShared();
  return useCallback(
    async ({ method, path, body, done }) => {
      const answer = await client.send(method, path, body);
      if (answer.kind === 'answered') {
        notify({ tone: 'good', text: done });
        return true;
      }
      notify({
        tone: 'bad',
        text:
          answer.kind === 'refused'
            ? `${answer.fault.title} ${answer.fault.detail}`
            : 'The service does not answer: whether it was done is not known. Look before you try again.',
      });
      return false;
    },
    [client, notify],
  );
}
