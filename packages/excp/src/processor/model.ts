/**
 * From an entry of the stream to what has to be written: the registry says what happens to conversations, the translation
 * which voice events that makes. Each input answers its outputs; what cannot be translated is given up as what the model
 * cannot make is. No I/O.
 */

import { ExecError } from '@exec/common/errors';
import type { IdMap } from '@exec/common/id-map';
import { discoveredAt, type EngageMicros, latest, type StreamMs, type WallMs } from '@exec/common/instants';
import type { Change } from '../conversation/changes.ts';
import type { EndedText } from '../conversation/ended.ts';
import { speaksOf } from '../conversation/lost.ts';
import type { Conversation } from '../conversation/state.ts';
import type { MappingLookups, ModelSettings } from '../conversation/step-context.ts';
import type { Instance } from '../events/connection-clocks.ts';
import type { AwaitedConnection } from '../events/snapshots.ts';
import { lookupsOf } from '../mapping/lookups.ts';
import type { DeadLetter } from '../outbox/dead-letter.ts';
import type { OutboxEvent } from '../outbox/entry.ts';
import type { About, ConversationStepped, Effect } from '../registry/effects.ts';
import { faultOf } from '../registry/guard.ts';
import { ConversationRegistry } from '../registry/registry.ts';
import { nothingPublished, type Published, retime, translate } from '../translate/translate.ts';
import { type DealtWith, keyOfContent } from './dealt-with.ts';
import { type ConversationRecord, EndedRecord, keyOf, recordOf } from './record.ts';
import type { StoredState, StreamEntry } from './store.ts';
import { timeOfId } from './stream-ids.ts';

/** What has to be written, or said, because of an input. */
export type Output =
  /** A conversation as it is now; undefined: nothing of it is kept. */
  | { readonly type: 'record'; readonly key: string; readonly record: ConversationRecord | undefined }
  | { readonly type: 'event'; readonly event: OutboxEvent }
  /** An entry of the stream that is dealt with, and its size there; the name of its event, if it holds one. */
  | {
      readonly type: 'entry-done';
      readonly id: string;
      readonly bytes: number;
      readonly name: string | undefined;
    }
  /** A dead letter that is sent again; with the leg whose events it holds, if they are of one. */
  | {
      readonly type: 'letter-sent';
      readonly id: string;
      readonly conversation: string;
      readonly leg: string | undefined;
    }
  /** An event in the out-stream that nobody can read. */
  | { readonly type: 'event-unreadable'; readonly id: string }
  | Exclude<Effect, { readonly type: 'conversation' | 'entry-done' }>;

export interface ModelOptions {
  readonly settings: ModelSettings;
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
  /** The newest mapping. */
  readonly map: () => IdMap | undefined;
  /** Events that follow from what was received before this wall time may have been sent before. */
  readonly repeatsBefore: WallMs;
  /** Events of which nothing is made once more; default: none. */
  readonly dealtWith?: Pick<DealtWith, 'has'> | undefined;
  /** The instance that processes. */
  readonly owner?: Instance;
}

/** What of a conversation could not be translated. */
interface Untranslated {
  readonly error: unknown;
  readonly about: About | undefined;
  /** Legs that the cloud has never heard of because of it. */
  readonly established: Set<string>;
  /** Legs that the cloud still has, because it does not hear of their ends. */
  readonly ended: Set<string>;
}

/** A few milliseconds of work. */
const loadedAtOnce = 500;

