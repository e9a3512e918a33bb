/** A fault proxy between every two parts, by the names of the parts. */
import { FaultProxy } from '@exec/testing/proxy';

export const linkConnections = ['calls', 'queues', 'extensions'] as const;

/** What the SIP Servers of a site are called in the names of proxies; `sip` is the begin of all of them. */
export function sipPart(site: number): string {
  return `sip-${site + 1}`;
}

/** How one part reaches another. */
export interface Way {
  /** `host:port` */
  readonly address: string;
  /** A URL of the target, as this way leads to it. */
  through(url: string): string;
}

export class Proxies {
  readonly #proxies = new Map<string, FaultProxy>();
  readonly #seed: number;
  readonly #isDirect: boolean;

  /** `isDirect`: there is no proxy; where no fault of a link is played they only cost time. */
  constructor(seed: number, isDirect = false) {
    this.#seed = seed;
    this.#isDirect = isDirect;
  }

  /** `from` and `to`: names of parts; the answered proxy listens. `target`: where `to` listens. */
  async add(from: string, to: string, target: string): Promise<Way> {
    if (this.#isDirect) return { address: target.replace(/^[a-z]+:\/\//, ''), through: (url) => url };
    const proxy = await FaultProxy.start({ target, seed: this.#seed + this.#proxies.size });
    this.#proxies.set(`${from} ${to}`, proxy);
    return proxy;
  }

  /** All proxies before a part, or of one service to it. `to` may be the begin of a name: `sip` for all links. */
  between(to: string, from?: string): FaultProxy[] {
    return [...this.#proxies].flatMap(([name, proxy]) => {
      const [service = '', peer = ''] = name.split(' ');
      return peer.startsWith(to) && (from === undefined || service === from) ? [proxy] : [];
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }
}
