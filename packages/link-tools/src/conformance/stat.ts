/** The checks of a Stat Server, in the order in which one leads to the next. */
import type { ServerAddress } from '@exec/engage-link';
import type { Probe } from '@exec/engage-link/probe';
import {
  agentStatistic,
  type Frame,
  parseStatEvent,
  type StatisticCategory,
  statisticCategories,
} from '@exec/engage-link/wire';
import type { StatCheck } from './checks.ts';
import type { Context } from './context.ts';
import { formFaults, printable, stateTimeFault } from './form.ts';
import { checkAlive, checkOpening, ended, errorCodeOf } from './opening.ts';
import { count, Rows } from './rows.ts';
import { Tally } from './tally.ts';
import { playedOut, testCalls } from './test-calls.ts';

export interface StatTarget {
  readonly address: ServerAddress;
  /** Employee IDs. */
  readonly agents: readonly string[];
  readonly tenant: string;
}

const nobodysId = 'nobody-0000000000';

interface Opened {
  readonly agent: string;
  readonly category: StatisticCategory;
  readonly reference: number;
}

export class StatSide {
  readonly rows = new Rows<StatCheck>('stat');
  readonly #context: Context;
  readonly #target: StatTarget;
  #probe: Probe | undefined;
  readonly #open: Opened[] = [];
  /** Where in what was received the statistics stood open. */
  #from = 0;
  #closed: { readonly reference: number; readonly at: number } | undefined;
  #why = 'what it needs was not reached';

  constructor(context: Context, target: StatTarget) {
    this.#context = context;
    this.#target = target;
  }

  get why(): string {
    return this.#why;
  }

  get watches(): boolean {
    return this.#open.length > 0;
  }

