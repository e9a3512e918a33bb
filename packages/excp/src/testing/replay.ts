/** Plays a recording into the model that EXCP processes with; answers the events in order. */

import type { ConversationEvent } from '@exec/common/genesys-cloud';
import type { IdMap } from '@exec/common/id-map';
import { streamMs, wallMs } from '@exec/common/instants';
import { type Frame, parseSipEvent, readSnapshot } from '@exec/engage-link/wire';
import type { Arrival, Recorded } from '@exec/simulators/scenarios';
import { type Anomaly, defaultSettings, type ModelSettings } from '../conversation/step-context.ts';
import { connectionOf } from '../events/engage-events.ts';
import type { EntryContent } from '../events/in-stream-entry.ts';
import type { ModelInput, Snapshot } from '../events/snapshots.ts';
import { normalise } from '../intake/normalise.ts';
import { AddressSnapshots, CallsResync } from '../intake/snapshot-collector.ts';
import { Model, type Output } from '../processor/model.ts';

export interface ReplayOptions {
  readonly map: IdMap;
  readonly settings?: Partial<ModelSettings>;
  /** How long is waited after the last item, milliseconds. */
  readonly restMs?: number;
}

export interface Replayed {
  readonly events: readonly ConversationEvent[];
  readonly anomalies: ReadonlyMap<Anomaly, number>;
  /** Conversations that are still known at the end. */
  readonly left: number;
}

export const replayScope = 'org/1';

export function replay(arrivals: readonly Arrival[], options: ReplayOptions): Replayed {
  const { dns, queues } = options.map.content;
  const sites = [...new Set([...dns, ...queues].map((one) => one.switch))];
  const player = new Player({ ...options, settings: { sites, ...options.settings } });
  player.playAll(arrivals.flatMap(({ at, recorded }) => itemsOf(recorded, at).map((item) => ({ item, at }))));
  player.rest((arrivals.at(-1)?.at ?? 0) + (options.restMs ?? 5_000));
  return player;
}

/** The model, fed item by item. */
export class Player implements Replayed {
  readonly model: Model;
  /** Everything that the model gave out. */
  readonly outputs: Output[] = [];
  #count = 0;
  #now = 0;

  constructor(options: ReplayOptions) {
    this.model = new Model({
      settings: { ...defaultSettings, ...options.settings },
      scope: replayScope,
      map: () => options.map,
      repeatsBefore: wallMs(0),
    });
  }

  get events(): ConversationEvent[] {
    return this.outputs.flatMap((output) => (output.type === 'event' ? [output.event.event] : []));
  }

  get anomalies(): ReadonlyMap<Anomaly, number> {
    const counts = new Map<Anomaly, number>();
    for (const output of this.outputs)
      if (output.type === 'anomaly') counts.set(output.anomaly, (counts.get(output.anomaly) ?? 0) + 1);
    return counts;
  }

  get left(): number {
    return this.model.size;
  }

  /** `at`: when it is stored, milliseconds. */
  play(content: EntryContent, at: number): void {
    this.#now = at;
    const id = `${Math.floor(at)}-${++this.#count % 2_000}`;
    const entry = { received: wallMs(at), content };
    this.#keep(this.model.accept({ id, waited: 0, text: '', entry }, streamMs(at)));
    this.#keep(this.model.reconsider(undefined));
  }

  /** In the order in which they are stored; a connection answers what it is asked when it has told all until then. */
  playAll(items: readonly { readonly item: ModelInput; readonly at: number }[]): void {
    /** For each item: of which time the earliest is that each connection has still to tell, milliseconds. */
    const earliest: Map<string, number>[] = [];
    let left = new Map<string, number>();
    for (const { item } of items.toReversed()) {
      const { connection, happened } = originOf(item);
      left = new Map(left).set(connection, Math.min(happened, left.get(connection) ?? happened));
      earliest.unshift(left);
    }
    for (const [index, { item, at }] of items.entries()) {
      this.#pass(at, (connection) => (earliest[index]?.get(connection) ?? at) > this.#now);
      this.play(item, at);
    }
  }

  /** Every connection that something waits for answers that it has told everything. */
  answer(hasSentAll: (connection: string) => boolean = () => true): void {
    for (const awaited of this.model.awaited())
      if (hasSentAll(`${awaited.site} ${awaited.connection}`))
        this.play({ kind: 'connection-caught-up', ...awaited }, this.#now);
  }

  /** Nothing more comes until then, but the answers of connections that are asked. */
  rest(until: number): void {
    this.#pass(until, () => true);
    this.#keep(this.model.reconsider(streamMs(until)));
  }

  #pass(until: number, hasSentAll: (connection: string) => boolean): void {
    for (let due = this.model.nextDue; due !== undefined && due < until; due = this.model.nextDue) {
      this.#now = Math.max(due, this.#now);
      this.answer(hasSentAll);
      this.#keep(this.model.reconsider(streamMs(this.#now)));
    }
    this.#now = until;
  }

  #keep(outputs: readonly Output[]): void {
    for (const output of outputs) {
      // A replay is of good input: what makes the model fail must fail the test.
      if (output.type === 'fault') throw new Error(output.reason);
      this.outputs.push(output);
    }
  }
}

function originOf(item: ModelInput): { readonly connection: string; readonly happened: number } {
  switch (item.kind) {
    case 'calls-found':
      return { connection: `${item.site} calls`, happened: item.since };
    case 'queues-found':
      return { connection: `${item.site} queues`, happened: item.since };
    case 'agents-found':
      return { connection: `${item.site} extensions`, happened: item.since };
    default:
      return { connection: `${item.site} ${connectionOf(item.kind)}`, happened: item.at / 1000 };
  }
}

/** What intake makes of a recording: an event, or the snapshots of a connection that came back. */
export function itemsOf(recorded: Recorded, now: number): ModelInput[] {
  switch (recorded.kind) {
    case 'event': {
      const item = eventOf(recorded.event.frame, recorded.event.site);
      return item === undefined ? [] : [item];
    }
    case 'lost':
      return [];
    case 'found': {
      const { site } = recorded;
      const items: Snapshot[] = [];
      const of = { site, since: streamMs(now), tell: (item: Snapshot) => items.push(item) };
      const snapshots = {
        extensions: new AddressSnapshots({ ...of, of: 'extensions' }),
        queues: new AddressSnapshots({ ...of, of: 'queues' }),
      };
      for (const frame of recorded.registered) {
        const parsed = parseSipEvent(frame);
        if (parsed.kind !== 'message' || parsed.value.message !== 'EventRegistered')
          throw new Error('no snapshot');
        const { attributes } = parsed.value;
        const isAgents = readSnapshot(attributes.Extensions).agentStatus !== undefined;
        snapshots[isAgents ? 'extensions' : 'queues'].add(attributes);
      }
      const resync = new CallsResync({ ...of, session: `replay:${now}` });
      resync.begin();
      for (const frame of recorded.resync) {
        const item = eventOf(frame, site);
        if (item?.kind === 'call-created' || item?.kind === 'party-added') resync.add(item);
      }
      snapshots.extensions.flush();
      resync.complete(true);
      snapshots.queues.flush();
      return items;
    }
  }
}

function eventOf(frame: Frame, site: string) {
  const parsed = parseSipEvent(frame);
  if (parsed.kind !== 'message') throw new Error(`the simulator sent ${frame.message} in a wrong form`);
  return normalise(parsed.value, site, { dispositionKey: 'DispositionCode' });
}
