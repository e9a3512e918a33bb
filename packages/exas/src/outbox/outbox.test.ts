import { asId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { laterBy, monotonicMs, wallMs } from '@exec/common/instants';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CloudState } from '../state/table.ts';
import { acceptedState, type HalfKind, halfKinds, isPair, Outbox, type OutgoingEvent } from './outbox.ts';

const agent = asId<EmployeeId>('E1');
const user = asId<CloudUserId>('user-1');
const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };
const talking: CloudState = { presence: 'OnQueue', routingStatus: 'Interacting' };
const meal: CloudState = { presence: 'Meal', routingStatus: 'OffQueue' };
const retrying = { notBefore: monotonicMs(0), error: 'later', outcomeUnknown: false };

function withAgent(state?: CloudState): Outbox {
  const outbox = new Outbox();
  outbox.add(agent, user);
  if (state === undefined) return outbox;
  outbox.want(agent, { state, since: wallMs(1000) }, wallMs(2000));
  for (const kind of halfKinds)
    for (const event of outbox.take(kind, 100, monotonicMs(0))) outbox.accepted(event);
  return outbox;
}

function values(events: readonly OutgoingEvent[]): string[] {
  return events.map(({ value }) => value);
}

describe('what is sent', () => {
  it('is only the half that differs from what was accepted', () => {
    const outbox = withAgent(idle);
    outbox.want(agent, { state: talking, since: wallMs(3000) }, wallMs(3000));
    expect(outbox.take('presence', 100, monotonicMs(0))).toEqual([]);
    expect(values(outbox.take('routingStatus', 100, monotonicMs(0)))).toEqual(['Interacting']);
  });

  it('is nothing when the state came back before it was sent', () => {
    const outbox = withAgent(idle);
    outbox.want(agent, { state: talking, since: wallMs(3000) }, wallMs(3000));
    outbox.want(agent, { state: idle, since: wallMs(4000) }, wallMs(4000));
    expect(outbox.pendingAgents).toBe(0);
  });

  it('is the newest value once the one in flight is answered', () => {
    const outbox = withAgent(idle);
    outbox.want(agent, { state: talking, since: wallMs(3000) }, wallMs(3000));
    const [first] = outbox.take('routingStatus', 100, monotonicMs(0));
    outbox.want(agent, { state: idle, since: wallMs(4000) }, wallMs(4000));
    expect(outbox.take('routingStatus', 100, monotonicMs(0))).toEqual([]);
    outbox.accepted(first as OutgoingEvent);
    expect(values(outbox.take('routingStatus', 100, monotonicMs(0)))).toEqual(['Idle']);
  });

  it('is repeated when the outcome is unknown, even if the state came back meanwhile', () => {
    const outbox = withAgent(idle);
    outbox.want(agent, { state: talking, since: wallMs(3000) }, wallMs(3000));
    const [first] = outbox.take('routingStatus', 100, monotonicMs(0));
    outbox.want(agent, { state: idle, since: wallMs(4000) }, wallMs(4000));
    outbox.retry(first as OutgoingEvent, { ...retrying, outcomeUnknown: true });
    expect(values(outbox.take('routingStatus', 100, monotonicMs(0)))).toEqual(['Idle']);
  });

  it('waits for its time after a refusal that may pass', () => {
    const outbox = withAgent(meal);
    outbox.want(agent, { state: idle, since: wallMs(3000) }, wallMs(3000));
    const [event] = outbox.take('presence', 100, monotonicMs(0));
    outbox.retry(event as OutgoingEvent, { ...retrying, notBefore: monotonicMs(500) });
    expect(outbox.ready('presence', monotonicMs(499), 100)).toBe(0);
    expect(outbox.take('presence', 100, monotonicMs(499))).toEqual([]);
    expect(values(outbox.take('presence', 100, monotonicMs(500)))).toEqual(['OnQueue']);
  });

  it.each([
    ['the same employee', (outbox: Outbox) => outbox.remove(agent), agent],
    ['another employee with its user', (outbox: Outbox) => outbox.remove(agent), asId<EmployeeId>('E2')],
    ['in a term that begins anew', (outbox: Outbox) => outbox.clear(), agent],
    [
      'another employee, while the first becomes another user',
      (outbox: Outbox) => void outbox.add(agent, asId<CloudUserId>('user-2')),
      asId<EmployeeId>('E2'),
    ],
  ])('waits for what is on its way of an agent who has left and come back: %s', (_who, leave, next) => {
    for (const ends of ['accepted', 'refused', 'retry'] as const) {
      const outbox = withAgent(idle);
      outbox.want(agent, { state: talking, since: wallMs(3000) }, wallMs(3000));
      const [late] = outbox.take('routingStatus', 100, monotonicMs(0)) as [OutgoingEvent];
      leave(outbox);
      outbox.add(next, user, { userId: user, lastAt: wallMs(3000) });
      outbox.want(next, { state: meal, since: wallMs(4000) }, wallMs(4000));
      const taken = () =>
        outbox.take('routingStatus', 100, monotonicMs(0)).filter((one) => one.userId === user);
      expect(outbox.ready('presence', monotonicMs(0), 100)).toBeGreaterThan(0);
      expect(taken()).toEqual([]);
      if (ends === 'accepted') outbox.accepted(late);
      else if (ends === 'refused') outbox.refused(late, 'no');
      else outbox.retry(late, retrying);
      const [event] = taken();
      expect(event).toMatchObject({ value: 'OffQueue', employeeId: next });
      // What became of the late one says nothing about the new agent.
      expect(outbox.agent(next)?.halves.routingStatus).toEqual({ inFlight: event });
    }
  });

  it('starts again when the employee becomes another user', () => {
    const outbox = withAgent(idle);
    outbox.add(agent, asId<CloudUserId>('user-2'));
    expect(halfKinds.map((kind) => outbox.take(kind, 100, monotonicMs(0)).length)).toEqual([1, 1]);
  });

  it('is nothing after a restart when the state is what was accepted before', () => {
    const outbox = new Outbox();
    const stored = {
      userId: user,
      lastAt: wallMs(5000),
      presence: { value: 'OnQueue', at: wallMs(5000) },
      routingStatus: { value: 'Idle', at: wallMs(5000) },
    };
    outbox.add(agent, user, stored);
    outbox.want(agent, { state: idle, since: wallMs(1000) }, wallMs(9000));
    expect(outbox.pendingAgents).toBe(0);
    outbox.want(agent, { state: talking, since: wallMs(1000) }, wallMs(9000));
    const [event] = outbox.take('routingStatus', 100, monotonicMs(0));
    expect(event?.at).toBeGreaterThan(5000);
  });
});

