/**
 * The scenarios as files: what each connection of Engage Link carries (the golden frames), and the same as a real server's
 * SDK would have it (native form), which `bridge selftest` turns into frames again. One JSON object a line; the same text
 * each time.
 */
import {
  produce,
  type Recorded,
  type RecordedValue,
  record,
  type Scenario,
} from '@exec/simulators/scenarios';
import type { SipSwitch } from '@exec/simulators/sip-server';
import { nativeMessage, nativeSnapshot, nativeStatus } from './native-form.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** One line: a frame of one connection, or what becomes of all connections. */
export type ScenarioLine =
  | { readonly connections: 'lost' | 'back' }
  | {
      /** Absent on the statistics, which know of no site. */
      readonly site?: string;
      readonly connection: 'calls' | 'queues' | 'extensions' | 'statistics';
      /** Of a statistic. */
      readonly subject?: RecordedValue['subject'];
      readonly message: string;
      readonly attributes: Attributes;
    };

export interface ScenarioFiles {
  readonly frames: readonly ScenarioLine[];
  /** Line by line the same, with the attributes as the SDK has them. */
  readonly native: readonly ScenarioLine[];
}

/**
 * Starts with all addresses registered, monitoring started, no live calls. Events stand in the order of the servers, the
 * statistics behind them. ReferenceID is left out: the client chooses it.
 */
export function scenarioFiles(scenario: Scenario): ScenarioFiles {
  const { recorded, values, switches } = record(produce([scenario]), { seed: 'golden' });
  const frames = recorded.flatMap((one) => linesOf(one, switches));
  const statistics = values.map(
    ({ subject, value }): ScenarioLine => ({
      connection: 'statistics',
      subject,
      message: 'EventInfo',
      attributes: { ObjectValue: value },
    }),
  );
  const all = [...afterReturn(frames), ...statistics];
  return { frames: all, native: all.map(native) };
}

export function linesText(lines: readonly ScenarioLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function linesOf(one: Recorded, switches: ReadonlyMap<string, SipSwitch>): ScenarioLine[] {
  if (one.kind === 'lost') return [{ connections: 'lost' }];
  if (one.kind === 'event') {
    const { site, stream, frame } = one.event;
    return [{ site, connection: stream, message: frame.message, attributes: defined(frame.attributes) }];
  }
  const { site, registered, resync } = one;
  const dns = switches.get(site)?.dns;
  const frameOf = (message: string, attributes: Attributes): ScenarioLine => ({
    site,
    connection: 'calls',
    message,
    attributes,
  });
  return [
    frameOf('EventACK', { Extensions: { Resync: 1 } }),
    ...resync.map(({ message, attributes }) => frameOf(message, defined(attributes))),
    frameOf('EventACK', { Extensions: { ResyncDone: 1 } }),
    ...registered.map(({ message, attributes }): ScenarioLine => {
      const queue = dns?.get(String(attributes.ThisDN)) === 'VirtualQueue';
      return { site, connection: queue ? 'queues' : 'extensions', message, attributes };
    }),
  ];
}

/** All sites are back at once: one line says so. */
function afterReturn(lines: readonly ScenarioLine[]): ScenarioLine[] {
  const all: ScenarioLine[] = [];
  let away = false;
  for (const line of lines) {
    if ('connections' in line) away = true;
    else if (away) {
      all.push({ connections: 'back' });
      away = false;
    }
    all.push(line);
  }
  return all;
}

/** Without the keys that JSON leaves out. */
function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function native(line: ScenarioLine): ScenarioLine {
  if ('connections' in line) return line;
  const { message, attributes } = line;
  switch (message) {
    case 'EventInfo':
      return { ...line, attributes: { StateValue: nativeStatus(attributes.ObjectValue) } };
    case 'EventRegistered':
      return {
        ...line,
        attributes: { ...attributes, Extensions: nativeSnapshot(attributes.Extensions as Attributes) },
      };
    // Resync and ResyncDone are the bridge's own.
    case 'EventACK':
      return { ...line, attributes: {} };
    default: {
      const { Extensions, ...rest } = attributes as { Extensions?: Attributes };
      const { Resync: _, ...kept } = Extensions ?? {};
      const own = Object.keys(kept).length === 0 ? rest : { ...rest, Extensions: kept };
      return { ...line, ...nativeMessage(message, own) };
    }
  }
}
