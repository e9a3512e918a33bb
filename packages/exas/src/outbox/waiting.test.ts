/** What waits in the outbox: since when, for how long, and how much of it goes at once. */

import { asId, type CloudSourceId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { monotonicMs, wallMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { CloudState } from '../state/table.ts';
import type { CloudIdentity } from './cloud-state.ts';
import { Outbox, type OutgoingEvent } from './outbox.ts';
import { eventIdOf, presenceEventOf, routingStatusEventOf } from './request.ts';

const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };
const meal: CloudState = { presence: 'Meal', routingStatus: 'OffQueue' };
const agents = ['E1', 'E2', 'E3'].map((text) => asId<EmployeeId>(text));
const [first, second, third] = agents as [EmployeeId, EmployeeId, EmployeeId];
const start = monotonicMs(0);

/** Three agents, whose states came one after the other. */
function threeWaiting(): Outbox {
  const outbox = new Outbox();
  for (const [at, agent] of agents.entries()) {
    outbox.add(agent, asId<CloudUserId>(`user-${at + 1}`));
    outbox.want(agent, { state: idle, since: wallMs(0) }, wallMs(1000 * (at + 1)));
  }
  return outbox;
}
const ids = (events: readonly OutgoingEvent[]) => events.map(({ employeeId }) => String(employeeId));

describe('what waits', () => {
  it('is told apart by half, with the time of the first and of the oldest', () => {
    const outbox = threeWaiting();
    expect([outbox.waiting('presence'), outbox.waiting('routingStatus'), outbox.pendingAgents]).toEqual([
      3, 3, 3,
    ]);
    expect(ids(outbox.take('presence', 1, start))).toEqual(['E1']);
    expect(outbox.firstWaiting('presence')).toBe(2000);
    expect(outbox.firstWaiting('routingStatus')).toBe(1000);
    expect(outbox.oldestWaiting).toBe(1000);
    expect([outbox.waiting('presence'), outbox.pendingAgents]).toEqual([2, 3]);
    outbox.clear();
    expect([outbox.size, outbox.firstWaiting('presence'), outbox.oldestWaiting]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });

  it('goes longest waiting first, no more than asked for', () => {
    const outbox = threeWaiting();
    expect(outbox.ready('presence', start, 2)).toBe(2);
    expect(outbox.ready('presence', start, 9)).toBe(3);
    expect(ids(outbox.take('presence', 2, start))).toEqual(['E1', 'E2']);
    expect(ids(outbox.take('presence', 2, start))).toEqual(['E3']);
    expect(outbox.take('presence', 2, start)).toEqual([]);
  });

  it('and may not go yet says when the first may', () => {
    const outbox = threeWaiting();
    expect(outbox.nextRetry()).toBeUndefined();
    const events = outbox.take('presence', 3, start);
    for (const [at, event] of events.entries())
      outbox.retry(event, { notBefore: monotonicMs(900 - 100 * at), error: 'later', outcomeUnknown: false });
    expect(outbox.nextRetry()).toBe(700);
    expect(outbox.agent(first)?.lastError).toBe('later');
    expect(ids(outbox.take('presence', 3, monotonicMs(700)))).toEqual(['E3']);
  });

  it('of an agent who is gone is gone, and its late answers change nothing', () => {
    const outbox = threeWaiting();
    const [event] = outbox.take('presence', 1, start) as [OutgoingEvent];
    outbox.remove(first);
    expect(outbox.accepted(event)).toBeUndefined();
    outbox.retry(event, { notBefore: start, error: 'x', outcomeUnknown: true });
    outbox.refused(event, 'x');
    outbox.want(first, { state: meal, since: wallMs(0) }, wallMs(9000));
    expect([outbox.size, outbox.waiting('presence'), outbox.agent(first)]).toEqual([2, 2, undefined]);
    expect(ids(outbox.take('routingStatus', 9, start))).toEqual(['E2', 'E3']);
  });

  it('is re-asserted until its newest time is accepted, not by an answer to an older one', () => {
    const outbox = threeWaiting();
    for (const kind of ['presence', 'routingStatus'] as const)
      for (const event of outbox.take(kind, 9, start)) outbox.accepted(event);
    outbox.reassert(wallMs(50_000));
    const [older] = outbox.take('presence', 1, start) as [OutgoingEvent];
    outbox.reassert(wallMs(60_000));
    outbox.accepted(older);
    expect(outbox.take('presence', 9, start).map(({ at }) => at)).toEqual([60_000, 60_000, 60_000]);
  });

  it('keeps its error until both halves are accepted again', () => {
    const outbox = threeWaiting();
    const [presence] = outbox.take('presence', 1, start) as [OutgoingEvent];
    outbox.retry(presence, { notBefore: start, error: 'later', outcomeUnknown: false });
    const [again] = outbox.take('presence', 3, start).slice(-1) as [OutgoingEvent];
    expect(again.employeeId).toBe(first);
    outbox.accepted(again);
    expect(outbox.agent(first)?.lastError).toBe('later');
    outbox.accepted(outbox.take('routingStatus', 1, start)[0] as OutgoingEvent);
    expect(outbox.agent(first)?.lastError).toBeUndefined();
    expect([second, third].map((agent) => outbox.agent(agent)?.lastError)).toEqual([undefined, undefined]);
  });
});

describe('what is sent of it', () => {
  const identity: CloudIdentity = {
    sourceId: asId<CloudSourceId>('source'),
    presenceIds: new Map([['OnQueue', 'id-of-on-queue']]),
  };

  it('names user, source and time in the form of each half', () => {
    const outbox = threeWaiting();
    const [presence] = outbox.take('presence', 1, start) as [OutgoingEvent];
    const [status] = outbox.take('routingStatus', 1, start) as [OutgoingEvent];
    expect(presenceEventOf(identity, presence)).toEqual({
      eventId: eventIdOf(identity, presence),
      eventDateTime: '1970-01-01T00:00:00.001Z',
      userId: 'user-1',
      sourceId: 'source',
      presenceDefinitionId: 'id-of-on-queue',
    });
    expect(routingStatusEventOf(identity, status)).toEqual({
      eventId: eventIdOf(identity, status),
      eventDateTime: '1970-01-01T00:00:00.001Z',
      agentId: 'user-1',
      status: 'Idle',
      sourceId: 'source',
    });
    expect(presenceEventOf({ ...identity, presenceIds: new Map() }, presence)).toBeUndefined();
  });

  it('has an ID of its content alone', () => {
    const [event] = threeWaiting().take('presence', 1, start) as [OutgoingEvent];
    const same = eventIdOf(identity, { ...event, receivedAt: monotonicMs(5) });
    expect(same).toBe(eventIdOf(identity, event));
    const others: OutgoingEvent[] = [
      { ...event, kind: 'routingStatus' },
      { ...event, value: 'Meal' },
      { ...event, at: wallMs(2) },
      { ...event, userId: asId<CloudUserId>('user-2') },
    ];
    const sources = [{ ...identity, sourceId: asId<CloudSourceId>('other') }];
    const all = [
      ...others.map((other) => eventIdOf(identity, other)),
      ...sources.map((source) => eventIdOf(source, event)),
    ];
    expect(new Set([same, ...all]).size).toBe(6);
  });
});
