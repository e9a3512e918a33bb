/** Every metric that the link may create. */
import { type MachineMetrics, machineMetrics } from '@exec/common/machine';
import { Counter, Gauge, type Registry } from '@exec/common/metrics';
import { type NamedAttribute, namedAttributes, receivedMessages } from './wire/index.ts';

/** Why a frame that was in order went to nobody. */
export const dropReasons = [
  'unknown-event',
  'invalid-attributes',
  'time-out-of-bounds',
  'text-too-long',
  'not-registered',
  'late-answer',
  'unknown-statistic',
  'replaced-connection',
] as const;
export type DropReason = (typeof dropReasons)[number];

export interface EngageLinkMetrics {
  /** Counts the transitions of connections and pairs. */
  readonly machines: MachineMetrics;
  /** Makes the series of a server appear before anything happened. */
  register(server: string): void;
  up(server: string, usable: boolean): void;
  reconnect(server: string): void;
  received(message: string): void;
  protocolError(): void;
  dropped(reason: DropReason): void;
  unknownName(attribute: NamedAttribute): void;
}

const OTHER = 'other';

/** One per registry: all clients of a service share it. */
export function engageLinkMetrics(registry: Registry): EngageLinkMetrics {
  const registers = [registry];
  const up = new Gauge({
    name: 'exec_engage_link_up',
    help: 'Whether the server is usable: connected, registered, primary, and for a SIP Server linked to its switch',
    labelNames: ['server'],
    registers,
  });
  const reconnects = new Counter({
    name: 'exec_engage_link_reconnects_total',
    help: 'Attempts to connect to the server, apart from the very first of its client',
    labelNames: ['server'],
    registers,
  });
  const frames = new Counter({
    name: 'exec_engage_link_frames_total',
    help: 'Frames received, by message; unknown messages are counted as "other"',
    labelNames: ['message'],
    registers,
  });
  const protocolErrors = new Counter({
    name: 'exec_engage_link_protocol_errors_total',
    help: 'Lines that broke the framing; each closed its connection',
    registers,
  });
  const dropped = new Counter({
    name: 'exec_engage_link_dropped_frames_total',
    help: 'Frames received that nobody was waiting for or could read',
    labelNames: ['reason'],
    registers,
  });
  const unknownNames = new Counter({
    name: 'exec_engage_link_unknown_names_total',
    help: 'Enumeration names received that Engage Link does not have, by attribute',
    labelNames: ['attribute'],
    registers,
  });
  for (const attribute of namedAttributes) unknownNames.inc({ attribute }, 0);
  for (const message of [...receivedMessages, OTHER]) frames.inc({ message }, 0);
  for (const reason of dropReasons) dropped.inc({ reason }, 0);
  return {
    machines: machineMetrics(registry),
    register(server) {
      up.set({ server }, 0);
      reconnects.inc({ server }, 0);
    },
    up: (server, usable) => up.set({ server }, usable ? 1 : 0),
    reconnect: (server) => reconnects.inc({ server }),
    received: (message) => frames.inc({ message: receivedMessages.has(message) ? message : OTHER }),
    protocolError: () => protocolErrors.inc(),
    dropped: (reason) => dropped.inc({ reason }),
    unknownName: (attribute) => unknownNames.inc({ attribute }),
  };
}
