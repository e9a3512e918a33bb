/** The translation table: what a situation becomes in the EX organisation. It is data, and a file may change rows. */
import { z } from 'zod';
import { type Situation, type SituationKind, situationKinds } from './situation.ts';

/** System presences of Genesys Cloud, spelled as in `GET /api/v2/presence/definitions`. */
export const presenceNames = [
  'Available',
  'Away',
  'Break',
  'Busy',
  'Idle',
  'Meal',
  'Meeting',
  'Offline',
  'OnQueue',
  'Training',
] as const;
export type PresenceName = (typeof presenceNames)[number];

/** Routing statuses, spelled as in `POST /api/v2/events/users/routingstatus`. */
export const routingStatuses = ['OffQueue', 'Idle', 'Interacting', 'Communicating', 'NotResponding'] as const;
export type RoutingStatus = (typeof routingStatuses)[number];

/** `byReason`: the presence that the not-ready reason maps to, `Busy` when it maps to none. */
export type Row =
  | 'unchanged'
  | { readonly presence: PresenceName | 'byReason'; readonly routingStatus: RoutingStatus };

export type StateTable = Readonly<Record<SituationKind, Row>>;

/**
 * Logged out and not ready are the published rows of the original product (docs.genesys.com, EXEC "Agent State Sync");
 * the others are the connector's own.
 *
 * @rule Logged out is Offline, not ready is the presence of its reason or Busy; ready, calls and after-call work are
 *   On Queue with their routing status.
 * @test agent.test.ts
 * @page docs/reference/agent-states.md
 * @page https://docs.genesys.com/Documentation/EXEC/latest/EXECDep/AgentSync
 */
export const defaultTable: StateTable = {
  loggedOut: { presence: 'Offline', routingStatus: 'OffQueue' },
  unknown: 'unchanged',
  notReady: { presence: 'byReason', routingStatus: 'OffQueue' },
  ready: { presence: 'OnQueue', routingStatus: 'Idle' },
  inboundCall: { presence: 'OnQueue', routingStatus: 'Interacting' },
  otherCallReady: { presence: 'OnQueue', routingStatus: 'Communicating' },
  otherCallNotReady: { presence: 'byReason', routingStatus: 'OffQueue' },
  ringingReady: { presence: 'OnQueue', routingStatus: 'Interacting' },
  ringingNotReady: 'unchanged',
  offHook: 'unchanged',
  afterCallWork: { presence: 'OnQueue', routingStatus: 'Interacting' },
  ringNoAnswer: { presence: 'OnQueue', routingStatus: 'NotResponding' },
};

/** Reasons as sites spell them, in lower case, and the presence they mean. */
export type ReasonMap = ReadonlyMap<string, PresenceName>;

export const defaultReasons: ReasonMap = new Map([
  ['break', 'Break'],
  ['meal', 'Meal'],
  ['meeting', 'Meeting'],
  ['training', 'Training'],
]);

export interface Translation {
  readonly table: StateTable;
  readonly reasons: ReasonMap;
}

/** The two things that are injected; together they are always one row of the table. */
export interface CloudState {
  readonly presence: PresenceName;
  readonly routingStatus: RoutingStatus;
}

/**
 * @rule Reasons are compared in any case; a file adds the names of the site.
 * @test table.test.ts: adds names of the site in any case
 * @page docs/reference/agent-states.md#reasons
 */
export function presenceOfReason(reasons: ReasonMap, reason: string | undefined): PresenceName | undefined {
  return reason === undefined ? undefined : reasons.get(reason.trim().toLowerCase());
}

/** What a situation becomes; undefined: what was injected before stays. */
export function translate(translation: Translation, situation: Situation): CloudState | undefined {
  const row = translation.table[situation.kind];
  if (row === 'unchanged') return undefined;
  const presence =
    row.presence === 'byReason'
      ? (presenceOfReason(translation.reasons, situation.reason) ?? 'Busy')
      : row.presence;
  return { presence, routingStatus: row.routingStatus };
}

const rowSchema = z.union([
  z.literal('unchanged'),
  z
    .strictObject({
      presence: z.enum([...presenceNames, 'byReason']),
      routingStatus: z.enum(routingStatuses),
    })
    .refine(
      ({ presence, routingStatus }) => (presence === 'OnQueue') === (routingStatus !== 'OffQueue'),
      'On Queue goes with a routing status other than OffQueue, every other presence with OffQueue',
    ),
]);

/** Content of `STATE_MAP_FILE`: only the rows that differ. */
export const stateMapSchema = z
  .partialRecord(z.enum(situationKinds), rowSchema)
  .transform((rows): StateTable => ({ ...defaultTable, ...rows }) as StateTable);

/** Content of `REASON_MAP_FILE`: reason name of the site to presence; added to the four built-in names. */
export const reasonMapSchema = z
  .record(z.string().trim().min(1).max(255), z.enum(presenceNames).exclude(['OnQueue']))
  .transform(
    (entries): ReasonMap =>
      new Map([
        ...defaultReasons,
        ...Object.entries(entries).map(([reason, presence]) => [reason.toLowerCase(), presence] as const),
      ]),
  );
