/** A telephone switch that exists only as a model: every verb changes its calls and tells what changed. */
import { randomUUID } from 'node:crypto';
import type { CallUuid } from '@exec/common/ids';
import * as agents from './agents.ts';
import { addParty, changeConnId, changeLinks, changeUserData, createCall } from './call-events.ts';
import * as queues from './queues.ts';
import { type AddressSnapshot, resyncFrames, snapshotOf } from './snapshots.ts';
import * as supervisors from './supervisors.ts';
import { type SwitchBehaviour, SwitchState, type TransferStyle } from './switch-state.ts';
import * as talking from './talking.ts';
import * as transfers from './transfers.ts';
import type {
  AgentSession,
  Call,
  DnType,
  Frame,
  InterSiteLink,
  KeyValueList,
  SupervisorMode,
  SwitchEvent,
} from './types.ts';

export interface SipSwitchOptions extends Partial<SwitchBehaviour> {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Same seed, same identifiers; default: never the same. */
  readonly seed?: string;
}

export interface InboundCall {
  readonly ani: string;
  readonly dnis: string;
  readonly userData?: KeyValueList | undefined;
  /** Where the call arrives: exactly one of the three. */
  readonly routingPoint?: string | undefined;
  readonly ivr?: string | undefined;
  readonly extension?: string | undefined;
  /** The call comes from another site: the links it shares with the call there, and that site's switch. */
  readonly from?: { readonly links: readonly InterSiteLink[]; readonly location: string } | undefined;
}

/** Every verb throws `simulator.impossible` when the switch's present state does not allow it. */
export class SipSwitch {
  readonly name: string;
  readonly #state: SwitchState;

