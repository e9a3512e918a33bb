/** What is true at one telephone or channel of an agent, and the durable actions that follow from it. */
import type { AgentAction, KeyValueList, StatusName } from '@exec/engage-link/wire';

export type PhoneCallType = 'Inbound' | 'Outbound' | 'Internal' | 'Consult' | 'Unknown';

export interface PhoneCall {
  readonly connId: string;
  readonly type: PhoneCallType;
  readonly state: 'Dialing' | 'Ringing' | 'Connected' | 'Held';
  /** Milliseconds since 1970 at which `state` began. */
  readonly since: number;
  /** Milliseconds since 1970 of the first connection; needed while held. */
  readonly connectedSince?: number | undefined;
}

/** What an agent does beside calls; `LoggedIn`: a log-in without a state, `OnHook`: idle without agent state. */
export type BaseAction = 'WaitForNextCall' | 'NotReadyForNextCall' | 'AfterCallWork' | 'LoggedIn' | 'OnHook';

export interface Base {
  readonly action: BaseAction;
  readonly since: number;
  readonly reasons?: KeyValueList | undefined;
}

/** An action that follows from nothing else here: the handset is lifted, a dialler has the agent. */
export interface ExtraAction {
  readonly action: 'OffHook' | 'ASM_Engaged' | 'ASM_Outbound';
  readonly since: number;
}

/** Whether Stat Server gets data about the number. */
export type Watch = 'watched' | 'NotMonitored' | 'Monitored';

export interface DnCondition {
  readonly dn: string;
  readonly switchName: string;
  readonly base: Base;
  readonly calls: readonly PhoneCall[];
  readonly extra?: readonly ExtraAction[];
}

/**
 * Every durable action in progress. Waiting for a call ends when there is one, unless `waitsDuringCalls`; not ready
 * and after-call work go on beside a call.
 */
export function actionsOf(
  condition: DnCondition,
  watch: { readonly watch: Watch; readonly since: number },
  waitsDuringCalls: boolean,
): AgentAction[] {
  if (watch.watch !== 'watched') return [{ Action: watch.watch, Time: seconds(watch.since) }];
  const { base, calls, extra = [] } = condition;
  const waiting = base.action === 'WaitForNextCall' || base.action === 'OnHook';
  const actions: AgentAction[] = [];
  if (!waiting || calls.length === 0 || waitsDuringCalls) {
    const reasons =
      base.reasons === undefined || Object.keys(base.reasons).length === 0 ? undefined : base.reasons;
    actions.push({
      Action: base.action,
      Time: seconds(base.since),
      ...(reasons === undefined ? {} : { Reasons: reasons }),
    });
  }
  for (const one of extra) actions.push({ Action: one.action, Time: seconds(one.since) });
  for (const call of calls) actions.push(...callActions(call));
  return actions;
}

function callActions(call: PhoneCall): AgentAction[] {
  const action = (name: StatusName, since: number): AgentAction => ({
    Action: name,
    Time: seconds(since),
    ConnectionId: call.connId,
  });
  switch (call.state) {
    case 'Dialing':
      return [action('CallDialing', call.since)];
    case 'Ringing':
      return [action('CallRinging', call.since)];
    case 'Connected':
      return [action(talkingActions[call.type], call.connectedSince ?? call.since)];
    case 'Held':
      return [
        action(talkingActions[call.type], call.connectedSince ?? call.since),
        action('CallOnHold', call.since),
      ];
  }
}

const talkingActions = {
  Inbound: 'CallInbound',
  Outbound: 'CallOutbound',
  Internal: 'CallInternal',
  Consult: 'CallConsult',
  Unknown: 'CallUnknown',
} as const satisfies Record<PhoneCallType, StatusName>;

/** Stat Server's times are whole seconds since 1970 UTC. */
export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
