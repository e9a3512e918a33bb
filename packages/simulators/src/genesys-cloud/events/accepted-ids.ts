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

/** JSON with sorted keys: the order of keys is no content. Written out, because a replacer is much slower. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`);
  return `{${members.join(',')}}`;
}

/** 48 bits of SHA-1: enough to tell contents of one ID apart, small enough for a number. */
function fingerprint(content: string): number {
  return Number.parseInt(hash('sha1', content, 'hex').slice(0, 12), 16);
}
