/** What one commit writes, made of the outputs of the model: of a conversation and of a DN only the newest state. */
import type { Formats } from '@exec/common/formats';
import { deadLegField } from '../outbox/dead-letter.ts';
import { type OutboxEvent, writeOutboxEvent } from '../outbox/entry.ts';
import type { Fault } from '../registry/effects.ts';
import type { DnShifts } from '../registry/shifts.ts';
import type { Output } from './model.ts';
import { type ConversationRecord, writeRecord, writeShifts } from './record.ts';

export interface CommitBatch {
  /** Stream IDs that are dealt with. */
  readonly inputs: readonly string[];
  /** Of those, as they stand in the stream. */
  readonly inputBytes: number;
  /** Of those, the events, as `DealtWith` names them. */
  readonly dealtWith: readonly string[];
  /** Keys of conversations. */
  readonly forgotten: readonly string[];
  readonly records: readonly (readonly [string, string])[];
  readonly agents: readonly (readonly [string, string])[];
  /** Fields of `agents` that are removed. */
  readonly agentsRemoved: readonly string[];
  readonly events: readonly { readonly event: OutboxEvent; readonly text: string }[];
  /** IDs of dead letters that are sent again. */
  readonly letters: readonly string[];
  readonly revived: readonly {
    readonly conversation: string;
    readonly leg: string;
    readonly field: string;
  }[];
  /** What made the model fail: set aside. */
  readonly faults: readonly Fault[];
  /** Calls that are left out because too many conversations are open. */
  readonly shed: readonly string[];
  /** Out-stream IDs of what nobody can read. */
  readonly outRemoved: readonly string[];
}

/** Undefined when there is nothing to write. */
export function commitBatch(outputs: readonly Output[], formats: Formats): CommitBatch | undefined {
  const of = <T extends Output['type']>(type: T) =>
    outputs.filter((output): output is Extract<Output, { type: T }> => output.type === type);
  if (outputs.every(({ type }) => type === 'anomaly')) return undefined;
  const records = new Map(of('record').map(({ key, record }) => [key, record]));
  const agents = new Map(of('agent').map(({ key, shifts }) => [key, shifts]));
  const done = of('entry-done');
  const letters = of('letter-sent');
  return {
    inputs: done.map(({ id }) => id),
    inputBytes: done.reduce((sum, { bytes }) => sum + bytes, 0),
    dealtWith: done.flatMap(({ name }) => name ?? []),
    forgotten: removedOf(records),
    records: textsOf(records, (record: ConversationRecord) => writeRecord(formats, record)),
    agents: textsOf(agents, (shifts: DnShifts) => writeShifts(formats, shifts)),
    agentsRemoved: removedOf(agents),
    events: of('event').map(({ event }) => ({ event, text: writeOutboxEvent(formats, event) })),
    letters: letters.map(({ id }) => id),
    revived: letters.flatMap(({ conversation, leg }) =>
      leg === undefined ? [] : [{ conversation, leg, field: deadLegField(conversation, leg) }],
    ),
    faults: of('fault'),
    shed: of('call-left-out').map(({ call }) => call),
    outRemoved: of('event-unreadable').map(({ id }) => id),
  };
}

function removedOf(newest: ReadonlyMap<string, unknown>): string[] {
  return [...newest].flatMap(([key, value]) => (value === undefined ? [key] : []));
}

function textsOf<T>(
  newest: ReadonlyMap<string, T | undefined>,
  write: (value: T) => string,
): (readonly [string, string])[] {
  return [...newest].flatMap(([key, value]) => (value === undefined ? [] : [[key, write(value)] as const]));
}
