/** What an event may wait for, and whom a conversation may explain: by the names of calls, connections and DNs. */
import { type Conversation, callKey } from '../conversation/state.ts';
import type { EngageEvent } from '../events/engage-events.ts';
import type { ConversationIndex } from './conversation-index.ts';

const call = (site: string, uuid: string) => `call ${callKey(site, uuid)}`;
const conn = (site: string, connId: string) => `conn ${site}/${connId}`;
const place = (site: string, dn: string) => `dn ${site}/${dn}`;

/** Whatever becomes known of one of these may be what the event waits for. */
export function waitsFor(input: EngageEvent): readonly string[] {
  const { site } = input;
  const names: string[] = [];
  if ('call' in input && input.call !== undefined) names.push(call(site, input.call));
  if ('connId' in input && input.connId !== undefined) names.push(conn(site, input.connId));
  if (input.kind === 'call-created') {
    if (input.origCall !== undefined) names.push(call(site, input.origCall));
    if (input.origConnId !== undefined) names.push(conn(site, input.origConnId));
  }
  // A feature event may name nothing but where it happened.
  return names.length === 0 && 'dn' in input ? [place(site, input.dn)] : names;
}

/** A conversation has changed: it may explain what waits for its calls, for their other halves, or for its agents' DNs. */
export function* explains({ calls, legs }: Conversation, index: Pick<ConversationIndex, 'linked'>) {
  for (const { key, site, connIds, links } of calls) {
    yield `call ${key}`;
    for (const connId of connIds) yield conn(site, connId);
    for (const link of links) for (const other of index.linked(link)) yield `call ${other}`;
  }
  for (const { site, dn } of legs) if (dn !== undefined) yield place(site, dn);
}
