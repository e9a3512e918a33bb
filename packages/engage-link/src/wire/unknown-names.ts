/** Finds the enumeration names that the schemas did not know and read as `Unknown`, `Empty` or nothing. */
import type { AgentStatus } from './stat-messages.ts';

/** Attributes that hold a name out of a fixed set. */
export const namedAttributes = [
  'CallType',
  'PartyType',
  'PartyState',
  'PartyFlags',
  'Cause',
  'ServerRole',
  'Status',
  'Action',
] as const;
export type NamedAttribute = (typeof namedAttributes)[number];

export interface UnknownName {
  readonly attribute: NamedAttribute;
  readonly name: string;
}

type Attributes = Readonly<Record<string, unknown>>;

const flat = ['CallType', 'PartyType', 'PartyState', 'Cause', 'ServerRole'] as const;

/** Compares what was received with what the schema of `message` made of it. */
export function unknownNames(
  message: string,
  received: Attributes,
  parsed: Attributes,
): readonly UnknownName[] {
  const found: UnknownName[] = [];
  for (const attribute of flat) {
    const name = received[attribute];
    if (name !== undefined && name !== parsed[attribute]) found.push({ attribute, name: String(name) });
  }
  const flags = received.PartyFlags;
  if (Array.isArray(flags) && Array.isArray(parsed.PartyFlags)) {
    for (const name of flags)
      if (!parsed.PartyFlags.includes(name)) found.push({ attribute: 'PartyFlags', name: String(name) });
  }
  if (message === 'EventInfo')
    inTree(received.ObjectValue as AgentStatus, parsed.ObjectValue as AgentStatus, found);
  return found;
}

/** Both trees have the same shape: the schema has accepted the one and made the other. */
function inTree(received: AgentStatus, parsed: AgentStatus, found: UnknownName[]): void {
  if (received.Status !== parsed.Status) found.push({ attribute: 'Status', name: received.Status });
  parsed.Place?.DnStatuses.forEach((dn, d) => {
    const receivedDn = received.Place?.DnStatuses[d];
    if (receivedDn === undefined) return;
    if (receivedDn.Status !== dn.Status) found.push({ attribute: 'Status', name: receivedDn.Status });
    dn.Actions?.forEach((action, a) => {
      const name = receivedDn.Actions?.[a]?.Action;
      if (name !== undefined && name !== action.Action) found.push({ attribute: 'Action', name });
    });
  });
}