  constructor(o: SipSwitchOptions) {
    this.name = o.name;
    this.#state = new SwitchState(o.name, o.now, o.seed ?? randomUUID(), {
      divertOnRinging: o.divertOnRinging ?? true,
      transferStyle: o.transferStyle ?? 'add',
    });
  }

  // Who listens, what is there

  /** Calls `listener` with every event, in the order of the server; the result ends it. */
  onEvent(listener: (event: SwitchEvent) => void): () => void {
    return this.#state.onEvent(listener);
  }

  /** Calls `listener` with the number whose agent or calls changed, after each verb. */
  onDnChange(listener: (dn: string) => void): () => void {
    return this.#state.onDnChange(listener);
  }

  addDn(number: string, type: DnType): void {
    this.#state.dns.set(number, type);
  }

  get dns(): ReadonlyMap<string, DnType> {
    return this.#state.dns;
  }

  get calls(): ReadonlyMap<CallUuid, Readonly<Call>> {
    return this.#state.calls;
  }

  /** Live calls with a party of this number. */
  callsAt(dn: string): ReadonlySet<Readonly<Call>> {
    return this.#state.callsAt(dn);
  }

  get sessions(): ReadonlyMap<string, Readonly<AgentSession>> {
    return this.#state.sessions;
  }

  snapshot(dn: string): AddressSnapshot | undefined {
    return snapshotOf(this.#state, dn);
  }

  resync(call: CallUuid): Frame[] {
    return resyncFrames(this.#state, call);
  }

  // Agents

  login(dn: string, agent: agents.AgentLogin): void {
    this.#state.verb(() => agents.login(this.#state, dn, agent));
  }

  logout(dn: string): void {
    this.#state.verb(() => agents.logout(this.#state, dn));
  }

  ready(dn: string): void {
    this.#state.verb(() => agents.ready(this.#state, dn));
  }

  notReady(dn: string, reasons: KeyValueList = {}): void {
    this.#state.verb(() => agents.notReady(this.#state, dn, reasons));
  }

  afterCallWork(dn: string, reasons: KeyValueList = {}): void {
    this.#state.verb(() => agents.afterCallWork(this.#state, dn, reasons));
  }

  // How calls begin

  inboundCall(o: InboundCall): CallUuid {
    return this.#state.verb(() => {
      const call = createCall(this.#state, { ...o, callType: 'Inbound' });
      if (o.from !== undefined) changeLinks(this.#state, call, o.from.links);
      const location = o.from?.location;
      addParty(this.#state, call, { dn: o.ani, type: 'External', state: 'Connected', location });
      if (o.routingPoint !== undefined) talking.route(this.#state, call, o.routingPoint);
      else if (o.ivr !== undefined)
        addParty(this.#state, call, { dn: o.ivr, type: 'IVR', state: 'Connected' });
      else if (o.extension !== undefined)
        addParty(this.#state, call, { dn: o.extension, type: 'Extension', state: 'Alerting' });
      return call.uuid;
    });
  }

  /** An agent dials: a number of this switch makes an internal call, any other an outbound one. */
  dial(from: string, to: string): CallUuid {
    return this.#state.verb(() => {
      const internal = this.#state.dns.has(to);
      const call = createCall(this.#state, {
        callType: internal ? 'Internal' : 'Outbound',
        dialedNumber: to,
      });
      addParty(this.#state, call, { dn: from, type: 'Extension', state: 'Dialing' });
      addParty(this.#state, call, { dn: to, type: internal ? 'Extension' : 'External', state: 'Alerting' });
      return call.uuid;
    });
  }

  /** The switch dials a customer on behalf of a queue; who answers is routed like a caller. */
  campaignCall(o: { readonly to: string; readonly userData?: KeyValueList | undefined }): CallUuid {
    return this.#state.verb(() => {
      const call = createCall(this.#state, {
        callType: 'Outbound',
        dialedNumber: o.to,
        userData: o.userData,
      });
      addParty(this.#state, call, { dn: o.to, type: 'External', state: 'Alerting' });
      return call.uuid;
    });
  }

  // Routing

  route(call: CallUuid, routingPoint: string): void {
    this.#on(call, (it) => talking.route(this.#state, it, routingPoint));
  }

  leaveIvr(call: CallUuid, routingPoint: string): void {
    this.#on(call, (it) => talking.leaveIvr(this.#state, it, routingPoint));
  }

  /** The call waits in one more virtual queue; answers with the VQID of this stay. */
  queue(call: CallUuid, virtualQueue: string, o: queues.QueueOptions = {}): string {
    return this.#on(call, (it) => queues.queue(this.#state, it, virtualQueue, o).vqId);
  }

  /** The target's telephone rings; queues of the call that did not choose it are told without a target. */
  divertTo(call: CallUuid, dn: string, o: queues.Delivery = {}): void {
    this.#on(call, (it) => queues.deliver(this.#state, it, dn, o));
  }

  divertWithoutTarget(call: CallUuid, virtualQueue: string): void {
    this.#on(call, (it) => queues.divertWithoutTarget(this.#state, it, virtualQueue));
  }

  redirectNoAnswer(call: CallUuid, dn: string, to?: string): void {
    this.#on(call, (it) => talking.redirectNoAnswer(this.#state, it, dn, to));
  }

  // Talking

  answer(call: CallUuid, dn: string): void {
    this.#on(call, (it) => talking.answer(this.#state, it, dn));
  }

  hold(call: CallUuid, dn: string): void {
    this.#on(call, (it) => talking.hold(this.#state, it, dn));
  }

  retrieve(call: CallUuid, dn: string): void {
    this.#on(call, (it) => talking.retrieve(this.#state, it, dn));
  }

  release(call: CallUuid, dn: string): void {
    this.#on(call, (it) => talking.release(this.#state, it, dn));
  }

  /** The caller hangs up while waiting, or while a telephone rings. */
  abandon(call: CallUuid, dn: string): void {
    this.#on(call, (it) => talking.abandon(this.#state, it, this.#state.party(it, dn)));
  }

  fail(call: CallUuid, dn: string, cause: 'Busy' | 'NoAnswer' | 'Reject'): void {
    this.#on(call, (it) => talking.fail(this.#state, it, dn, cause));
  }

  /** The call is deleted with its parties still in it. */
  drop(call: CallUuid): void {
    this.#on(call, (it) => talking.drop(this.#state, it));
  }

  mute(call: CallUuid, dn: string, muted: boolean): void {
    this.#on(call, (it) => supervisors.mute(this.#state, it, dn, muted));
  }

  deafen(call: CallUuid, dn: string, deaf: boolean): void {
    this.#on(call, (it) => supervisors.deafen(this.#state, it, dn, deaf));
  }

  // Consultation, transfer, conference

  consult(main: CallUuid, by: string, to: string): CallUuid {
    return this.#on(main, (it) => transfers.consult(this.#state, it, by, to).uuid);
  }

  consultQueue(main: CallUuid, by: string, routingPoint: string): CallUuid {
    return this.#on(main, (it) => transfers.consultQueue(this.#state, it, by, routingPoint).uuid);
  }

  completeTransfer(main: CallUuid, second: CallUuid, by: string, style?: TransferStyle): void {
    this.#on(main, (it) =>
      transfers.completeTransfer(this.#state, it, this.#state.call(second), by, this.#style(style)),
    );
  }

  reconnect(main: CallUuid, second: CallUuid, by: string): void {
    this.#on(main, (it) => transfers.reconnect(this.#state, it, this.#state.call(second), by));
  }

  /** Joins the second call into the first: a consultation, or another call of the same agent. */
  conference(main: CallUuid, second: CallUuid, by: string, style?: TransferStyle): void {
    this.#on(main, (it) =>
      transfers.conference(this.#state, it, this.#state.call(second), by, this.#style(style)),
    );
  }

  /** `location`: the switch of a target at another site. */
  singleStepTransfer(call: CallUuid, by: string, to: string, location?: string): void {
    this.#on(call, (it) => transfers.singleStepTransfer(this.#state, it, by, { dn: to, location }));
  }

  transferToRoutingPoint(call: CallUuid, by: string, routingPoint: string): void {
    this.#on(call, (it) => transfers.transferToRoutingPoint(this.#state, it, by, routingPoint));
  }

  move(from: CallUuid, to: CallUuid, dn: string): void {
    this.#on(from, (it) => transfers.move(this.#state, it, this.#state.call(to), dn));
  }

  // Supervisors

  supervisorJoin(call: CallUuid, o: supervisors.Supervision): void {
    this.#on(call, (it) => supervisors.supervisorJoin(this.#state, it, o));
  }

  supervisorMode(call: CallUuid, supervisor: string, mode: SupervisorMode): void {
    this.#on(call, (it) => supervisors.supervisorMode(this.#state, it, supervisor, mode));
  }

  supervisorLeave(call: CallUuid, supervisor: string): void {
    this.#on(call, (it) => supervisors.supervisorLeave(this.#state, it, supervisor));
  }

  // Data

  /** Adds to the attached data; the event carries the full new list. */
  attachData(call: CallUuid, data: KeyValueList): void {
    this.#on(call, (it) => changeUserData(this.#state, it, { ...it.userData, ...data }));
  }

  /** The desktop's message after the call: data the agent chose, tied by the call's ConnID, CallUUID or both. */
  dispositionAfterRelease(
    dn: string,
    call: CallUuid,
    data: KeyValueList,
    tie: 'both' | 'connId' | 'none' = 'both',
  ): void {
    this.#state.requireDn(dn, 'Extension', 'ACDPosition');
    this.#state.emit('extensions', dn, 'EventUserEvent', {
      ConnID: tie === 'none' ? undefined : this.#state.connIdOf(call),
      CallUUID: tie === 'both' ? call : undefined,
      UserData: data,
    });
  }

  /** Ties the call to calls of other sites by the same LinkId. */
  linkSites(call: CallUuid, links: readonly InterSiteLink[]): void {
    this.#on(call, (it) => changeLinks(this.#state, it, links));
  }

  /** The call goes on under a new ConnID. */
  changeConnId(call: CallUuid): void {
    this.#on(call, (it) => changeConnId(this.#state, it, this.#state.ids.connId()));
  }

  #style(style: TransferStyle | undefined): TransferStyle {
    return style ?? this.#state.behaviour.transferStyle;
  }

  #on<Result>(call: CallUuid, run: (call: Call) => Result): Result {
    return this.#state.verb(() => run(this.#state.call(call)));
  }
}
