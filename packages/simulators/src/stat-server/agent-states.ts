/** What Stat Server knows of every agent: fed by scripts or by a switch, read as the value of a statistic. */
import { ExecError } from '@exec/common/errors';
import type { AgentStatus, KeyValueList, StatusName } from '@exec/engage-link/wire';
import {
  actionsOf,
  type BaseAction,
  type DnCondition,
  type ExtraAction,
  type PhoneCall,
  seconds,
  type Watch,
} from './conditions.ts';
import { highest, statusOf } from './priorities.ts';

export interface AgentStatesOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The action WaitForNextCall is listed also while there is a call. Default false. */
  readonly waitsDuringCalls?: boolean;
}

export type Subject = 'DNStatus' | 'DNAction';

/** Which of an agent's two values changed. */
export interface AgentChange {
  readonly employeeId: string;
  readonly status: boolean;
  readonly actions: boolean;
}

interface Since {
  readonly status: StatusName;
  readonly since: number;
}

interface Agent {
  readonly employeeId: string;
  loginId: string;
  placeId: string;
  readonly dns: Map<string, DnCondition>;
  /** The present status of the agent (key '') and of each number: when it began. */
  readonly since: Map<string, Since>;
  override: AgentStatus | undefined;
  notified: { status: string; actions: string };
}

/** Every verb throws `simulator.impossible` for an agent or number that is not there. */
export class AgentStates {
  readonly #o: AgentStatesOptions;
  readonly #agents = new Map<string, Agent>();
  readonly #watches = new Map<string, { readonly watch: Watch; readonly since: number }>();
  readonly #listeners = new Set<(change: AgentChange) => void>();

  constructor(o: AgentStatesOptions) {
    this.#o = o;
  }

