/** A history in the order in which the invariants ask for it. */
import type {
  AgentEntry,
  AnsweredEntry,
  DecidedEntry,
  Entry,
  FaultEntry,
  ForeignEntry,
  MappingEntry,
  NamesEntry,
  ProcessEntry,
  ScriptEntry,
  ServiceEntry,
} from '../history/entries.ts';
import { type Conversation, conversationOf } from './conversation.ts';
import { type Gap, gapsOf } from './gaps.ts';

/** `lost`: something that happened is missing. `double`: something is there twice. `wrong`: everything else. */
export interface Finding {
  readonly kind: 'lost' | 'double' | 'wrong';
  /** Name of the invariant. */
  readonly invariant: string;
  /** Conversation, agent or object it is about. */
  readonly about: string;
  readonly text: string;
}

export interface Facts {
  /** In the order of the cloud's decisions. */
  readonly decided: readonly DecidedEntry[];
  readonly answered: readonly AnsweredEntry[];
  readonly scripts: readonly ScriptEntry[];
  /** What the cloud holds, built from what it accepted. */
  readonly conversations: readonly Conversation[];
  readonly agents: readonly AgentEntry[];
  readonly faults: readonly FaultEntry[];
  readonly processes: readonly ProcessEntry[];
  readonly names: NamesEntry;
  readonly foreign: readonly ForeignEntry[];
  readonly mapping: readonly MappingEntry[];
  readonly services: readonly ServiceEntry[];
  /** Times in which no instance saw everything, and those that a fault may cost. */
  readonly gaps: readonly Gap[];
}

const noNames: NamesEntry = { what: 'names', at: 0, users: {}, queues: {}, wrapupCodes: {}, presences: {} };

export function factsOf(entries: readonly Entry[]): Facts {
  const of = <What extends Entry['what']>(what: What) =>
    entries.filter((entry): entry is Extract<Entry, { what: What }> => entry.what === what);
  const decided = of('decided');
  const names = of('names').at(-1) ?? noNames;
  const byConversation = Map.groupBy(
    decided.filter(({ outcome, kind }) => outcome === 'accepted' && !isAgentState(kind)),
    ({ subject }) => subject,
  );
  return {
    decided,
    answered: of('answered'),
    scripts: of('script'),
    conversations: [...byConversation].map(([id, events]) => conversationOf(id, events, names)),
    agents: of('agent'),
    faults: of('fault'),
    processes: of('process'),
    names,
    foreign: of('foreign'),
    mapping: of('mapping'),
    services: of('service'),
    gaps: gapsOf(entries),
  };
}

export function isAgentState(kind: string): boolean {
  return kind === 'userPresence' || kind === 'userRoutingStatus';
}
