/** In which conversations a party or a DN takes part: found without looking through all of them. */
import type { Conversation } from '../conversation/state.ts';

export class Places {
  readonly #byParty = new Map<string, Set<string>>();
  readonly #byAgent = new Map<string, Set<string>>();

  /** One state of a conversation takes the place of the other; undefined: there is none. */
  replace(before: Conversation | undefined, after: Conversation | undefined): void {
    exchange(this.#byParty, before, after, partiesOf);
    exchange(this.#byAgent, before, after, agentsOf);
  }

  /** Keys of the conversations that have a party, in the order in which it came to them. */
  ofParty(party: string): Iterable<string> {
    return this.#byParty.get(party) ?? [];
  }

  /** Keys of the conversations in which an agent's leg is, or was, at a DN. */
  ofAgent(site: string, dn: string): Iterable<string> {
    return this.#byAgent.get(`${site}/${dn}`) ?? [];
  }
}

function exchange(
  index: Map<string, Set<string>>,
  before: Conversation | undefined,
  after: Conversation | undefined,
  namesOf: (conversation: Conversation) => ReadonlySet<string>,
): void {
  const key = (after ?? before)?.key ?? '';
  const [old, now] = [before && namesOf(before), after && namesOf(after)];
  for (const name of old ?? []) {
    if (now?.has(name) === true) continue;
    const keys = index.get(name);
    keys?.delete(key);
    if (keys?.size === 0) index.delete(name);
  }
  for (const name of now ?? []) {
    const keys = index.get(name);
    if (keys === undefined) index.set(name, new Set([key]));
    else keys.add(key);
  }
}

function partiesOf({ calls }: Conversation): ReadonlySet<string> {
  return new Set(calls.flatMap((call) => call.parties.map((party) => party.id)));
}

function agentsOf({ legs }: Conversation): ReadonlySet<string> {
  return new Set(legs.filter((leg) => leg.kind === 'user').map((leg) => `${leg.site}/${leg.dn}`));
}
