/**
 * What one commit writes, made of the outputs of the model (of a conversation and of a DN only the newest state), and the
 * one step in which it is written, only by the holder of the lease.
 */
import type { Formats } from '@exec/common/formats';
import { defineScript } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';
import { deadLegField } from '../outbox/dead-letter.ts';
import { type OutboxEvent, writeOutboxEvent } from '../outbox/entry.ts';
import type { DnShifts, Fault } from '../registry/effects.ts';
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

/**
 * Further arguments: for each of the lists below its length, then its values.
 * 1. pairs of ID and entry for the out-stream
 * 2. stream IDs of the input that is dealt with
 * 3. fields of `conversations` that are removed; 4. pairs of those that are written
 * 5. pairs of `agents`
 * 6. IDs of dead letters that are taken out; 7. fields of `deadLegs` that are removed
 * 8. entries of the quarantine; 9. calls whose further events are left out; 10. fields of `agents` that are removed
 * 11. IDs of the out-stream that nobody can read
 * 12. names of events that are dealt with
 *
 * A script that fails half-way leaves what it did before: so the one command that can fail, adding under a given
 * ID, comes first.
 *
 * Answers `done`, `repeated` (this very commit was carried out before) or `fenced`, and with the first two the entries
 * of the input from `from` on, so that under load there is nothing to ask for; empty `from`: none.
 */
export const commit = defineScript({
  name: 'excp-commit',
  keys: [
    'lease',
    'instream',
    'conversations',
    'agents',
    'outstream',
    'meta',
    'dead',
    'deadTimes',
    'deadLegs',
    'quarantine',
    'shed',
    'size',
    'dealt',
  ],
  args: [
    'token',
    'commitId',
    'from',
    'most',
    'quarantineMost',
    'shedMs',
    'clockShift',
    'clockPlace',
    'inputBytes',
    'dealtMost',
  ],
  lua: `
if redis.call('GET', lease) ~= token then return {'fenced', {}} end
local function answer(what)
  if from == '' then return {what, {}} end
  return {what, redis.call('XRANGE', instream, from, '+', 'COUNT', most)}
end
if redis.call('HGET', meta, 'commit') == commitId then return answer('repeated') end
local at = 11
local function each(width, apply)
  local count = tonumber(ARGV[at])
  for index = at + 1, at + count, width do apply(ARGV[index], ARGV[index + 1]) end
  at = at + count + 1
end
each(2, function(id, entry) redis.call('XADD', outstream, id, 'e', entry) end)
local deleted = 0
each(1, function(id) deleted = deleted + redis.call('XDEL', instream, id) end)
if deleted > 0 then
  redis.call('HINCRBY', size, 'entries', -deleted)
  redis.call('HINCRBY', size, 'bytes', 0 - inputBytes)
end
each(1, function(field) redis.call('HDEL', conversations, field) end)
each(2, function(field, value) redis.call('HSET', conversations, field, value) end)
each(2, function(field, value) redis.call('HSET', agents, field, value) end)
each(1, function(id)
  redis.call('HDEL', dead, id)
  redis.call('ZREM', deadTimes, id)
end)
each(1, function(field) redis.call('HDEL', deadLegs, field) end)
each(1, function(text) redis.call('XADD', quarantine, 'MAXLEN', quarantineMost, '*', 'e', text) end)
each(1, function(call)
  redis.call('HSET', shed, call, '1')
  redis.call('PEXPIRE', shed, shedMs)
end)
each(1, function(field) redis.call('HDEL', agents, field) end)
each(1, function(id) redis.call('XDEL', outstream, id) end)
each(1, function(name) redis.call('RPUSH', dealt, name) end)
redis.call('LTRIM', dealt, 0 - dealtMost, -1)
redis.call('HSET', meta, 'commit', commitId, 'clockShift', clockShift, 'clockPlace', clockPlace)
return answer('done')`,
  result: z.tuple([
    z.enum(['done', 'repeated', 'fenced']),
    z.array(z.tuple([z.string(), z.array(z.string())])),
  ]),
});

export function commitKeys(keys: ExcpKeys) {
  const { lease, conversations, agents, meta, dead, deadTimes, deadLegs, quarantine, shed } = keys;
  return {
    lease,
    instream: keys.in,
    conversations,
    agents,
    outstream: keys.out,
    meta,
    dead,
    deadTimes,
    deadLegs,
    quarantine,
    shed,
    size: keys.inSize,
    dealt: keys.dealt,
  };
}

/** The further arguments of {@link commit}. */
export function commitValues(
  batch: CommitBatch,
  o: {
    /** The events of the batch, with the IDs that they get in the out-stream. */
    readonly out: readonly { readonly id: string; readonly text: string }[];
    /** Fields of the dead legs of a conversation. */
    readonly deadLegFields: (conversation: string) => readonly string[];
    /** Texts for the quarantine. */
    readonly setAside: readonly string[];
  },
): (string | number)[] {
  const lists = [
    o.out.flatMap(({ id, text }) => [id, text]),
    batch.inputs,
    batch.forgotten,
    batch.records.flat(),
    batch.agents.flat(),
    batch.letters,
    [
      ...batch.forgotten.flatMap((conversation) => o.deadLegFields(conversation)),
      ...batch.revived.map(({ field }) => field),
    ],
    o.setAside,
    [...batch.faults.flatMap(({ calls }) => calls), ...batch.shed],
    batch.agentsRemoved,
    batch.outRemoved,
    batch.dealtWith,
  ];
  return lists.flatMap((list) => [list.length, ...list]);
}