  onChange(listener: (change: AgentChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** An agent of the configuration, logged out. */
  addAgent(employeeId: string): void {
    if (this.#agents.has(employeeId)) return;
    const agent: Agent = {
      employeeId,
      loginId: '',
      placeId: '',
      dns: new Map(),
      since: new Map(),
      override: undefined,
      notified: { status: '', actions: '' },
    };
    this.#agents.set(employeeId, agent);
    this.#refresh(agent);
    agent.notified = notified(this.#values(agent));
  }

  /** Its statistics stay open but tell nothing more; a new opening is refused. */
  removeAgent(employeeId: string): void {
    this.#agents.delete(employeeId);
  }

  get employeeIds(): readonly string[] {
    return [...this.#agents.keys()];
  }

  has(employeeId: string): boolean {
    return this.#agents.has(employeeId);
  }

  /** The value of a statistic, or undefined for an agent who is not there. */
  value(employeeId: string, subject: Subject): AgentStatus | undefined {
    const agent = this.#agents.get(employeeId);
    if (agent === undefined) return undefined;
    return subject === 'DNStatus' ? withoutActions(this.#values(agent)) : this.#values(agent);
  }

  // Verbs. `dn`: which of the agent's numbers; default: the first.

  login(
    employeeId: string,
    o: {
      readonly dn: string;
      readonly switchName: string;
      readonly loginId: string;
      readonly placeId?: string;
    },
  ): void {
    this.#change(employeeId, (agent) => {
      agent.loginId = o.loginId;
      agent.placeId = o.placeId ?? `Place_${o.dn}`;
      agent.dns.set(o.dn, {
        dn: o.dn,
        switchName: o.switchName,
        base: { action: 'NotReadyForNextCall', since: this.#o.now() },
        calls: [],
      });
    });
  }

  /** From one number, or from all. */
  logout(employeeId: string, dn?: string): void {
    this.#change(employeeId, (agent) => {
      if (dn === undefined) agent.dns.clear();
      else agent.dns.delete(dn);
    });
  }

  ready(employeeId: string, dn?: string): void {
    this.base(employeeId, 'WaitForNextCall', {}, dn);
  }

  notReady(employeeId: string, reasons: KeyValueList = {}, dn?: string): void {
    this.base(employeeId, 'NotReadyForNextCall', reasons, dn);
  }

  afterCallWork(employeeId: string, reasons: KeyValueList = {}, dn?: string): void {
    this.base(employeeId, 'AfterCallWork', reasons, dn);
  }

  /** A change of the reasons alone does not begin the action anew. */
  base(employeeId: string, action: BaseAction, reasons: KeyValueList = {}, dn?: string): void {
    this.#changeDn(employeeId, dn, (condition) => {
      const since = condition.base.action === action ? condition.base.since : this.#o.now();
      return { ...condition, base: { action, since, reasons } };
    });
  }

  /** Begins a call or brings it into another state; known by its ConnID. */
  call(employeeId: string, call: Pick<PhoneCall, 'connId' | 'type' | 'state'>, dn?: string): void {
    this.#changeDn(employeeId, dn, (condition) => {
      const before = condition.calls.find((one) => one.connId === call.connId);
      const since = before?.state === call.state ? before.since : this.#o.now();
      const talks = call.state === 'Connected' || call.state === 'Held';
      const connectedSince = talks ? (before?.connectedSince ?? since) : undefined;
      const next: PhoneCall = { ...call, since, connectedSince };
      return { ...condition, calls: [...condition.calls.filter((one) => one !== before), next] };
    });
  }

  endCall(employeeId: string, connId: string, dn?: string): void {
    this.#changeDn(employeeId, dn, (condition) => ({
      ...condition,
      calls: condition.calls.filter((one) => one.connId !== connId),
    }));
  }

  /** Begins or ends an action that is no call. */
  extra(employeeId: string, action: ExtraAction['action'], on: boolean, dn?: string): void {
    this.#changeDn(employeeId, dn, (condition) => {
      const others = (condition.extra ?? []).filter((one) => one.action !== action);
      return { ...condition, extra: on ? [...others, { action, since: this.#o.now() }] : others };
    });
  }

  /** The whole condition of one number, as a switch or a channel knows it. */
  set(employeeId: string, loginId: string, condition: DnCondition): void {
    this.#change(employeeId, (agent) => {
      if (agent.dns.size === 0) agent.placeId = `Place_${condition.dn}`;
      agent.loginId = loginId;
      agent.dns.set(condition.dn, condition);
    });
  }

  /** Stat Server loses or finds the switch: every number of it is told so. */
  watch(switchName: string, watch: Watch): void {
    this.#watches.set(switchName, { watch, since: this.#o.now() });
    for (const agent of this.#agents.values()) this.#refresh(agent);
  }

  /** Any value at all in place of the computed one, until it is given back with undefined. */
  override(employeeId: string, value: AgentStatus | undefined): void {
    this.#change(employeeId, (agent) => {
      agent.override = value;
    });
  }

  /** Tells the present values once more, as Stat Servers sometimes do. */
  repeat(employeeId: string): void {
    if (this.#agents.has(employeeId)) this.#tell({ employeeId, status: true, actions: true });
  }

  #change(employeeId: string, run: (agent: Agent) => void): void {
    const agent = this.#agents.get(employeeId);
    if (agent === undefined)
      throw new ExecError('simulator.impossible', `Stat Server does not know agent ${employeeId}`);
    run(agent);
    this.#refresh(agent);
  }

  #changeDn(employeeId: string, dn: string | undefined, run: (condition: DnCondition) => DnCondition): void {
    this.#change(employeeId, (agent) => {
      const number = dn ?? [...agent.dns.keys()][0];
      const condition = number === undefined ? undefined : agent.dns.get(number);
      if (condition === undefined)
        throw new ExecError(
          'simulator.impossible',
          `${employeeId} is not logged in at ${number ?? 'any number'}`,
        );
      agent.dns.set(condition.dn, run(condition));
    });
  }

  /** Finds when each status began, and tells what changed. */
  #refresh(agent: Agent): void {
    const now = this.#o.now();
    const keep = (key: string, status: StatusName) => {
      if (agent.since.get(key)?.status !== status) agent.since.set(key, { status, since: now });
    };
    const statuses: StatusName[] = [];
    for (const condition of agent.dns.values()) {
      const status = statusOf(this.#actions(condition));
      keep(condition.dn, status);
      statuses.push(status);
    }
    for (const key of agent.since.keys()) if (key !== '' && !agent.dns.has(key)) agent.since.delete(key);
    keep('', statuses.length === 0 ? 'LoggedOut' : highest(statuses));
    const before = agent.notified;
    agent.notified = notified(this.#values(agent));
    const change = {
      employeeId: agent.employeeId,
      status: before.status !== agent.notified.status,
      actions: before.actions !== agent.notified.actions,
    };
    if (before.status !== '' && (change.status || change.actions)) this.#tell(change);
  }

  #tell(change: AgentChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #actions(condition: DnCondition) {
    const watch = this.#watches.get(condition.switchName) ?? { watch: 'watched' as const, since: 0 };
    return actionsOf(condition, watch, this.#o.waitsDuringCalls ?? false);
  }

  #values(agent: Agent): AgentStatus {
    if (agent.override !== undefined) return agent.override;
    const status = agent.since.get('');
    const value = {
      AgentId: agent.employeeId,
      LoginId: agent.loginId,
      Status: status?.status ?? 'LoggedOut',
      Time: seconds(status?.since ?? 0),
    };
    if (agent.dns.size === 0) return { ...value, Place: null };
    const dns = [...agent.dns.values()].map((condition) => ({
      DN: condition.dn,
      SwitchId: condition.switchName,
      Status: agent.since.get(condition.dn)?.status ?? ('OnHook' as const),
      Time: seconds(agent.since.get(condition.dn)?.since ?? 0),
      Actions: this.#actions(condition),
    }));
    return { ...value, Place: { PlaceId: agent.placeId, DnStatuses: dns } };
  }
}

function withoutActions(value: AgentStatus): AgentStatus {
  if (value.Place === null || value.Place === undefined) return value;
  const dns = value.Place.DnStatuses.map(({ Actions: _, ...rest }) => rest);
  return { ...value, Place: { ...value.Place, DnStatuses: dns } };
}

function notified(value: AgentStatus): { status: string; actions: string } {
  return { status: JSON.stringify(withoutActions(value)), actions: JSON.stringify(value) };
}
