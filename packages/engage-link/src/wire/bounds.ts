/**
 * What a frame that is valid in kind may hold: how long its texts are and which times it names. Whatever is beyond goes to
 * nobody, so that behind the wire a time is a date, and a name fits where it is stored.
 */
import { type EngageSeconds, engageSeconds, type WallMs } from '@exec/common/instants';
import type { Frame } from './frame.ts';

/** Characters of a number, name or ID. */
export const MAX_NAME_LENGTH = 255;
/** Bytes of any other text, in UTF-8. */
export const MAX_TEXT_BYTES = 65_536;
/** 2000-01-01T00:00:00Z. */
export const EARLIEST = engageSeconds(946_684_800);
/** Seconds that a server's clock may be ahead of ours. */
const AHEAD = 86_400;

export type BoundsFault = 'time-out-of-bounds' | 'text-too-long';

/** Attributes of messages that hold a directory number, a name or an ID. */
export const boundedNames: ReadonlySet<string> = new Set([
  ...['ThisDN', 'ThisQueue', 'OtherDN', 'ThirdPartyDN', 'DN', 'ANI', 'DNIS', 'DialedNumber'],
  ...['CallUUID', 'OrigCallUUID', 'NewCallUUID', 'RefCallUUID', 'PartyUUID', 'RefParty', 'CtrlParty'],
  ...['ConnID', 'PreviousConnID', 'NewConnID', 'ConnectionId', 'LinkId', 'Location'],
  ...['AgentID', 'AgentId', 'LoginId', 'PlaceId', 'SwitchId', 'ServerVersion', 'PartyType', 'CallState'],
]);
/** Key-value lists: their keys are chosen by others, so `DN` or `Time` in them is no attribute. */
const lists = new Set(['UserData', 'Extensions', 'Reasons']);
/** What is read out of Extensions as a name or an ID. */
const extensionNames =
  /^(?:VQID|EmployeeID|(?:conn|call|party|ps)-\d+|LCT(?:Party|Supervisor)\d+(?:_location)?)$/;

/**
 * The first fault of a frame whose attributes have passed their schema (which bounds their nesting).
 * @param now the receiver's clock
 */
export function boundsFault(frame: Frame, now: WallMs): BoundsFault | undefined {
  return faultIn(frame.attributes, engageSeconds(now / 1000 + AHEAD));
}

function faultIn(
  attributes: Readonly<Record<string, unknown>>,
  latest: EngageSeconds,
): BoundsFault | undefined {
  for (const key in attributes) {
    const value = attributes[key];
    const fault = lists.has(key) ? faultInList(value, key === 'Extensions') : faultOf(key, value, latest);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOf(key: string, value: unknown, latest: EngageSeconds): BoundsFault | undefined {
  switch (typeof value) {
    case 'string':
      return isTooLong(value, boundedNames.has(key)) ? 'text-too-long' : undefined;
    case 'number':
      if (key !== 'TimeinSecs' && key !== 'Time') return undefined;
      return value >= EARLIEST && value <= latest ? undefined : 'time-out-of-bounds';
    case 'object':
      if (value === null) return undefined;
      if (!Array.isArray(value)) return faultIn(value as Readonly<Record<string, unknown>>, latest);
      return first(value, (entry) => faultOf(key, entry, latest));
    default:
      return undefined;
  }
}

function faultInList(value: unknown, extensions: boolean): BoundsFault | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return first(Object.entries(value), ([key, entry]): BoundsFault | undefined => {
    if (typeof entry !== 'string') return faultInList(entry, false);
    return isTooLong(key, false) || isTooLong(entry, extensions && extensionNames.test(key))
      ? 'text-too-long'
      : undefined;
  });
}

function first<T>(
  entries: readonly T[],
  fault: (entry: T) => BoundsFault | undefined,
): BoundsFault | undefined {
  for (const entry of entries) {
    const found = fault(entry);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isTooLong(text: string, isName: boolean): boolean {
  if (isName) return text.length > MAX_NAME_LENGTH;
  // A character takes at most three bytes for each unit of its length: short texts need no counting.
  return text.length * 3 > MAX_TEXT_BYTES && Buffer.byteLength(text) > MAX_TEXT_BYTES;
}
