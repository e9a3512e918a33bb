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
  const odd = new Map<Oddity, number>();
  const facts = factsOf(options.map);
  const board = new Switchboard({
    settings: { ...defaultSettings, severalSites: true, ...options.settings },
    facts: () => facts,
    onOdd: (oddity) => odd.set(oddity, (odd.get(oddity) ?? 0) + 1),
  });
  const told = new Map<string, Told>();
  const events: ConversationEvent[] = [];
  const collect = () => {
    for (const { conversation, changes } of board.takeEffects()) {
      const { key, interactionId } = conversation;
      const made = translate(told.get(key) ?? nothingTold, changes, {
        scope: replayScope,
        sourceId: options.map.content.sourceId ?? 'source',
        afterCallWorkRequired: options.settings?.afterCallWorkRequired ?? false,
        key,
        interactionId,
      });
      told.set(key, made.told);
      events.push(...made.events.map(({ event }) => event));
    }
  };
  let count = 0;
  let now = 0;
  for (const { at, recorded } of arrivals) {
    now = at;
    for (const item of itemsOf(recorded, at)) {
      board.accept(item, at, String(++count));
      board.settle();
      collect();
    }
  }
  board.advance(now + (options.restMs ?? 5_000));
  collect();
  return { events, odd, left: board.size };
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
