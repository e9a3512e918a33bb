/** Calls in any number as events made in advance: telling them costs a benchmark nothing but the sockets. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CallUuid } from '@exec/common/ids';
import { type Production, switchesFor, wrapupCodes } from '@exec/simulators/scenarios';
import type { SipSwitch, SwitchEvent } from '@exec/simulators/sip-server';

/** Milliseconds of each verb after the begin of its call; the last one ends the agent's part in it. */
export const verbs = {
  inbound: 0,
  queue: 50,
  ring: 300,
  answer: 600,
  hold: 900,
  retrieve: 1_200,
  code: 1_500,
  release: 1_800,
} as const;

/** How long a call keeps its agent. */
const callMs = 2_000;

/** What the switch tells of one such call, and what the cloud is told of it. */
export const eventsOfCall = 16;
export const publishedOfCall = 10;

export interface CallLoadOptions {
  /** Its agents take the calls in turn; see {@link agentsFor}. */
  readonly production: Production;
  /** Milliseconds since 1970 at which the first call comes. */
  readonly startAt: number;
  readonly callsPerSecond: number;
  readonly calls: number;
}

export interface LoadEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: SwitchEvent;
}

/** Agents that are needed for so many calls a second. */
export function agentsFor(callsPerSecond: number): number {
  return Math.ceil((callsPerSecond * callMs) / 1000) + 1;
}

/** All that the switch tells of the calls, in order. Every agent must be logged in already. */
export function callLoad(o: CallLoadOptions): LoadEvent[] {
  let now = o.startAt - 60_000;
  const on = switchesFor(o.production, { now: () => now }).get(o.production.sites[0]) as SipSwitch;
  logInAgents(o.production, on);
  const events: LoadEvent[] = [];
  on.onEvent((event) => events.push({ at: now, event }));
  const moments: CallStep[] = [];
  for (let index = 0; index < o.calls; index++) {
    const begin = o.startAt + Math.floor((index * 1000) / o.callsPerSecond);
    for (const { at, run } of playCall(o.production, on, index)) moments.push({ at: begin + at, run });
  }
  for (const { at, run } of moments.toSorted((left, right) => left.at - right.at)) {
    now = at;
    run();
  }
  return events;
}

/**
 * When the verb took place that an event of that time tells of; events of one moment are told in rising times.
 * The customer's leg is told when the call reaches its queue.
 */
export function momentOf(begin: number, at: number): number {
  return begin + Math.max(...Object.values(verbs).filter((verb) => begin + verb <= at), verbs.queue);
}

/** Tells events at their times; answers by how many milliseconds it was late at worst. */
export async function tellOnTime(
  load: readonly LoadEvent[],
  tell: (events: readonly LoadEvent[]) => void,
): Promise<number> {
  let late = 0;
  for (let index = 0; index < load.length; ) {
    const now = Date.now();
    const due = load.slice(index, index + 1_000).filter(({ at }) => at <= now);
    for (const { at } of due) late = Math.max(late, now - at);
    tell(due);
    index += due.length;
    const next = load[index];
    if (next !== undefined) await delay(Math.max(0, next.at - Date.now()));
  }
  return late;
}

export function logInAgents(production: Production, on: SipSwitch): void {
  for (const { dn, loginCode, employeeId } of production.agents) {
    on.login(dn, { agentId: loginCode, employeeId });
    on.ready(dn);
  }
}

/** A step of a call: what to do, and so many milliseconds after its begin. */
export interface CallStep {
  readonly at: number;
  readonly run: () => void;
}

/** One call from its queue to an agent, who holds it once; it leads to {@link publishedOfCall} events. */
export function stepsOfCall(
  on: SipSwitch,
  o: { readonly agent: string; readonly queue: string; readonly ani: string; readonly code: string },
): CallStep[] {
  const { agent, queue, ani, code } = o;
  let call = '' as CallUuid;
  return [
    {
      at: verbs.inbound,
      run: () => {
        call = on.inboundCall({ ani, dnis: '+498001234', routingPoint: '8000', userData });
      },
    },
    { at: verbs.queue, run: () => void on.queue(call, queue) },
    { at: verbs.ring, run: () => on.divertTo(call, agent, { queue }) },
    { at: verbs.answer, run: () => on.answer(call, agent) },
    { at: verbs.hold, run: () => on.hold(call, agent) },
    { at: verbs.retrieve, run: () => on.retrieve(call, agent) },
    { at: verbs.code, run: () => on.attachData(call, { DispositionCode: code }) },
    { at: verbs.release, run: () => on.release(call, ani) },
  ];
}

/** A telephone number for each call. */
export function callerOf(index: number): string {
  return `+4930${String(index % 10_000_000).padStart(7, '0')}`;
}

function playCall({ agents, queues }: Production, on: SipSwitch, index: number): CallStep[] {
  const agent = agents[index % agents.length]?.dn ?? '';
  const queue = queues[index % queues.length]?.number ?? '';
  return stepsOfCall(on, { agent, queue, ani: callerOf(index), code: wrapupCodes[0] });
}

const userData = { CustomerID: '4711-0815', Segment: 'Gold', IVR: { Language: 'de', Menu: '1-4-2' } };
