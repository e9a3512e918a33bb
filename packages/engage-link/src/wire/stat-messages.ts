/** Requests and events of a Stat Server, with the agent status tree that a statistic's value is. */
import { z } from 'zod';
import { openingEvents } from './handshake.ts';
import { attributes, keyValueList, nameOf, referenceId } from './values.ts';

export const statusNames = [
  'NotMonitored',
  'Monitored',
  'LoggedIn',
  'LoggedOut',
  'OnHook',
  'WaitForNextCall',
  'OffHook',
  'CallDialing',
  'CallRinging',
  'NotReadyForNextCall',
  'AfterCallWork',
  'CallOnHold',
  'ASM_Engaged',
  'ASM_Outbound',
  'CallUnknown',
  'CallConsult',
  'CallInternal',
  'CallOutbound',
  'CallInbound',
] as const;
/** Status of an agent or DN, or an action on one; `Unknown` is any name that Engage Link does not have. */
export type StatusName = (typeof statusNames)[number] | 'Unknown';

export const statisticCategories = ['CurrentState', 'CurrentStateReasons'] as const;
export type StatisticCategory = (typeof statisticCategories)[number];

const statistic = {
  StatisticObject: attributes({
    /** Employee ID of the person. */
    ObjectId: z.string().min(1),
    ObjectType: z.literal('Agent'),
    TenantName: z.string(),
    TenantPassword: z.string().optional(),
  }),
  StatisticMetric: attributes({
    Category: z.enum(statisticCategories),
    Subject: z.enum(['DNStatus', 'DNAction']),
    MainMask: z.literal('*'),
  }),
  Notification: attributes({ Mode: z.literal('Immediate') }),
};

export const statRequests = {
  RequestOpenStatistic: attributes({ ReferenceID: referenceId, ...statistic }),
  /** StatisticId is the ReferenceID of the opening. */
  RequestCloseStatistic: attributes({ ReferenceID: referenceId, StatisticId: referenceId }),
} as const;

const statusName = nameOf(statusNames, 'Unknown');
/** Whole seconds since 1970 UTC: when the status or action began. */
const since = z.int().min(0);

const action = attributes({
  Action: statusName,
  Time: since,
  ConnectionId: z.string().optional(),
  Reasons: keyValueList.optional(),
});
const dnStatus = attributes({
  DN: z.string(),
  SwitchId: z.string().optional(),
  Status: statusName,
  Time: since,
  /** Every durable action in progress; absent with the subject DNStatus. */
  Actions: z.array(action).optional(),
});
const agentStatus = attributes({
  AgentId: z.string().min(1),
  LoginId: z.string().nullish(),
  Status: statusName,
  Time: since,
  /** Null when the agent is logged out. */
  Place: attributes({ PlaceId: z.string().optional(), DnStatuses: z.array(dnStatus).default([]) }).nullish(),
});

export const statEvents = {
  ...openingEvents,
  EventStatisticOpened: attributes({ ReferenceID: referenceId }),
  EventStatisticClosed: attributes({
    ReferenceID: referenceId.optional(),
    StatisticId: referenceId.optional(),
  }),
  /** ReferenceID is that of the opening. */
  EventInfo: attributes({ ReferenceID: referenceId, ObjectValue: agentStatus }),
} as const;

export type StatRequestName = keyof typeof statRequests;
export type StatRequestAttributes = { [Name in StatRequestName]: z.output<(typeof statRequests)[Name]> };
export type StatEventName = keyof typeof statEvents;
export type StatEventAttributes = { [Name in StatEventName]: z.output<(typeof statEvents)[Name]> };
/** A checked frame of a Stat Server. */
export type StatEvent = {
  [Name in StatEventName]: { readonly message: Name; readonly attributes: StatEventAttributes[Name] };
}[StatEventName];

/** What to watch: a RequestOpenStatistic without its ReferenceID. */
export type Statistic = Omit<StatRequestAttributes['RequestOpenStatistic'], 'ReferenceID'>;
/** Value of an agent's statistic. */
export type AgentStatus = z.output<typeof agentStatus>;
export type DnStatus = z.output<typeof dnStatus>;
export type AgentAction = z.output<typeof action>;

/** One of the two statistics that are opened for an agent. */
export function agentStatistic(agent: {
  readonly employeeId: string;
  readonly tenantName: string;
  readonly tenantPassword?: string;
  readonly category: StatisticCategory;
}): Statistic {
  const { employeeId, tenantName, tenantPassword, category } = agent;
  return {
    StatisticObject: {
      ObjectId: employeeId,
      ObjectType: 'Agent',
      TenantName: tenantName,
      ...(tenantPassword === undefined ? {} : { TenantPassword: tenantPassword }),
    },
    StatisticMetric: {
      Category: category,
      Subject: category === 'CurrentState' ? 'DNStatus' : 'DNAction',
      MainMask: '*',
    },
    Notification: { Mode: 'Immediate' },
  };
}
