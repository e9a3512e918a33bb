/** One agent of the site who works, and the calls that reach them through a queue: what somebody does by hand to verify. */
import { expectation } from '@exec/simulators/config-db';
import { routingPointNumber, serviceNumber } from '@exec/simulators/scenarios';
import type { E2eSite } from '../e2e/site.ts';

const customer = '+99990000001';

/** A call that the agent has answered. */
export interface OneCall {
  readonly callUuid: string;
  holdsAndRetrieves(): void;
  ends(): void;
}

type On = E2eSite['engage']['switches'] extends ReadonlyMap<string, infer S> ? S : never;

export class OneAgent {
  readonly employeeId: string;
  readonly #on: On;
  readonly #loginCode: string;
  readonly #dn: string;
  readonly #queue: string;

  private constructor(on: On, queue: string, agent: E2eSite['site']['agents'][number]) {
    this.#on = on;
    this.#queue = queue;
    this.employeeId = agent.employeeId;
    this.#loginCode = agent.loginCode;
    this.#dn = agent.dn;
  }

  /** The first agent, and the first queue, that the folder holds. */
  static of({ centre, engage, site }: E2eSite): OneAgent {
    const { users, queues } = expectation(centre, { folder: centre.options.folder });
    const agent = site.agents.find(({ employeeId }) => users.some((user) => user.employeeId === employeeId));
    const queue = queues.find((one) => one.switch === site.switch)?.number;
    const on = engage.switches.get(site.switch);
    if (agent === undefined || queue === undefined || on === undefined)
      throw new Error('the contact centre has nobody to verify with');
    return new OneAgent(on, queue, agent);
  }

  logIn(): void {
    this.#on.login(this.#dn, { agentId: this.#loginCode, employeeId: this.employeeId });
  }

  logOut(): void {
    this.#on.logout(this.#dn);
  }

  ready(): void {
    this.#on.ready(this.#dn);
  }

  notReady(reason: string): void {
    this.#on.notReady(this.#dn, { ReasonCode: reason });
  }

  /** A customer calls the queue, and the agent answers. */
  answers(): OneCall {
    const [on, dn] = [this.#on, this.#dn];
    const callUuid = on.inboundCall({
      ani: customer,
      dnis: serviceNumber,
      routingPoint: routingPointNumber,
    });
    on.queue(callUuid, this.#queue);
    on.divertTo(callUuid, dn, { queue: this.#queue });
    on.answer(callUuid, dn);
    return {
      callUuid,
      holdsAndRetrieves: () => {
        on.hold(callUuid, dn);
        on.retrieve(callUuid, dn);
      },
      ends: () => on.release(callUuid, customer),
    };
  }
}
