/** The frame of the console: who is logged in, the menu, the bar of services, and the page. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Session } from './api/answers.ts';
import type { ApiClient } from './api/client.ts';
import { type Notice, SharedContext, useRoute } from './hooks.ts';
import { hashOf, offered, type PageEntry, type Route } from './model/routes.ts';
import { LogIn } from './pages/log-in.tsx';
import { pageOf } from './pages/pages.tsx';
import { rememberedScheme, type Scheme, setScheme } from './scheme.ts';

type Entry =
  | { readonly kind: 'asking' }
  | { readonly kind: 'away' }
  | { readonly kind: 'log-in'; readonly service: string; readonly why?: string }
  | { readonly kind: 'in'; readonly session: Session };

const againMs = 2_000;

export function App({ client }: { readonly client: ApiClient }): JSX.Element {
  const [entry, setEntry] = useState<Entry>({ kind: 'asking' });
  const look = useCallback(async () => {
    const answer = await client.session<Session | { readonly service: string }>('GET');
    if (answer.kind === 'answered')
      setEntry(
        'right' in answer.value
          ? { kind: 'in', session: answer.value }
          : { kind: 'log-in', service: answer.value.service },
      );
    else setEntry({ kind: 'away' });
  }, [client]);
  useEffect(() => void look(), [look]);
  useEffect(() => {
    if (entry.kind !== 'away') return;
    const timer = setInterval(() => void look(), againMs);
    return () => clearInterval(timer);
  }, [entry.kind, look]);
  useEffect(() => {
    client.onUnauthorized = () =>
      setEntry((before) =>
        before.kind === 'in'
          ? { kind: 'log-in', service: before.session.service, why: 'The session has ended. Log in again.' }
          : before,
      );
  }, [client]);
  switch (entry.kind) {
    case 'asking':
      return (
        <main class="alone">
          <p class="loading" role="status">
            Loading…
          </p>
        </main>
      );
    case 'away':
      return (
        <main class="alone">
          <h1>EX Engage Connector</h1>
          <p class="banner bad" role="alert" data-state="away">
            <strong>The service does not answer.</strong> It is asked again by itself.
          </p>
        </main>
      );
    case 'log-in':
      return <LogIn client={client} service={entry.service} why={entry.why} onIn={() => void look()} />;
    case 'in':
      return <Frame client={client} session={entry.session} onOut={() => void look()} />;
  }
}

function Frame({
  client,
  session,
  onOut,
}: {
  readonly client: ApiClient;
  readonly session: Session;
  readonly onOut: () => void;
}): JSX.Element {
  const route = useRoute();
  const [notice, notify] = useState<Notice>();
  const shared = useMemo(() => ({ client, session, notify }), [client, session]);
  const menu = useMemo(() => offered(session.offers), [session.offers]);
  const current = menu.find(({ page }) => page === route.page);
  const title = current?.title ?? 'Not here';
  useEffect(() => {
    document.title = `${title} · ${session.service.toUpperCase()} ${session.instanceId}`;
  }, [title, session]);
  return (
    <SharedContext.Provider value={shared}>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        To the content
      </button>
      <Head session={session} onOut={onOut} />
      <Menu menu={menu} route={route} />
      <main id="main" tabIndex={-1}>
        <h1>{route.about === undefined ? title : `${title}: ${route.about}`}</h1>
        {session.right === 'reader' && (
          <p class="banner quiet" data-state="read-only">
            Read only:{' '}
            {session.loggedIn
              ? 'this token may look and not change.'
              : 'no token is set; this machine may look.'}
          </p>
        )}
        {notice !== undefined && (
          <p
            class={`banner ${notice.tone}`}
            role={notice.tone === 'bad' ? 'alert' : 'status'}
            data-state="notice"
          >
            {notice.text}{' '}
            <button type="button" class="plain" onClick={() => notify(undefined)}>
              Close
            </button>
          </p>
        )}
        {current === undefined ? (
          <p>
            This service has no such page. <a href="#/overview">To the overview</a>
          </p>
        ) : (
          pageOf(current.page, route)
        )}
      </main>
    </SharedContext.Provider>
  );
}

function Head({ session, onOut }: { readonly session: Session; readonly onOut: () => void }): JSX.Element {
  const [scheme, choose] = useState<Scheme>(rememberedScheme);
  return (
    <header class="head">
      <a class="brand" href="#/overview">
        <strong>{session.service.toUpperCase()}</strong> <span>{session.instanceId}</span>
      </a>
      {session.links.length > 0 && (
        <nav aria-label="Other services" class="services">
          {session.links.map(({ name, url }) => (
            <a key={url} href={url}>
              {name}
            </a>
          ))}
        </nav>
      )}
      <span class="space" />
      <label class="scheme">
        <span class="hidden">Colours</span>
        <select
          value={scheme}
          onChange={(event) => {
            const chosen = event.currentTarget.value as Scheme;
            choose(chosen);
            setScheme(chosen);
          }}
        >
          <option value="system">System colours</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <span class="who">
        {session.name} ({session.right})
      </span>
      {session.loggedIn && <LogOut onOut={onOut} />}
    </header>
  );
}

function LogOut({ onOut }: { readonly onOut: () => void }): JSX.Element {
  return (
    <SharedContext.Consumer>
      {(shared) => (
        <button type="button" onClick={() => void shared?.client.session('DELETE').then(onOut)}>
          Log out
        </button>
      )}
    </SharedContext.Consumer>
  );
}

function Menu({ menu, route }: { readonly menu: readonly PageEntry[]; readonly route: Route }): JSX.Element {
  return (
    <nav class="menu" aria-label="Pages">
      <ul>
        {menu.map(({ page, title }) => (
          <li key={page}>
            <a href={hashOf(page)} aria-current={page === route.page ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
