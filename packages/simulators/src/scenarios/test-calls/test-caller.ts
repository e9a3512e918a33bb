/** Plays the test calls that a check of a link asks for, one at a time, and waits in the middle of a call. */
import { ExecError } from '@exec/common/errors';
import type { CallUuid } from '@exec/common/ids';
import type { SipSwitch } from '../../sip-server/index.ts';
import { routingPointNumber, serviceNumber } from '../script/stage.ts';

export const testCallNames = ['call', 'abandon', 'consult', 'state'] as const;
export type TestCallName = (typeof testCallNames)[number];

export interface TestPeople {
  readonly agents: readonly {
    readonly employeeId: string;
    readonly loginCode: string;
    readonly dn: string;
  }[];
  /** Numbers of virtual queues. */
  readonly queues: readonly string[];
}

const customer = '+99990000001';

export class TestCaller {
  readonly #switch: SipSwitch;
  readonly #people: TestPeople;
  /** What is left of the call that was begun. */
  #rest: (() => void) | undefined;

  /** The switch has the numbers of these people, and the routing point of the scenarios. */
  constructor(on: SipSwitch, people: TestPeople) {
    this.#switch = on;
    this.#people = people;
  }

  get people(): TestPeople {
    return this.#people;
  }

  /**
   * `call` stops while it is talked; the others are over when this returns.
   * @throws ExecError simulator.impossible
   */
  begin(name: TestCallName): void {
    this.goOn();
    switch (name) {
      case 'call':
        this.#rest = this.#talk();
        return;
      case 'abandon':
        this.#switch.abandon(this.#waiting(), customer);
        return;
      case 'consult':
        this.#consult();
        return;
      case 'state': {
        const { dn } = this.#agent(0);
        this.#switch.notReady(dn, { ReasonCode: 'Break' });
        this.#switch.ready(dn);
      }
    }
  }

  /** The rest of the call that was begun, if one was. */
  goOn(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    rest?.();
  }

  #talk(): () => void {
    const on = this.#switch;
    const { dn } = this.#agent(0);
    const call = this.#answered(dn);
    return () => {
      on.hold(call, dn);
      on.retrieve(call, dn);
      on.release(call, customer);
    };
  }

  #consult(): void {
    const on = this.#switch;
    const [first, second] = [this.#agent(0).dn, this.#agent(1).dn];
    const call = this.#answered(first);
    const consultation = on.consult(call, first, second);
    on.answer(consultation, second);
    on.completeTransfer(call, consultation, first);
    on.release(call, customer);
  }

  #answered(dn: string): CallUuid {
    const [queue] = this.#people.queues;
    if (queue === undefined) {
      const direct = this.#switch.inboundCall({ ani: customer, dnis: serviceNumber, extension: dn });
      this.#switch.answer(direct, dn);
      return direct;
    }
    const call = this.#waiting();
    this.#switch.divertTo(call, dn, { queue });
    this.#switch.answer(call, dn);
    return call;
  }

  #waiting(): CallUuid {
    const [queue] = this.#people.queues;
    if (queue === undefined) throw new ExecError('simulator.impossible', 'there is no queue');
    const call = this.#switch.inboundCall({
      ani: customer,
      dnis: serviceNumber,
      routingPoint: routingPointNumber,
    });
    this.#switch.queue(call, queue);
    return call;
  }

  /** Logged in at the telephone. */
  #agent(index: number): TestPeople['agents'][number] {
    const agent = this.#people.agents[index];
    if (agent === undefined) throw new ExecError('simulator.impossible', `there are not ${index + 1} agents`);
    const { dn, loginCode, employeeId } = agent;
    if (!this.#switch.sessions.has(dn)) {
      this.#switch.login(dn, { agentId: loginCode, employeeId });
      this.#switch.ready(dn);
    }
    return agent;
  }
}