  async begin(): Promise<void> {
    const opened = await checkOpening(this.rows, this.#context, this.#target.address);
    if (opened === undefined) {
      this.#why = 'the link does not open';
      return;
    }
    const { probe, answer } = opened;
    this.#probe = probe;
    await checkAlive(this.rows, this.#context, this.#target.address, probe);
    if (answer.ServerRole === 'Backup') {
      this.#why = 'it is the backup';
      return;
    }
    await this.#openAll(probe);
  }

  /** Whether anybody plays the change or calls have made one already: each statistic must have told it. */
  async change(): Promise<void> {
    const probe = this.#probe;
    if (probe === undefined || !this.watches) return;
    if (!this.#changed(probe)) {
      const playing = this.#context.calls.begin(testCalls.state);
      const changed = probe.until(() => this.#changed(probe), this.#context.limits.call, probe.seen.length);
      const { clock, limits } = this.#context;
      const played = await playedOut(playing, changed, { clock, graceMs: limits.answer });
      if (played.kind === 'skipped') return this.rows.add('change', 'skip', played.why);
    }
    const changes = this.#changes(probe);
    const missing = statisticCategories.filter((category) => !changes.has(category));
    if (missing.length > 0) this.rows.add('change', 'fail', `no EventInfo of ${missing.join(' and ')}`);
    else this.rows.add('change', 'pass', `EventInfo of ${[...changes].toSorted().join(' and ')}`);
  }

  async conclude(): Promise<void> {
    const probe = this.#probe;
    if (probe === undefined) return;
    await probe.ended(this.#context.limits.quiet);
    const form = new Tally();
    const times = new Tally();
    let values = 0;
    for (const { frame, at } of probe.seen) {
      for (const { kind, what } of formFaults('stat', frame, at))
        form.add(kind === 'wrong' ? 'fail' : 'warn', what);
      const fault = stateTimeFault(frame, at);
      if (fault !== undefined) times.add(fault.kind === 'wrong' ? 'fail' : 'warn', fault.what);
      if (frame.message === 'EventInfo') values += 1;
    }
    const { ending } = probe;
    if (ending !== undefined) form.add('fail', `the connection ended: ${ending.detail}`);
    this.rows.add('form', form.worst, form.text ?? count(probe.seen.length, 'frame'));
    if (values > 0) this.rows.add('times', times.worst, times.text ?? count(values, 'value'));
    this.#closedLate(probe);
    probe.close();
  }

  async #openAll(probe: Probe): Promise<void> {
    const { agents, tenant } = this.#target;
    const { limits } = this.#context;
    const nobody = await probe.ask(
      'RequestOpenStatistic',
      agentStatistic({ employeeId: nobodysId, tenantName: tenant, category: 'CurrentState' }),
      limits.answer,
    );
    if (nobody.kind !== 'frame') this.rows.add('open-nobody', 'fail', ended(nobody));
    else if (nobody.frame.message === 'EventError')
      this.rows.add('open-nobody', 'pass', `EventError${errorCodeOf(nobody.frame)}`);
    else if (nobody.frame.message === 'EventStatisticOpened')
      this.rows.add('open-nobody', 'warn', 'it is opened for anybody');
    else this.rows.add('open-nobody', 'fail', `is answered with ${printable(nobody.frame.message)}`);
    if (agents.length === 0) return this.rows.add('open', 'skip', 'no agent was named');
    const tally = new Tally();
    for (const agent of agents)
      for (const category of statisticCategories) {
        const fault = await this.#openOne(probe, agent, category);
        if (fault !== undefined) tally.add('fail', `${category}: ${fault}`);
      }
    this.rows.add(
      'open',
      tally.worst,
      tally.text ?? `${count(this.#open.length, 'statistic')} and the value of each`,
    );
    if (this.watches) await this.#closeOne(probe, agents[0] ?? '');
    this.#from = probe.seen.length;
  }

  async #openOne(probe: Probe, agent: string, category: StatisticCategory): Promise<string | undefined> {
    const { limits } = this.#context;
    const from = probe.seen.length;
    const answer = await probe.ask(
      'RequestOpenStatistic',
      agentStatistic({ employeeId: agent, tenantName: this.#target.tenant, category }),
      limits.answer,
    );
    if (answer.kind !== 'frame') return ended(answer);
    const { message, attributes } = answer.frame;
    if (message === 'EventError') return `refused${errorCodeOf(answer.frame)}`;
    if (message !== 'EventStatisticOpened') return `is answered with ${printable(message)}`;
    const reference = Number(attributes.ReferenceID);
    const first = await probe.until(
      ({ frame }) => frame.message === 'EventInfo' && frame.attributes.ReferenceID === reference,
      limits.answer,
      from,
    );
    if (first.kind !== 'frame') return `no value: ${ended(first)}`;
    this.#open.push({ agent, category, reference });
    return valueFault(first.frame, agent, category);
  }

  #changes(probe: Probe): Set<StatisticCategory> {
    const categoryOf = new Map(this.#open.map(({ reference, category }) => [reference, category]));
    const found = new Set<StatisticCategory>();
    for (const { frame } of probe.seen.slice(this.#from)) {
      const category = categoryOf.get(Number(frame.attributes.ReferenceID));
      if (frame.message === 'EventInfo' && category !== undefined) found.add(category);
    }
    return found;
  }

  #changed(probe: Probe): boolean {
    return this.#changes(probe).size === statisticCategories.length;
  }

  /** One statistic more is opened and closed again: what changes later must be told on the others alone. */
  async #closeOne(probe: Probe, agent: string): Promise<void> {
    const fault = await this.#openOne(probe, agent, 'CurrentState');
    const more = fault === undefined ? this.#open.pop() : undefined;
    if (more === undefined)
      return this.rows.add('close', 'fail', `a second statistic of one agent: ${fault}`);
    const { reference } = more;
    const answer = await probe.ask(
      'RequestCloseStatistic',
      { StatisticId: reference },
      this.#context.limits.answer,
    );
    if (answer.kind !== 'frame') this.rows.add('close', 'fail', ended(answer));
    else if (answer.frame.message !== 'EventStatisticClosed')
      this.rows.add('close', 'fail', `is answered with ${printable(answer.frame.message)}`);
    else {
      this.rows.add('close', 'pass', 'EventStatisticClosed');
      this.#closed = { reference, at: probe.seen.length };
    }
  }

  #closedLate(probe: Probe): void {
    if (this.#closed === undefined) return;
    const { reference, at } = this.#closed;
    const late = probe.seen
      .slice(at)
      .filter(({ frame }) => frame.message === 'EventInfo' && frame.attributes.ReferenceID === reference);
    if (late.length > 0)
      this.rows.add('close', 'fail', `${count(late.length, 'value')} after EventStatisticClosed`);
  }
}

function valueFault(frame: Frame, agent: string, category: StatisticCategory): string | undefined {
  const parsed = parseStatEvent(frame);
  if (parsed.kind !== 'message' || parsed.value.message !== 'EventInfo')
    return 'the value is not in the form of the contract';
  const value = parsed.value.attributes.ObjectValue;
  if (value.AgentId !== agent) return 'the value is that of another agent';
  const actions = value.Place?.DnStatuses.map((dn) => dn.Actions !== undefined) ?? [];
  if (category === 'CurrentState' && actions.includes(true)) return 'the value lists actions';
  if (category === 'CurrentStateReasons' && actions.includes(false)) return 'the value lists no actions';
  return undefined;
}
