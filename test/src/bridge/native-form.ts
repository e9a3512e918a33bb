/** The native form of what a simulated server tells: values as the SDK has them, marked for the double that plays them. */

type Attributes = Readonly<Record<string, unknown>>;

const mainStates: Readonly<Record<string, number>> = {
  Null: 0,
  Initiated: 1,
  Dialing: 0x10001,
  Queued: 9,
  Alerting: 0xa,
  Busy: 0xb,
  Connected: 0xc,
  Held: 0xe,
  Failed: 0xf,
};
const flagBits: Readonly<Record<string, number>> = {
  NoListen: 0x10,
  NoTalk: 0x20,
  Bridged: 0x40,
  Audit: 0x80,
};
const connIds = new Set(['ConnID', 'PreviousConnID', 'NewConnID', 'ConnectionId']);
const enumerations = new Set(['CallType', 'PartyType', 'Cause', 'AgentWorkMode']);
/** What is made of another attribute, or is the link's own. */
const notNative = new Set(['TimeinSecs', 'TimeinuSecs', 'PartyFlags', 'EventSequenceNumber']);

/** Party state with its flags as one composite number. */
function partyState(attributes: Attributes): number {
  const flags = (attributes.PartyFlags ?? []) as readonly string[];
  const main = mainStates[String(attributes.PartyState)] ?? 0;
  return flags.reduce((sum, flag) => sum | (flagBits[flag] ?? 0), main);
}

function keyValues(list: Attributes): object {
  return { $kv: Object.entries(list).map(([key, value]) => [key, nativeValue(value)]) };
}

function nativeValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? keyValues(value as Attributes) : value;
}

/** A snapshot as SIP Server sends it: connection IDs and states, but neither calls nor parties. */
export function nativeSnapshot(extensions: Attributes): object {
  const kept = Object.entries(extensions).filter(([key]) => !/^(call|party)-\d+$/.test(key));
  return {
    $kv: kept.map(([key, value]) => [
      key,
      key.startsWith('ps-') ? (mainStates[String(value)] ?? value) : value,
    ]),
  };
}

export function nativeMessage(
  message: string,
  attributes: Attributes,
): { message: string; attributes: Attributes } {
  const native: Record<string, unknown> = {
    Time: { $time: [attributes.TimeinSecs, attributes.TimeinuSecs] },
  };
  let extensions = attributes.Extensions as Attributes | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    if (notNative.has(name) || name === 'Extensions') continue;
    if (connIds.has(name)) native[name] = { $conn: value };
    else if (enumerations.has(name)) native[name] = { $enum: value };
    else if (name === 'PartyState') native[name] = partyState(attributes);
    else if (name === 'CallState') native[name] = value === 'Ok' ? 0 : { $enum: value };
    else if (name === 'ISLinkList') native[name] = links(value as readonly Attributes[]);
    // On a queue the identity of the call lies in the list of extensions.
    else if (name === 'CallUUID' && 'ThisQueue' in attributes)
      extensions = { ...extensions, CallUUID: value };
    else native[name] = nativeValue(value);
  }
  if (extensions !== undefined) native.Extensions = keyValues(extensions);
  return { message, attributes: native };
}

/** The value of a statistic: a tree of the SDK's nodes, whose reasons are key-value lists. */
export function nativeStatus(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => nativeStatus(one));
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'Reasons') return keyValues(value as Attributes);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, nativeStatus(one, name)]));
}

function links(list: readonly Attributes[]): object {
  return { $kv: list.map((one, index) => [`link-${index}`, keyValues(one)]) };
}
