/** Addresses of the pages, behind the `#`: they work behind any prefix of a proxy. */

export interface Route {
  readonly page: string;
  /** What the page is about, as a call or an agent. */
  readonly about?: string;
  readonly query: Readonly<Record<string, string>>;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const slash = path.indexOf('/');
  const page = slash === -1 ? path : path.slice(0, slash);
  const about = slash === -1 ? '' : decoded(path.slice(slash + 1));
  return {
    page: page === '' ? 'overview' : page,
    ...(about === '' ? {} : { about }),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function hashOf(
  page: string,
  o: { readonly about?: string; readonly query?: Readonly<Record<string, string>> } = {},
): string {
  const query = new URLSearchParams(
    Object.entries(o.query ?? {}).filter(([, value]) => value !== ''),
  ).toString();
  return `#/${page}${o.about === undefined ? '' : `/${encodeURIComponent(o.about)}`}${query === '' ? '' : `?${query}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface PageEntry {
  readonly page: string;
  readonly title: string;
  /** Path of the API without which it is not shown. */
  readonly needs: string;
}

/** In the order of the menu. */
export const pages: readonly PageEntry[] = [
  { page: 'overview', title: 'Overview', needs: '/overview' },
  { page: 'plan', title: 'Plan', needs: '/sync/plan/summary' },
  { page: 'conflicts', title: 'Conflicts', needs: '/sync/conflicts' },
  { page: 'orphans', title: 'Orphans', needs: '/sync/orphans' },
  { page: 'runs', title: 'Runs', needs: '/sync/runs' },
  { page: 'look-up', title: 'Look-up', needs: '/mappings/resolve' },
  { page: 'agents', title: 'Agents', needs: '/agents' },
  { page: 'conversations', title: 'Conversations', needs: '/conversations' },
  { page: 'dead-letters', title: 'Dead letters', needs: '/dead-letters' },
  { page: 'quarantine', title: 'Quarantine', needs: '/quarantine' },
  { page: 'gaps', title: 'Gaps', needs: '/gaps' },
  { page: 'audit', title: 'Audit', needs: '/audit' },
];

export function offered(offers: readonly string[]): readonly PageEntry[] {
  const known = new Set(offers);
  return pages.filter(({ needs }) => known.has(needs));
}
