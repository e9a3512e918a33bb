/** Random days of agents on a Stat Server simulator, with a model of its own of what the cloud must show in the end. */
import type { EmployeeId } from '@exec/common/ids';
import type { Random } from '@exec/simulators/scenarios';
import type { AgentStates } from '@exec/simulators/stat-server';
import type { CloudState } from '../state/table.ts';

const reasons = {
  Break: 'Break',
  meal: 'Meal',
  MEETING: 'Meeting',
  Training: 'Training',
  Dentist: 'Busy',
  '': 'Busy',
} as const;
type Reason = keyof typeof reasons;

interface Model {
  base: 'loggedOut' | 'ready' | 'afterCallWork' | { readonly notReady: Reason };
  calls: { readonly connId: string; readonly type: 'Inbound' | 'Outbound' | 'Internal' }[];
}

export class RandomDay {
  readonly #states: AgentStates;
  readonly #random: Random;
  readonly #models = new Map<EmployeeId, Model>();
  #connection = 0;

  constructor(states: AgentStates, employees: readonly EmployeeId[], random: Random) {
    this.#states = states;
    this.#random = random;
    for (const employeeId of employees) this.#models.set(employeeId, { base: 'loggedOut', calls: [] });
  }

  /** One change of one agent. */
  step(): void {
    const ids = [...this.#models.keys()];
    this.#change(this.#random.pick(ids));
  }

  /** What the cloud must show when everything has been quiet for a while. Ends what is only ringing. */
  expectedStates(): Map<EmployeeId, CloudState> {
    const expected = new Map<EmployeeId, CloudState>();
    for (const [employeeId, model] of this.#models) expected.set(employeeId, this.#expected(model));
    return expected;
  }

  #change(employeeId: EmployeeId): void {
    const model = this.#models.get(employeeId);
    if (model === undefined) return;
    if (model.base === 'loggedOut') {
      this.#states.login(employeeId, {
        dn: `5${employeeId}`,
        switchName: 'SIP_Switch',
        loginId: `7${employeeId}`,
      });
      model.base = { notReady: '' };
      return;
    }
    const [call] = model.calls;
    const choice = this.#random.next();
    if (call !== undefined && choice < 0.4) {
      this.#states.endCall(employeeId, call.connId);
      model.calls.shift();
    } else if (call !== undefined && choice < 0.55) {
      this.#states.call(employeeId, { ...call, state: this.#random.pick(['Held', 'Connected']) });
    } else if (call === undefined && choice < 0.45) {
      this.#connection += 1;
      const connId = this.#connection.toString(16).padStart(16, '0');
      const type = this.#random.pick(['Inbound', 'Outbound', 'Internal'] as const);
      this.#states.call(employeeId, { connId, type, state: 'Connected' });
      model.calls.push({ connId, type });
    } else if (choice < 0.7) {
      this.#states.ready(employeeId);
      model.base = 'ready';
    } else if (choice < 0.85) {
      const reason = this.#random.pick(Object.keys(reasons) as Reason[]);
      this.#states.notReady(employeeId, reason === '' ? {} : { ReasonCode: reason });
      model.base = { notReady: reason };
    } else if (choice < 0.95) {
      this.#states.afterCallWork(employeeId);
      model.base = 'afterCallWork';
    } else if (call === undefined) {
      this.#states.logout(employeeId);
      model.base = 'loggedOut';
    }
  }

  /** The table of the product, said once more in other words. */
  #expected({ base, calls }: Model): CloudState {
    const onQueue = (routingStatus: CloudState['routingStatus']): CloudState => ({
      presence: 'OnQueue',
      routingStatus,
    });
    if (base === 'loggedOut') return { presence: 'Offline', routingStatus: 'OffQueue' };
    if (calls.some(({ type }) => type === 'Inbound')) return onQueue('Interacting');
    if (typeof base === 'object') return { presence: reasons[base.notReady], routingStatus: 'OffQueue' };
    if (calls.length > 0) return onQueue('Communicating');
    return base === 'ready' ? onQueue('Idle') : onQueue('Interacting');
  }
}
