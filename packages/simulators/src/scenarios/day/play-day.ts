/** Plays a planned day on a switch, in real time, and says what it must have become. */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { CallUuid } from '@exec/common/ids';
import type { SipSwitch } from '../../sip-server/index.ts';
import { serviceNumber } from '../script/stage.ts';
import { DayBook } from './day-book.ts';
import type { DayMoment, DayPlan } from './plan-day.ts';

export interface DayAgent {
  readonly employeeId: string;
  readonly loginCode: string;
  readonly dn: string;
}

/** The part of a contact centre that a day needs; as many agents and queues as the plan has. */
export interface DayCentre {
  readonly agents: readonly DayAgent[];
  /** Numbers of virtual queues. */
  readonly queues: readonly string[];
  readonly routingPoint: string;
}

interface LiveCall {
  readonly uuid: CallUuid;
  readonly ani: string;
  queue: string | undefined;
  agent: DayAgent | undefined;
}

export interface PlayDayOptions {
  readonly clock: Clock;
  readonly switch: SipSwitch;
  readonly centre: DayCentre;
  readonly signal?: AbortSignal;
  /** Called after each moment with the number of moments that are done. */
  readonly onProgress?: (done: number) => void;
  /** Keeps this day's callers apart from those of another one. */
  readonly firstCaller?: number;
}

/** Resolves with the account of the day when its last moment is over; rejects when the signal is aborted. */
export async function playDay(plan: DayPlan, o: PlayDayOptions): Promise<DayBook> {
  const { clock } = o;
  const player = new DayPlayer(plan, o);
  const begin = clock.monotonic();
  let done = 0;
  for (const moment of plan.moments) {
    const wait = begin + moment.at - clock.monotonic();
    if (wait > 0) await clock.sleep(wait, o.signal);
    o.signal?.throwIfAborted();
    player.play(moment);
    done += 1;
    o.onProgress?.(done);
  }
  return player.book;
}

/** Numbers of no country; scenarios use those below. */
const firstCallerNumber = 50_000_000;

class DayPlayer {
  readonly book = new DayBook();
  readonly #o: PlayDayOptions;
  readonly #calls = new Map<number, LiveCall>();

  constructor(plan: DayPlan, o: PlayDayOptions) {
    if (o.centre.agents.length < plan.options.agents || o.centre.queues.length < plan.options.queues)
      throw new ExecError(
        'simulator.impossible',
        'the plan has more agents or queues than the contact centre',
      );
    this.#o = o;
    const now = o.clock.now();
    for (const { employeeId } of o.centre.agents.slice(0, plan.options.agents))
      this.book.state(employeeId, now, 'LoggedOut');
  }

  play(moment: DayMoment): void {
    if ('agent' in moment && moment.does !== 'ring') this.#playAgent(moment);
    else this.#playCall(moment);
  }

  #playAgent(moment: Extract<DayMoment, { agent: number }>): void {
    const agent = this.#agent(moment.agent);
    const { employeeId, dn } = agent;
    const at = this.#o.clock.now();
    const on = this.#o.switch;
    switch (moment.does) {
      case 'login':
        on.login(dn, { agentId: agent.loginCode, employeeId });
        this.book.state(employeeId, at, 'NotReady');
        return;
      case 'ready':
        on.ready(dn);
        this.book.state(employeeId, at, 'Ready');
        return;
      case 'notReady':
        on.notReady(dn, { ReasonCode: moment.reason });
        this.book.state(employeeId, at, 'NotReady', moment.reason);
        return;
      case 'afterCallWork':
        on.afterCallWork(dn);
        this.book.state(employeeId, at, 'AfterCallWork');
        return;
      case 'logout':
        on.logout(dn);
        this.book.state(employeeId, at, 'LoggedOut');
        return;
      case 'ring':
        return;
    }
  }

  #playCall(
    moment: Exclude<DayMoment, { does: 'login' | 'ready' | 'notReady' | 'afterCallWork' | 'logout' }>,
  ): void {
    const on = this.#o.switch;
    const at = this.#o.clock.now();
    if (moment.does === 'callIn') {
      this.#callIn(moment.call, at);
      return;
    }
    const call = this.#call(moment.call);
    switch (moment.does) {
      case 'queue':
        call.queue = this.#o.centre.queues[moment.queue] ?? '';
        on.queue(call.uuid, call.queue);
        this.book.established(call.uuid, `queue:${call.queue}`, at, 'established');
        return;
      case 'ring':
        this.#ring(call, this.#agent(moment.agent), at);
        return;
      case 'answer':
        on.answer(call.uuid, dnOf(call));
        this.book.step(call.uuid, userOf(call), at, 'answered');
        return;
      case 'hold':
        on.hold(call.uuid, dnOf(call));
        this.book.step(call.uuid, userOf(call), at, 'held');
        return;
      case 'retrieve':
        on.retrieve(call.uuid, dnOf(call));
        this.book.step(call.uuid, userOf(call), at, 'retrieved');
        return;
      case 'abandon':
        on.abandon(call.uuid, call.ani);
        this.book.step(call.uuid, `queue:${call.queue ?? ''}`, at, 'ended:Peer');
        this.book.step(call.uuid, 'external', at, 'ended:Self');
        return;
      case 'hangUp':
        on.release(call.uuid, moment.by === 'customer' ? call.ani : dnOf(call));
        this.book.step(call.uuid, 'external', at, moment.by === 'customer' ? 'ended:Self' : 'ended:Peer');
        this.book.step(call.uuid, userOf(call), at, moment.by === 'customer' ? 'ended:Peer' : 'ended:Self');
        return;
      case 'disposition':
        on.dispositionAfterRelease(dnOf(call), call.uuid, { DispositionCode: moment.code });
        this.book.step(call.uuid, userOf(call), at, `disposition:${moment.code}`);
    }
  }

  #callIn(number: number, at: number): void {
    const ani = `+999${firstCallerNumber + (this.#o.firstCaller ?? 0) + number}`;
    const { routingPoint } = this.#o.centre;
    const uuid = this.#o.switch.inboundCall({ ani, dnis: serviceNumber, routingPoint });
    this.#calls.set(number, { uuid, ani, queue: undefined, agent: undefined });
    this.book.established(uuid, 'external', at, 'established', { number: ani, inbound: true });
  }

  #ring(call: LiveCall, agent: DayAgent, at: number): void {
    call.agent = agent;
    this.#o.switch.divertTo(call.uuid, agent.dn, { queue: call.queue });
    this.book.established(call.uuid, userOf(call), at, 'established(alerting)');
    this.book.step(call.uuid, `queue:${call.queue ?? ''}`, at, 'ended:Transfer');
    this.book.state(agent.employeeId, at, 'OnCall');
  }

  #agent(number: number): DayAgent {
    const agent = this.#o.centre.agents[number];
    if (agent === undefined) throw new ExecError('simulator.impossible', `there is no agent ${number}`);
    return agent;
  }

  #call(number: number): LiveCall {
    const call = this.#calls.get(number);
    if (call === undefined) throw new ExecError('simulator.impossible', `there is no call ${number}`);
    return call;
  }
}

function dnOf(call: LiveCall): string {
  return call.agent?.dn ?? '';
}

function userOf(call: LiveCall): `user:${string}` {
  return `user:${call.agent?.employeeId ?? ''}`;
}
