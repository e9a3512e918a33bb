/** Plays a recording into the model that EXCP processes with; answers the events in order. */

import type { Connection } from '@exec/common/config';
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import type { IdMap } from '@exec/common/id-map';
import { engageLaterBy, streamMs, wallMs } from '@exec/common/instants';
import { type Frame, parseSipEvent, readSnapshot } from '@exec/engage-link/wire';
import type { Arrival, Recorded } from '@exec/simulators/scenarios';
import { type Anomaly, defaultSettings, type ModelSettings } from '../conversation/step-context.ts';
import type { Instance } from '../events/connection-clocks.ts';
import { connectionOf } from '../events/engage-events.ts';
import type { EntryContent } from '../events/in-stream-entry.ts';
import {
  type AwaitedConnection,
  connectionOfSnapshot,
  isSnapshot,
  type ModelInput,
  type Snapshot,
} from '../events/snapshots.ts';
import { normalise } from '../intake/normalise.ts';
import { AddressSnapshots, CallsResync } from '../intake/snapshot-collector.ts';
import { Model, type Output } from '../processor/model.ts';
import { isOver } from '../processor/record.ts';

export interface ReplayOptions {
  readonly map: IdMap;
  readonly settings?: Partial<ModelSettings>;
  /** How long is waited after the last item, milliseconds. */
  readonly restMs?: number;
  /** Connections are asked after each item, as EXCP does; else when something is due. */
  readonly asksAlways?: boolean;
  /** The clock of the SIP Servers is put forward: what happens from `at` on, in milliseconds, has a later time. */
  readonly leap?: ClockLeap;
}

export interface ClockLeap {
  readonly at: number;
  readonly byMs: number;
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

/** What an instance is told. */
export interface ReceivedItem {
  readonly item: ModelInput;
  /** When it is stored, milliseconds. */
  readonly at: number;
  readonly by?: Instance;
  /** The other instance has stored it before. */
  readonly isRepeat?: boolean;
}

interface Question {
  readonly awaited: AwaitedConnection;
  readonly by: Instance;
  /** When it was asked, milliseconds. */
  readonly at: number;
}

/** The model, fed item by item. */
export class Player implements Replayed {
  readonly model: Model;
  /** Everything that the model gave out. */
  readonly outputs: Output[] = [];
  readonly #asksAlways: boolean;
  readonly #leap: ClockLeap | undefined;
  readonly #instances = new Set<Instance>();
  readonly #asked = new Map<string, Question>();
  #count = 0;
  #now = 0;

  constructor(options: ReplayOptions) {
    this.#asksAlways = options.asksAlways === true;
    this.#leap = options.leap;
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

  /** `at`: when it is stored, milliseconds; `by`: the instance that received it. */
  play(content: EntryContent, at: number, by?: Instance): void {
    this.#now = at;
    this.#instances.add(by);
    const id = `${Math.floor(at)}-${++this.#count % 2_000}`;
    const entry = { received: wallMs(at), content, by };
    this.#keep(this.model.accept({ id, waited: 0, text: '', entry }, streamMs(at)));
    this.#keep(this.model.reconsider(undefined));
  }

  /** In the order in which they are stored; a connection answers what it is asked when it has told all until then. */
  playAll(items: readonly ReceivedItem[]): void {
    /** For each item: of which time the earliest is that each connection has still to tell, milliseconds. */
    const earliest: Map<string, number>[] = [];
    let left = new Map<string, number>();
    for (const { item, by } of items.toReversed()) {
      const { connection, happened } = originOf(item, by);
      left = new Map(left).set(connection, Math.min(happened, left.get(connection) ?? happened));
      earliest.push(left);
    }
    earliest.reverse();
    for (const [index, { item, at, by, isRepeat }] of items.entries()) {
      this.#pass(at, (connection, asked) => (earliest[index]?.get(connection) ?? at) > asked);
      if (isRepeat !== true) this.play(this.#leapt(item), at, by);
    }
  }

  #leapt(item: ModelInput): ModelInput {
    if (this.#leap === undefined || isSnapshot(item) || item.at < this.#leap.at * 1_000) return item;
    return { ...item, at: engageLaterBy(item.at, this.#leap.byMs) };
  }

  /**
   * Every connection that something waits for is asked, one question at a time, and answers when it has told everything
   * that happened before.
   * @param hasSentAll whether a connection has told everything that happened before a time, milliseconds
   */
  answer(hasSentAll: (connection: string, before: number) => boolean = () => true): void {
    for (const awaited of this.model.awaited())
      for (const by of this.#instances) {
        const name = nameOf(awaited, by);
        if (!this.#asked.has(name)) this.#asked.set(name, { awaited, by, at: this.#now });
      }
    for (const [name, { awaited, by, at }] of this.#asked) {
      if (!hasSentAll(name, at)) continue;
      this.#asked.delete(name);
      this.play({ kind: 'connection-caught-up', ...awaited }, this.#now, by);
    }
  }

  /** Nothing more comes until then, but the answers of connections that are asked. */
  rest(until: number): void {
    this.#pass(until, () => true);
    this.#keep(this.model.reconsider(streamMs(until)));
  }

  #pass(until: number, hasSentAll: (connection: string, before: number) => boolean): void {
    for (let due = this.model.nextDue; due !== undefined && due < until; due = this.model.nextDue) {
      this.#now = Math.max(due, this.#now);
      this.answer(hasSentAll);
      this.#keep(this.model.reconsider(streamMs(this.#now)));
    }
    this.#now = until;
    if (this.#asksAlways) this.answer(hasSentAll);
  }

  #keep(outputs: readonly Output[]): void {
    for (const output of outputs) {
      // A replay is of good input: what makes the model fail must fail the test.
      if (output.type === 'fault') throw new Error(output.reason);
      // States share what a step does not change: a state that is kept must never be changed.
      if (output.type === 'record' && output.record !== undefined && !isOver(output.record))
        freeze(output.record.conversation);
      this.outputs.push(output);
    }
  }
}

/** Nothing in it can be changed from now on. */
function freeze(value: object): void {
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
}

function originOf(
  item: ModelInput,
  by: Instance,
): { readonly connection: string; readonly happened: number } {
  const { site } = item;
  if (!isSnapshot(item))
    return {
      connection: nameOf({ site, connection: connectionOf(item.kind) }, by),
      happened: item.at / 1000,
    };
  return { connection: nameOf({ site, connection: connectionOfSnapshot(item) }, by), happened: item.since };
}

function nameOf(
  { site, connection }: { readonly site: string; readonly connection: Connection },
  by: Instance,
): string {
  return `${by} ${site} ${connection}`;
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
