/** The IDs of accepted events with a fingerprint of their content: what tells a repeat from a clash. */
import { hash } from 'node:crypto';

/** More than this many are not remembered: the oldest go first. */
const maxIds = 1_000_000;

export class AcceptedIds {
  readonly #fingerprints = new Map<string, number>();

  /** `repeat`: accepted before with this content; `clash`: with other content. */
  look(eventId: string, content: string): 'new' | 'repeat' | 'clash' {
    const known = this.#fingerprints.get(eventId.toLowerCase());
    if (known === undefined) return 'new';
    return known === fingerprint(content) ? 'repeat' : 'clash';
  }

  add(eventId: string, content: string): void {
    this.#fingerprints.set(eventId.toLowerCase(), fingerprint(content));
    if (this.#fingerprints.size <= maxIds) return;
    const oldest = this.#fingerprints.keys().next();
    if (oldest.done !== true) this.#fingerprints.delete(oldest.value);
  }
}

/** JSON with sorted keys: the order of keys is no content. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(entries);
  });
}

/** 48 bits of SHA-1: enough to tell contents of one ID apart, small enough for a number. */
function fingerprint(content: string): number {
  return Number.parseInt(hash('sha1', content, 'hex').slice(0, 12), 16);
}