export class Model {
  readonly #options: ModelOptions;
  readonly #registry: ConversationRegistry;
  /** By conversation: time of the newest event, on which the times of its next ones depend. */
  readonly #last = new Map<string, WallMs>();
  /** Of the entries that are in the stream, by ID: bytes, and the name of the event. */
  readonly #entries = new Map<string, { readonly bytes: number; readonly name: string | undefined }>();
  #lookups: { readonly map: IdMap; readonly of: MappingLookups } | undefined;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#registry = new ConversationRegistry({
      settings: options.settings,
      lookups: () => this.#currentLookups(),
      owner: options.owner,
    });
  }

  /** Conversations that are not over. */
  get open(): number {
    return this.#registry.open;
  }

  /** Conversations that are known. */
  get size(): number {
    return this.#registry.size;
  }

  /** Stream time at which a wait is over. */
  get nextDue(): StreamMs | undefined {
    return this.#registry.nextDue;
  }

  /** Connections that something waits for. */
  awaited(): readonly AwaitedConnection[] {
    return this.#registry.awaited();
  }

  /** Takes over what is stored, a part at a time: what comes of it has to be written, and until it is all done nothing is accepted. */
  *load({
    records,
    agents,
    broken,
  }: Pick<StoredState, 'records' | 'agents' | 'broken'>): Generator<readonly Output[]> {
    yield broken.flatMap(setAside);
    for (let from = 0; from < records.length; from += loadedAtOnce) {
      const part = records.slice(from, from + loadedAtOnce);
      for (const record of part) this.#last.set(keyOf(record), record.published.last);
      const kept = part.map((record) => (record instanceof EndedRecord ? record : record.conversation));
      yield this.#outputsOf(this.#registry.load(kept, []), undefined);
    }
    yield this.#outputsOf(this.#registry.load([], agents), undefined);
  }

  /** All that is known, as it would be stored. */
  get all(): Pick<StoredState, 'records' | 'agents'> {
    const records = [...this.#registry.kept()].map(([key, kept]) => this.#recordOf(key, kept));
    return { records, agents: [...this.#registry.agents()].map(([, shifts]) => shifts) };
  }

  /** All that is known, to be written once more. */
  everything(): readonly Output[] {
    return [
      ...[...this.#registry.agents()].map(([key, shifts]): Output => ({ type: 'agent', key, shifts })),
      ...this.all.records.map((record): Output => ({ type: 'record', key: keyOf(record), record })),
    ];
  }

  /** @param now stream time at which the entry arrived */
  accept({ id, entry, other, text }: StreamEntry, now: StreamMs): readonly Output[] {
    if (other !== undefined) return [];
    const name = entry && keyOfContent(entry.content);
    const known = name !== undefined && this.#options.dealtWith?.has(name) === true;
    this.#entries.set(id, { bytes: Buffer.byteLength(text), name: known ? undefined : name });
    if (known) return [this.#done(id)];
    if (entry === undefined) return [this.#done(id), unreadable({ id, text }, undefined)];
    const { content, received, by } = entry;
    switch (content.kind) {
      case 'retry-dead-letter':
        return [this.#done(id)];
      case 'connection-caught-up':
        return [this.#done(id), ...this.#outputsOf(this.#registry.caughtUp(content, now, by), undefined)];
      case 'call-shed':
        return this.#outputsOf(this.#registry.drop(content, now, id), received);
      default:
        return this.#outputsOf(this.#registry.accept(content, now, id, by), received);
    }
  }

  /** Looks again at what waits, after a batch; `now`: stream time, when nothing came until then. */
  reconsider(now: StreamMs | undefined): readonly Output[] {
    const effects = [
      ...this.#registry.reconsider(),
      ...(now === undefined ? [] : this.#registry.advance(now)),
    ];
    return this.#outputsOf(effects, undefined);
  }

  /**
   * Sends a dead letter again, with its times moved forward, if its conversation is open.
   * @param stored the entry that asks for it
   */
  sendAgain(letter: DeadLetter | undefined, stored: StreamEntry): readonly Output[] {
    this.#entries.set(stored.id, { bytes: Buffer.byteLength(stored.text), name: undefined });
    const done = this.#done(stored.id);
    const stands = letter && this.#registry.conversation(letter.conversation);
    if (letter === undefined || stands === undefined || stands.overAt !== undefined) return [done];
    const { id, conversation, leg } = letter;
    const received = stored.entry?.received ?? timeOfId(stored.id);
    try {
      const again = retime(this.#publishedOf(conversation), letter.events);
      this.#last.set(conversation, again.published.last);
      return [
        done,
        { type: 'letter-sent', id, conversation, leg },
        ...again.events.map(
          (event): Output => ({
            type: 'event',
            event: { ...event, conversation, received, repeat: false },
          }),
        ),
        { type: 'record', key: conversation, record: this.#recordOf(conversation, stands) },
      ];
    } catch (error) {
      const about = stored.entry === undefined ? undefined : { ids: [stored.id], item: stored.entry.content };
      return [done, { about, ...faultOf(error, { calls: [] }) }];
    }
  }

  /** @param received wall time of the entry that brought the effects about; undefined: time did */
  #outputsOf(effects: readonly Effect[], received: WallMs | undefined): readonly Output[] {
    const outputs: Output[] = [];
    const failed = new Map<string, Untranslated>();
    for (const effect of effects) {
      if (effect.type === 'entry-done') outputs.push(this.#done(effect.id));
      else if (effect.type !== 'conversation') outputs.push(effect);
      else this.#publish(effect, received, outputs, failed);
    }
    for (const [key, untranslated] of failed) outputs.push(...this.#abandon(key, untranslated, received));
    return outputs;
  }

  #publish(
    effect: ConversationStepped,
    received: WallMs | undefined,
    outputs: Output[],
    failed: Map<string, Untranslated>,
  ): void {
    const { key } = effect.conversation;
    const known = failed.get(key);
    if (known !== undefined) {
      addUntranslated(known, effect.changes);
      return;
    }
    try {
      outputs.push(...this.#translated(effect, received));
    } catch (error) {
      const { about, changes } = effect;
      const untranslated = { error, about, established: new Set<string>(), ended: new Set<string>() };
      addUntranslated(untranslated, changes);
      failed.set(key, untranslated);
    }
  }

  /** Closes a conversation of which something could not be translated; the cloud hears of no leg that it does not know. */
  #abandon(key: string, untranslated: Untranslated, received: WallMs | undefined): readonly Output[] {
    const { error, about } = untranslated;
    return this.#registry.abandon(key, error, about).flatMap((effect): readonly Output[] => {
      if (effect.type === 'entry-done') return [this.#done(effect.id)];
      if (effect.type !== 'conversation') return [effect];
      const changes = endsOf(untranslated, effect.changes, discoveredAt(this.#registry.now));
      try {
        return this.#translated({ ...effect, changes }, received);
      } catch {
        // If even the ends cannot be translated, there is nothing left to publish of it.
        return this.#translated({ ...effect, changes: [] }, received);
      }
    });
  }

  /** @throws what the translation throws; nothing has changed then */
  #translated(
    { conversation, changes, forgotten }: ConversationStepped,
    received: WallMs | undefined,
  ): readonly Output[] {
    const { key } = conversation;
    const events = changes.length === 0 ? [] : this.#eventsOf(conversation, changes, received);
    if (!forgotten) return [...events, { type: 'record', key, record: this.#recordOf(key, conversation) }];
    this.#last.delete(key);
    return [...events, { type: 'record', key, record: undefined }];
  }

  #eventsOf(
    { key, interactionId }: Conversation,
    changes: readonly Change[],
    received: WallMs | undefined,
  ): readonly Output[] {
    const { scope, map, settings, repeatsBefore } = this.#options;
    const { published, events } = translate(this.#publishedOf(key), changes, {
      scope,
      sourceId: map()?.content.sourceId ?? '',
      afterCallWorkRequired: settings.afterCallWorkRequired,
      key,
      interactionId,
    });
    this.#last.set(key, published.last);
    const [first, ...others] = events.map((event) => event.at);
    if (first === undefined) return [];
    const since = received ?? latest(first, ...others);
    const of = { conversation: key, received: since, repeat: since < repeatsBefore };
    return events.map((event): Output => ({ type: 'event', event: { ...event, ...of } }));
  }

  #recordOf(key: string, kept: Conversation | EndedText): ConversationRecord {
    return recordOf(kept, key, this.#publishedOf(key));
  }

  #publishedOf(key: string): Published {
    const last = this.#last.get(key);
    return last === undefined ? nothingPublished : { last };
  }

  #done(id: string): Output {
    const entry = this.#entries.get(id) ?? { bytes: 0, name: undefined };
    this.#entries.delete(id);
    return { type: 'entry-done', id, ...entry };
  }

  #currentLookups(): MappingLookups {
    const map = this.#options.map();
    if (map === undefined) throw new ExecError('service.unavailable', 'There is no mapping yet.');
    if (this.#lookups?.map !== map) this.#lookups = { map, of: lookupsOf(map) };
    return this.#lookups.of;
  }
}

function addUntranslated({ established, ended }: Untranslated, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.change === 'established') established.add(change.leg);
    if (change.change === 'ended' && !established.has(change.leg)) ended.add(change.leg);
  }
}

/** What is published at last: also the ends that could not be translated when they came, and nothing of unknown legs. */
function endsOf(
  { established, ended }: Untranslated,
  changes: readonly Change[],
  at: EngageMicros,
): Change[] {
  return [
    ...[...ended].map((leg): Change => ({ change: 'ended', leg, disconnect: 'System', at })),
    ...changes.filter((change) => !speaksOf(change, established)),
  ];
}

/** What nobody can read is set aside, and not kept where it was. */
function setAside({ where, field, text }: StoredState['broken'][number]): readonly Output[] {
  switch (where) {
    case 'conversation':
      return [{ type: 'record', key: field, record: undefined }, unreadable({ text }, field)];
    case 'agent':
      return [{ type: 'agent', key: field, shifts: undefined }, unreadable({ id: field, text }, undefined)];
    case 'outgoing':
      return [{ type: 'event-unreadable', id: field }, unreadable({ id: field, text }, undefined)];
  }
}

function unreadable(
  what: { readonly id?: string; readonly text: string },
  conversation: string | undefined,
): Output {
  return { type: 'fault', calls: [], conversation, reason: 'It cannot be read.', unreadable: what };
}
