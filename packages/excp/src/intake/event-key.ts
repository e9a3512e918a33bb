/** The identity of an event, from its content: the same for both instances, and for both servers of a pair. */
import { hash } from 'node:crypto';
import type { SipEvent } from '@exec/engage-link/wire';

/** Differ between connections, or between the servers of a pair. */
const notContent = new Set(['ReferenceID', 'EventSequenceNumber']);

/** 128 bits; attributes count in any order. */
export function eventKey(site: string, event: SipEvent): Buffer {
  let text = `${site}\n${event.message}\n`;
  const attributes: Record<string, unknown> = event.attributes;
  for (const name of Object.keys(attributes).sort())
    if (!notContent.has(name) && attributes[name] !== undefined)
      text += `${name}=${canonical(attributes[name])}\n`;
  return hash('sha256', text, 'buffer').subarray(0, 16);
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const list = value as Record<string, unknown>;
  const parts = Object.keys(list)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(list[key])}`);
  return `{${parts.join(',')}}`;
}
