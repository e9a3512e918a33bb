/** Plays a production without sockets or waiting, and keeps what its switches told: input for pure tests. */

import type { AgentStatus } from '@exec/engage-link/wire';
import { Random } from '../../random.ts';
import type { Frame, SipSwitch, SwitchEvent } from '../../sip-server/index.ts';
import { AgentStates, followSwitch, type Subject } from '../../stat-server/index.ts';
import { resolveExpected } from './expectation.ts';
import { type Production, switchesFor } from './production.ts';
import { logInCast } from './runner.ts';
import type { Performance, Played, Step } from './scenario.ts';
import { Stage } from './stage.ts';

/** `lost`: the connections break. `found`: they are back, with what a consumer is then told. */
export type Recorded =
  | { readonly kind: 'event'; readonly event: SwitchEvent }
  | { readonly kind: 'lost'; readonly at: number }
  | Found;

export interface Found {
  readonly kind: 'found';
  readonly at: number;
  readonly site: string;
  /** Answers to the registration of every address. */
  readonly registered: readonly Frame[];
  /** EventCallCreated and EventCallPartyAdded with `Resync`, without the two EventACK around them. */
  readonly resync: readonly Frame[];
}

/** What a Stat Server told of one agent: first the value with which the statistic was opened, then each change. */
export interface RecordedValue {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly subject: Subject;
  readonly value: AgentStatus;
}

export interface Recording {
  readonly recorded: readonly Recorded[];
  readonly values: readonly RecordedValue[];
  readonly played: readonly Played[];
  readonly switches: ReadonlyMap<string, SipSwitch>;
  readonly visits: readonly Visit[];
}

/** What a further consumer is told that connects while the others listen. */
export interface Visit {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How much had been recorded by then. */
  readonly after: number;
  /** Of each site. */
  readonly found: readonly Found[];
}

export interface RecordOptions {
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  /** Begin of one performance after the other. Default 0: all at once. */
  readonly everyMs?: number;
  readonly seed?: string;
  /** Milliseconds of a script in one recorded one. Default 1. */
  readonly speed?: number;
  /** How parties get into another call, where the script does not say. */
  readonly transferStyle?: 'add' | 'move';
  /** When further consumers connect, milliseconds since the begin, in order. */
  readonly visits?: readonly number[];
}

/** Time between the log-in of all agents and the first step. */
const logInLeadMs = 10_000;

export function record(production: Production, o: RecordOptions = {}): Recording {
  const startedAt = o.startedAt ?? Date.UTC(2026, 0, 5, 8);
  const speed = o.speed ?? 1;
  let now = startedAt - logInLeadMs;
  let watched = true;
  const recorded: Recorded[] = [];
  const switches = switchesFor(production, {
    now: () => now,
    seed: o.seed ?? 'recording',
    ...(o.transferStyle === undefined ? {} : { transferStyle: o.transferStyle }),
  });
  for (const on of switches.values())
    on.onEvent((event) => {
      if (watched) recorded.push({ kind: 'event', event });
    });
  const values = recordValues(production, switches, () => now);
  const watching = (on: boolean) => {
    watched = on;
    if (!on) recorded.push({ kind: 'lost', at: now });
    else for (const one of switches.values()) recorded.push(found(one, now));
  };
  const parts = production.performances.map((performance, index): Part => {
    const stage = new Stage(performance, switches, { watching });
    return { performance, stage, begin: startedAt + index * (o.everyMs ?? 0) };
  });
  for (const { performance, stage } of parts) logInCast(performance, stage);
  const visits: Visit[] = [];
  const ahead = (o.visits ?? []).map((ms) => startedAt + ms);
  const visit = (at: number) => {
    now = at;
    visits.push({ at, after: recorded.length, found: [...switches.values()].map((one) => found(one, at)) });
  };
  for (const { at, step, stage } of timeline(parts, speed)) {
    while (ahead[0] !== undefined && ahead[0] < at) visit(ahead.shift() ?? at);
    now = at;
    step.run(stage);
  }
  const played = parts.map(({ performance, stage, begin }): Played => {
    const expected = resolveExpected(performance, stage, { startedAt: begin, speed });
    return { performance, startedAt: begin, calls: stage.calls, expected };
  });
  return { recorded, values, played, switches, visits };
}

/** Opens both statistics of every agent; the list grows while the switches play. */
function recordValues(
  production: Production,
  switches: ReadonlyMap<string, SipSwitch>,
  now: () => number,
): readonly RecordedValue[] {
  const states = new AgentStates({ now });
  const values: RecordedValue[] = [];
  const tell = (employeeId: string, subject: Subject) => {
    const value = states.value(employeeId, subject);
    if (value !== undefined) values.push({ at: now(), subject, value });
  };
  for (const { employeeId } of production.agents) {
    states.addAgent(employeeId);
    for (const subject of ['DNStatus', 'DNAction'] as const) tell(employeeId, subject);
  }
  for (const on of switches.values()) followSwitch(states, on);
  states.onChange(({ employeeId, status, actions }) => {
    if (status) tell(employeeId, 'DNStatus');
    if (actions) tell(employeeId, 'DNAction');
  });
  return values;
}

interface Part {
  readonly performance: Performance;
  readonly stage: Stage;
  readonly begin: number;
}

interface Moment {
  readonly at: number;
  readonly step: Step;
  readonly stage: Stage;
}

function timeline(parts: readonly Part[], speed: number): Moment[] {
  return parts
    .flatMap(({ performance, stage, begin }) =>
      performance.scenario.steps.map((step) => ({ at: begin + step.at / speed, step, stage })),
    )
    .toSorted((a, b) => a.at - b.at);
}

function found(on: SipSwitch, at: number): Found {
  const registered: Frame[] = [];
  for (const dn of on.dns.keys()) {
    const snapshot = on.snapshot(dn);
    if (snapshot === undefined) continue;
    registered.push({
      message: 'EventRegistered',
      attributes: {
        ThisDN: dn,
        ...(snapshot.agentId === undefined ? {} : { AgentID: snapshot.agentId }),
        Extensions: snapshot.extensions,
      },
    });
  }
  const resync = [...on.calls.keys()].flatMap((uuid) => on.resync(uuid));
  return { kind: 'found', at, site: on.name, registered, resync };
}

export interface Arrival {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly recorded: Recorded;
}

/**
 * One way in which a recording may reach a consumer: every connection (three for each site) keeps its order,
 * and is late by up to `skewMs`. Breaks and returns of the connections keep their place among all.
 */
export function arrivals(
  recorded: readonly Recorded[],
  o: { readonly seed: number; readonly skewMs?: number },
): Arrival[] {
  const random = new Random(o.seed);
  const newest = new Map<string, number>();
  const order: (Arrival & { readonly tie: number })[] = [];
  let floor = 0;
  for (const one of recorded) {
    if (one.kind !== 'event') {
      floor = Math.max(floor, one.at, ...newest.values());
      order.push({ at: floor, recorded: one, tie: order.length });
      continue;
    }
    const { site, stream, time } = one.event;
    const connection = `${site} ${stream}`;
    const sent = time.seconds * 1000 + time.microseconds / 1000;
    const at = Math.max(sent + random.next() * (o.skewMs ?? 2000), newest.get(connection) ?? 0, floor);
    newest.set(connection, at);
    order.push({ at, recorded: one, tie: order.length });
  }
  return order
    .toSorted((a, b) => a.at - b.at || a.tie - b.tie)
    .map(({ at, recorded: what }) => ({ at, recorded: what }));
}
