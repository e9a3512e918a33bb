/** Plays a recording into the pure parts: normalise, switchboard, translation; answers the events in order. */
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import type { IdMap } from '@exec/common/id-map';
import { type Frame, parseSipEvent, readSnapshot } from '@exec/engage-link/wire';
import type { Arrival, Recorded } from '@exec/simulators/scenarios';
import { Switchboard } from '../conversation/switchboard.ts';
import { defaultSettings, type ModelSettings, type Oddity } from '../conversation/world.ts';
import type { CallCreated, PartyAdded } from '../intake/inputs.ts';
import type { Item } from '../intake/items.ts';
import { normalise } from '../intake/normalise.ts';
import { factsOf } from '../mirror/facts.ts';
import { nothingTold, type Told } from '../translate/told.ts';
import { translate } from '../translate/translate.ts';

export interface ReplayOptions {
  readonly map: IdMap;
  readonly settings?: Partial<ModelSettings>;
  /** How long is waited after the last item, milliseconds. */
  readonly restMs?: number;
}

export interface Replayed {
  readonly events: readonly ConversationEvent[];
  readonly odd: ReadonlyMap<Oddity, number>;
  /** Conversations that are still known at the end. */
  readonly left: number;
}

export const replayScope = 'org/1';

export function replay(arrivals: readonly Arrival[], options: ReplayOptions): Replayed {
  const player = new Player({ ...options, settings: { severalSites: true, ...options.settings } });
  let now = 0;
  for (const { at, recorded } of arrivals) {
    now = at;
    for (const item of itemsOf(recorded, at)) player.play(item, at);
  }
  player.rest(now + (options.restMs ?? 5_000));
  return player;
}

/** The pure parts together, fed item by item. */
export class Player implements Replayed {
  readonly events: ConversationEvent[] = [];
  readonly odd = new Map<Oddity, number>();
  readonly #options: ReplayOptions;
  readonly #board: Switchboard;
  readonly #told = new Map<string, Told>();
  #count = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    const facts = factsOf(options.map);
    this.#board = new Switchboard({
      settings: { ...defaultSettings, ...options.settings },
      facts: () => facts,
      onOdd: (oddity) => this.odd.set(oddity, (this.odd.get(oddity) ?? 0) + 1),
    });
  }

  get left(): number {
    return this.#board.size;
  }

  /** `at`: when it is stored, milliseconds. */
  play(item: Item, at: number): void {
    this.#board.accept(item, at, String(++this.#count));
    this.#board.settle();
    this.#collect();
  }

  rest(until: number): void {
    this.#board.advance(until);
    this.#collect();
  }

  #collect(): void {
    for (const { conversation, changes } of this.#board.takeEffects()) {
      const { key, interactionId } = conversation;
      const made = translate(this.#told.get(key) ?? nothingTold, changes, {
        scope: replayScope,
        sourceId: this.#options.map.content.sourceId ?? 'source',
        afterCallWorkRequired: this.#options.settings?.afterCallWorkRequired ?? false,
        key,
        interactionId,
      });
      this.#told.set(key, made.told);
      this.events.push(...made.events.map(({ event }) => event));
    }
  }
}

function itemsOf(recorded: Recorded, now: number): Item[] {
  switch (recorded.kind) {
    case 'event': {
      const item = eventOf(recorded.event.frame, recorded.event.site);
      return item === undefined ? [] : [item];
    }
    case 'lost':
      return [];
    case 'found': {
      const { site } = recorded;
      const calls: { created: CallCreated; parties: PartyAdded[] }[] = [];
      for (const frame of recorded.resync) {
        const item = eventOf(frame, site);
        if (item?.kind === 'call-created') calls.push({ created: item, parties: [] });
        else if (item?.kind === 'party-added') calls.at(-1)?.parties.push(item);
      }
      const snapshots = recorded.registered.map((frame) => {
        const parsed = parseSipEvent(frame);
        if (parsed.kind !== 'message' || parsed.value.message !== 'EventRegistered')
          throw new Error('no snapshot');
        const { ThisDN: dn, AgentID: agentId, Extensions: extensions } = parsed.value.attributes;
        return { dn, agentId, ...readSnapshot(extensions) };
      });
      const queues = snapshots.filter((one) => one.agentStatus === undefined);
      const dns = snapshots.filter((one) => one.agentStatus !== undefined);
      return [
        { kind: 'agents-found', site, since: now, dns: dns.map(({ dn, agentId }) => ({ dn, agentId })) },
        { kind: 'calls-found', site, since: now, session: `${site} ${now}`, calls, complete: true },
        {
          kind: 'queues-found',
          site,
          since: now,
          queues: queues.map(({ dn, calls: waiting }) => ({
            queue: dn,
            calls: waiting.map((call) => call.callUuid).filter((uuid) => uuid !== undefined),
          })),
        },
      ];
    }
  }
}

function eventOf(frame: Frame, site: string) {
  const parsed = parseSipEvent(frame);
  if (parsed.kind !== 'message') throw new Error(`the simulator sent ${frame.message} in a wrong form`);
  return normalise(parsed.value, site, { dispositionKey: 'DispositionCode' });
}
