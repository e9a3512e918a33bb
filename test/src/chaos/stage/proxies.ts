/** A fault proxy between every two parts, by the names of the parts. */
import { FaultProxy } from '@exec/testing/proxy';

export const linkConnections = ['calls', 'queues', 'extensions'] as const;

/** What the SIP Servers of a site are called in the names of proxies; `sip` is the begin of all of them. */
export function sipPart(site: number): string {
  return `sip-${site + 1}`;
}

export class Proxies {
  readonly #proxies = new Map<string, FaultProxy>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** `from` and `to`: names of parts; the answered proxy listens. `target`: where `to` listens. */
  async add(from: string, to: string, target: string): Promise<FaultProxy> {
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
