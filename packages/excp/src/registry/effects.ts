/**
 * What an input of the registry leads to, as values in their order. Inside the registry effects are generators, so that a
 * rule can answer something besides; whoever gives an input gets a list.
 */
import type { EmployeeId } from '@exec/common/ids';
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { Change } from '../conversation/changes.ts';
import type { CallKey, Conversation } from '../conversation/state.ts';
import type { Anomaly } from '../conversation/step-context.ts';
import type { EntryContent } from '../events/in-stream-entry.ts';

/** Who works at a DN from then on, as it is kept and stored; nobody when there is no agent. */
export interface Shift {
  /** Event time. */
  readonly at: EngageMicros;
  readonly agentId?: string | undefined;
  readonly employeeId?: EmployeeId | undefined;
}

export interface DnShifts {
  readonly site: string;
  readonly dn: string;
  /** Stream time at which the newest became known. */
  readonly seen: StreamMs;
  /** Newest last. */
  readonly shifts: readonly Shift[];
}

/** The entry that brings something about; one that waited stays it. */
export interface About {
  /** Names of the entries of the stream. */
  readonly ids: readonly string[];
  readonly item: EntryContent;
}

/** One step of one conversation. */
export interface ConversationStepped {
  readonly type: 'conversation';
  /** After the step. */
  readonly conversation: Conversation;
  /** What is to be published of it, in order. */
  readonly changes: readonly Change[];
  /** Nothing of it is kept. */
  readonly forgotten: boolean;
  /** Undefined: time alone brought it about. */
  readonly about?: About | undefined;
}

/** Something made the model fail; what it was about is given up. */
export interface Fault {
  readonly type: 'fault';
  /** Undefined: no entry was being dealt with, time alone or a stored state did it. */
  readonly about?: About | undefined;
  /** Calls that are given up because of it. */
  readonly calls: readonly CallKey[];
  /** Key of the conversation that is closed as lost. */
  readonly conversation?: string | undefined;
  /** Name and message of what was thrown, and where. */
  readonly reason: string;
  /** What could not be read at all, and its ID in its stream or its DN where it has one. */
  readonly unreadable?: { readonly id?: string | undefined; readonly text: string } | undefined;
}

export type Effect =
  | ConversationStepped
  | Fault
  /** Who works at a DN; undefined: it is not known any more. `key`: `<site>/<DN>`. */
  | { readonly type: 'agent'; readonly key: string; readonly shifts: DnShifts | undefined }
  /** Nothing waits for the entry of this name any more. */
  | { readonly type: 'entry-done'; readonly id: string }
  /** A whole call is left out, because too many conversations are open. */
  | { readonly type: 'call-left-out'; readonly call: CallKey }
  | { readonly type: 'anomaly'; readonly anomaly: Anomaly };

/** To be run to its end at once: it changes the registry while it runs. */
export type Effects<T = void> = Generator<Effect, T, undefined>;

export function* entriesDone(ids: readonly string[]): Effects {
  for (const id of ids) yield { type: 'entry-done', id };
}