describe('the injected time', () => {
  it('is that of the event, never in the future, always later than the one before', () => {
    const outbox = withAgent();
    outbox.want(agent, { state: idle, since: wallMs(1000) }, wallMs(2000));
    expect(outbox.agent(agent)?.wanted?.at).toBe(1000);
    outbox.want(agent, { state: talking, since: wallMs(1000) }, wallMs(2000));
    expect(outbox.agent(agent)?.wanted?.at).toBe(1001);
    outbox.want(agent, { state: meal, since: wallMs(9000) }, wallMs(2500));
    expect(outbox.agent(agent)?.wanted?.at).toBe(2500);
  });

  it('does not go on from a time that a clock running a day ahead left behind', () => {
    const day = 86_400_000;
    const now = wallMs(2 * day);
    const ahead: number[] = [];
    const outbox = new Outbox({ onFutureTime: (_, ms) => ahead.push(ms) });
    outbox.add(agent, user, { userId: user, lastAt: laterBy(now, day) });
    outbox.want(agent, { state: idle, since: laterBy(now, -1000) }, now);
    expect(outbox.agent(agent)?.wanted?.at).toBe(now);
    outbox.want(agent, { state: talking, since: laterBy(now, -1000) }, now);
    expect(outbox.agent(agent)?.wanted?.at).toBe(now + 1);
    outbox.reassert(laterBy(now, 5000));
    expect(outbox.agent(agent)?.wanted?.at).toBe(now + 5000);
    expect(ahead).toEqual([day]);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 8.64e15 + 1])(
    'is the present one when the Stat Server says %d, which is no time',
    (since) => {
      const outbox = withAgent();
      outbox.want(agent, { state: idle, since: wallMs(since) }, wallMs(2000));
      expect(outbox.agent(agent)?.wanted?.at).toBe(2000);
    },
  );
});

describe('a refusal for good', () => {
  it('takes the other half back to the last whole state, so that the two do not contradict each other', () => {
    const outbox = withAgent(idle);
    outbox.want(agent, { state: meal, since: wallMs(3000) }, wallMs(3000));
    const [presence] = outbox.take('presence', 100, monotonicMs(0));
    const [routing] = outbox.take('routingStatus', 100, monotonicMs(0));
    outbox.accepted(presence as OutgoingEvent);
    outbox.refused(routing as OutgoingEvent, 'no');
    expect(values(outbox.take('presence', 100, monotonicMs(0)))).toEqual(['OnQueue']);
    expect(outbox.take('routingStatus', 100, monotonicMs(0))).toEqual([]);
    expect(outbox.agent(agent)?.lastError).toBe('no');
  });

  it('is tried again when the mapping changed', () => {
    const outbox = withAgent(idle);
    outbox.want(agent, { state: meal, since: wallMs(3000) }, wallMs(3000));
    for (const kind of halfKinds)
      for (const event of outbox.take(kind, 100, monotonicMs(0))) outbox.refused(event, 'no');
    expect(outbox.pendingAgents).toBe(0);
    outbox.retryRefused(wallMs(5000));
    expect(halfKinds.flatMap((kind) => values(outbox.take(kind, 100, monotonicMs(0))))).toEqual([
      'Meal',
      'OffQueue',
    ]);
  });
});

