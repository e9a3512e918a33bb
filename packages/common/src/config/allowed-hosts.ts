/** Which hosts the services may talk to as Genesys Cloud, and the rules an address from outside must meet. */

/**
 * Public Genesys Cloud domains; API and login live at `api.<domain>` and `login.<domain>`.
 * Source: https://developer.genesys.cloud/platform/api/
 */
export const publicDomains: readonly string[] = [
  'mypurecloud.com',
  'mypurecloud.ie',
  'mypurecloud.de',
  'mypurecloud.jp',
  'mypurecloud.com.au',
  'usw2.pure.cloud',
  'use2.us-gov-pure.cloud',
  'cac1.pure.cloud',
  'mxc1.pure.cloud',
  'sae1.pure.cloud',
  'euw2.pure.cloud',
  'euc2.pure.cloud',
  'edee1.eusc-pure.cloud',
  'mec1.pure.cloud',
  'aps1.pure.cloud',
  'apse1.pure.cloud',
  'apne2.pure.cloud',
  'apne3.pure.cloud',
];

/** The public domain an API host belongs to, or undefined: `api.mypurecloud.ie` → `mypurecloud.ie`. */
export function publicDomainOf(host: string): string | undefined {
  return publicDomains.find((domain) => host === `api.${domain}` || host === `login.${domain}`);
}

/**
 * Parses an address that came from configuration. Refused, with the reason: anything that is not plain
 * printable ASCII, another scheme than https (http on loopback only), user information, query, fragment.
 */
export function parseCloudUrl(address: string): URL | { readonly problem: string } {
  const trimmed = address.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed) || trimmed.includes('\\'))
    return { problem: 'has characters that do not belong in an address' };
  const url = URL.parse(trimmed);
  if (url === null || !/^https?:\/\/[^/]/i.test(trimmed)) return { problem: 'is not an https:// address' };
  if (url.username !== '' || url.password !== '' || authorityOf(trimmed).includes('@'))
    return { problem: 'must not hold a user name or password' };
  if (trimmed.includes('?') || trimmed.includes('#')) return { problem: 'must not hold a query or fragment' };
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    return { problem: 'is not an https:// address (http is taken on loopback only)' };
  return url;
}

/** Whether a host name of a URL means this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Which hosts a client secret may be sent to: those of an operator's list, else the public domains of Genesys Cloud.
 */
export class AllowedHosts {
  /** `undefined`: the public domains. */
  readonly #origins: ReadonlySet<string> | undefined;

  constructor(origins?: Iterable<string>) {
    this.#origins = origins === undefined ? undefined : new Set(origins);
  }

  /** The public Genesys Cloud domains, over https. */
  static readonly publicDomains = new AllowedHosts();

  /**
   * A comma list of hosts (`api.example.com`, `api.example.com:8443`) or origins (`https://…`,
   * `http://127.0.0.1:9000`). A public domain or one of its hosts stands for both of its hosts.
   * Answers undefined when an entry is not valid.
   */
  static parse(list: string): AllowedHosts | undefined {
    const origins = new Set<string>();
    for (const entry of list.split(',').map((item) => item.trim())) {
      if (entry === '') continue;
      const url = parseCloudUrl(entry.includes('://') ? entry : `https://${entry}`);
      if (!(url instanceof URL) || url.pathname !== '/' || url.hostname.includes('*')) return undefined;
      origins.add(url.origin);
      const domain = publicDomains.find((known) => url.hostname === known) ?? publicDomainOf(url.hostname);
      if (domain !== undefined && url.port === '' && url.protocol === 'https:')
        origins.add(`https://api.${domain}`).add(`https://login.${domain}`);
    }
    return origins.size === 0 ? undefined : new AllowedHosts(origins);
  }

  allows(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    if (this.#origins !== undefined) return this.#origins.has(url.origin);
    return url.protocol === 'https:' && url.port === '' && publicDomainOf(url.hostname) !== undefined;
  }

  toString(): string {
    return this.#origins === undefined
      ? 'the public Genesys Cloud domains'
      : [...this.#origins].sort().join(', ');
  }
}

function authorityOf(address: string): string {
  return address.replace(/^[a-z]+:\/\//i, '').split('/', 1)[0] ?? '';
}