describe('the re-assertion', () => {
  it('sends both halves with the present time, once', () => {
    const outbox = withAgent(idle);
    outbox.reassert(wallMs(60_000));
    for (const kind of halfKinds) {
      const events = outbox.take(kind, 100, monotonicMs(0));
      expect(events.map(({ at }) => at)).toEqual([60_000]);
      for (const event of events) outbox.accepted(event);
    }
    expect(outbox.pendingAgents).toBe(0);
  });

  it('has nothing to say of an agent whose state was never known', () => {
    const outbox = withAgent();
    outbox.reassert(wallMs(60_000));
    expect(outbox.pendingAgents).toBe(0);
  });
});

type Step =
  | { type: 'want'; state: CloudState }
  | { type: 'take'; kind: HalfKind }
  | { type: 'answer'; how: 'accepted' | 'retry' | 'unknown' | 'refused'; which: number }
  | { type: 'reassert' }
  | { type: 'retryRefused' };

const states = [idle, talking, meal, { presence: 'Offline', routingStatus: 'OffQueue' }] as const;
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('want' as const), state: fc.constantFrom(...states) }),
  fc.record({ type: fc.constant('take' as const), kind: fc.constantFrom(...halfKinds) }),
  fc.record({
    type: fc.constant('answer' as const),
    how: fc.constantFrom('accepted' as const, 'retry' as const, 'unknown' as const, 'refused' as const),
    which: fc.nat(3),
  }),
  fc.constantFrom<Step>({ type: 'reassert' }, { type: 'retryRefused' }),
);

describe('any course of events', () => {
  it('ends, once the cloud accepts again, with the last state in both halves and times that only rose', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), fc.constantFrom(...states), (steps, last) => {
        const outbox = withAgent();
        const flying: OutgoingEvent[] = [];
        const nothing = { at: 0, value: '' };
        const times: Record<HalfKind, { at: number; value: string }> = {
          presence: nothing,
          routingStatus: nothing,
        };
        /** What the cloud shows: an event whose outcome is unknown may have been taken. */
        const shown: Partial<Record<HalfKind, string>> = {};
        let now = wallMs(1000);
        const take = (kind: HalfKind) => {
          for (const event of outbox.take(kind, 100, monotonicMs(now))) {
            // A repeat carries the same time and the same value, hence the same event ID.
            const before = times[kind];
            if (before.at === event.at) expect(event.value).toBe(before.value);
            else expect(event.at).toBeGreaterThan(before.at);
            times[kind] = event;
            flying.push(event);
          }
        };
        const accept = (event: OutgoingEvent) => {
          shown[event.kind] = event.value;
          outbox.accepted(event);
        };
        for (const step of steps) {
          now = laterBy(now, 10);
          if (step.type === 'want') outbox.want(agent, { state: step.state, since: laterBy(now, -500) }, now);
          else if (step.type === 'take') take(step.kind);
          else if (step.type === 'reassert') outbox.reassert(now);
          else if (step.type === 'retryRefused') outbox.retryRefused(now);
          else {
            const [event] = flying.splice(step.which % Math.max(1, flying.length), 1);
            if (event === undefined) continue;
            if (step.how === 'accepted') accept(event);
            else if (step.how === 'refused') outbox.refused(event, 'no');
            else {
              if (step.how === 'unknown') shown[event.kind] = event.value;
              outbox.retry(event, { ...retrying, outcomeUnknown: step.how === 'unknown' });
            }
          }
        }
        outbox.want(agent, { state: last, since: now }, laterBy(now, 1));
        for (let round = 0; round < 4; round++) {
          for (const event of flying.splice(0)) accept(event);
          for (const kind of halfKinds) take(kind);
        }
        expect(outbox.pendingAgents).toBe(0);
        expect(shown).toEqual(last);
        const record = outbox.agent(agent);
        expect(record && isPair(acceptedState(record) ?? idle)).toBe(true);
      }),
      { numRuns: Number(process.env.OUTBOX_RUNS ?? 500) },
    );
  });
});
