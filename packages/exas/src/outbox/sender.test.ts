import { ExecError } from '@exec/common/errors';
import { CloudError, type EventBatchResult, type Permit } from '@exec/common/genesys-cloud';
import { Health } from '@exec/common/http';
import { asId, type CloudSourceId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { FakeClock, loggedLines } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import { type CloudState, type PresenceName, presenceNames } from '../state/table.ts';
import type { CloudIdentity } from './cloud-state.ts';
import { Outbox, type OutgoingEvent } from './outbox.ts';
import { Sender } from './sender.ts';

const idle: CloudState = { presence: 'OnQueue', routingStatus: 'Idle' };
const meal: CloudState = { presence: 'Meal', routingStatus: 'OffQueue' };
const identity: CloudIdentity = {
  sourceId: asId<CloudSourceId>('7a1b4a54-3f0e-4f0b-9b8e-3a8d2b7f1c01'),
  presenceIds: new Map(presenceNames.map((name): [PresenceName, string] => [name, `id-of-${name}`])),
};

interface SentRequest {
  readonly kind: 'presence' | 'routingStatus';
  readonly events: readonly { readonly eventId: string; readonly user: string; readonly value: string }[];
}

type Answer = (request: SentRequest) => Partial<EventBatchResult> | CloudError;

/** What ends a request whose sender is not the active one any more. */
function heldBack(outcomeUnknown: boolean): CloudError {
  const cause = new ExecError('lease.lost', 'Redis does not hold the lease for this instance any more.');
  return new CloudError('cloud.held-back', 'held back', { cause, outcomeUnknown });
}

/** A sender on a clock of the test, against a cloud that answers as the test says. */
function setUp(answer: Answer = () => ({}), agents = 1) {
  const clock = new FakeClock();
  const outbox = new Outbox();
  const requests: SentRequest[] = [];
  const results: [string, OutgoingEvent['kind']][] = [];
  const saved: string[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const control = {
    token: 'me:1' as string | undefined,
    identity: identity as CloudIdentity | undefined,
    saveFails: false,
    gate: Promise.resolve(),
  };
  const confirms: (() => Promise<void>)[] = [];
  const confirmed: string[] = [];
  const permits = { given: 0, open: 0 };

  const reply = async (
    kind: SentRequest['kind'],
    events: SentRequest['events'],
  ): Promise<EventBatchResult> => {
    const request = { kind, events };
    requests.push(request);
    const given = answer(request);
    if (given instanceof CloudError) throw given;
    return { rejected: new Map(), unattributed: [], repeated: false, correlationId: undefined, ...given };
  };
  const { logger, lines } = loggedLines();
  const health = new Health({ clock });
  const sender = new Sender({
    outbox,
    clock,
    logger,
    health: health.dependency('accepted-states'),
    identity: () => control.identity,
    token: () => control.token,
    random: () => 0.5,
    save: async (token, records) => {
      if (control.saveFails) throw new Error('Redis is away');
      saved.push(...records.map(({ employeeId }) => `${token} ${employeeId}`));
    },
    confirm: async (token) => void confirmed.push(token),
    onResult: ({ kind }, result) => results.push([result, kind]),
    cloud: {
      budget: {
        acquire: async (): Promise<Permit> => {
          await control.gate;
          permits.given += 1;
          permits.open += 1;
          let open = true;
          return {
            tokenIndex: 0,
            release: () => {
              if (open) permits.open -= 1;
              open = false;
            },
          };
        },
      },
      events: {
        presence: (events, options) => {
          signals.push(options?.signal);
          if (options?.confirm !== undefined) confirms.push(options.confirm);
          return reply(
            'presence',
            events.map(({ eventId, userId, presenceDefinitionId }) => ({
              eventId,
              user: userId,
              value: presenceDefinitionId ?? '',
            })),
          );
        },
        routingStatus: (events, options) => {
          if (options?.confirm !== undefined) confirms.push(options.confirm);
          return reply(
            'routingStatus',
            events.map(({ eventId, agentId, status }) => ({ eventId, user: agentId, value: status })),
          );
        },
      },
    },
  });
  const employees = Array.from({ length: agents }, (_, index) => asId<EmployeeId>(`E${index}`));
  for (const employeeId of employees) outbox.add(employeeId, asId<CloudUserId>(`user-${employeeId}`));
  const want = (state: CloudState, only = employees) => {
    for (const employeeId of only) outbox.want(employeeId, { state, since: clock.now() }, clock.now());
    sender.wake();
  };
  return {
    clock,
    outbox,
    requests,
    results,
    saved,
    control,
    permits,
    sender,
    want,
    employees,
    lines,
    health,
    signals,
    confirms,
    confirmed,
  };
}

describe('the sender', () => {
  it('confirms before each try, under the token of its batch, that it is still the active one', async () => {
    const { clock, want, confirms, confirmed } = setUp();
    want(idle);
    await clock.advance(0);
    expect(confirms).toHaveLength(2);
    await Promise.all(confirms.map((confirm) => confirm()));
    expect(confirmed).toEqual(['me:1', 'me:1']);
  });

  it.each([
    ['after a try that may have been carried out, whose repeat is refused', true],
    ['before anything was sent', false],
  ])('holds back what it cannot confirm, and sends it again: %s', async (_, outcomeUnknown) => {
    let times = 0;
    const { clock, want, outbox, requests, results, health, lines, employees } = setUp(({ kind, events }) => {
      if (kind === 'routingStatus') return {};
      if (times++ === 0) return heldBack(outcomeUnknown);
      const repeat = { message: 'processed before', retryable: false };
      return outcomeUnknown ? { rejected: new Map([[events[0]?.eventId ?? '', repeat]]) } : {};
    });
    want(idle);
    await clock.advance(0);
    expect(results).toContainEqual(['retried', 'presence']);
    const half = () => outbox.agent(employees[0] as EmployeeId)?.halves.presence;
    expect(half()?.accepted).toBeUndefined();
    await clock.advance(999);
    expect(requests.filter(({ kind }) => kind === 'presence')).toHaveLength(1);
    await clock.advance(1);
    expect(half()?.accepted?.value).toBe('OnQueue');
    expect(results.filter(([result]) => result === 'refused')).toEqual([]);
    // Another instance is active: no trouble of this one.
    expect(health.ready().ready).toBe(true);
    expect(lines().filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('sends both halves at once when idle, and nothing when nothing changed', async () => {
    const { clock, requests, want, permits, sender } = setUp();
    want(idle);
    await clock.advance(0);
    expect(requests.map(({ kind, events }) => [kind, events.map(({ value }) => value)])).toEqual([
      ['presence', ['id-of-OnQueue']],
      ['routingStatus', ['Idle']],
    ]);
    want(idle);
    await clock.advance(60_000);
    expect(requests).toHaveLength(2);
    expect(permits.open).toBe(0);
    await sender.stop();
  });

  it('fills a request with the newest states while it waits for the budget', async () => {
    const { clock, requests, want, control, employees, sender } = setUp(undefined, 250);
    let open = () => {};
    control.gate = new Promise((resolve) => {
      open = resolve;
    });
    want(idle, employees.slice(0, 120));
    await clock.advance(0);
    want(meal);
    open();
    await clock.advance(0);
    expect(
      requests.every(({ events }) => events.every(({ value }) => ['id-of-Meal', 'OffQueue'].includes(value))),
    ).toBe(true);
    expect(requests.map(({ events }) => events.length).sort((left, right) => right - left)).toEqual([
      100, 100, 100, 100, 50, 50,
    ]);
    await sender.stop();
  });

  it('marks what it sends as unknown before the request goes, under its token', async () => {
    const order: string[] = [];
    const set = setUp(() => {
      order.push(`request after ${set.saved.length} saves`);
      return {};
    });
    set.want(idle);
    await set.clock.advance(0);
    expect(order[0]).toBe('request after 1 saves');
    expect(set.saved[0]).toBe('me:1 E0');
    await set.sender.stop();
  });

  it('sends nothing while another instance is active, and everything once it is active itself', async () => {
    const { clock, requests, want, control, sender } = setUp();
    control.token = undefined;
    want(idle);
    await clock.advance(60_000);
    expect(requests).toEqual([]);
    control.token = 'me:2';
    sender.wake();
    await clock.advance(0);
    expect(requests).toHaveLength(2);
    await sender.stop();
  });

  it('sends nothing that Redis did not confirm', async () => {
    const { clock, requests, want, control, sender } = setUp();
    control.saveFails = true;
    want(idle);
    await clock.advance(0);
    expect(requests).toEqual([]);
    control.saveFails = false;
    await clock.advance(120_000);
    expect(requests).toHaveLength(2);
    await sender.stop();
  });

  it('gives up what is on its way when the term ends: a late repeat would come after the next holder', async () => {
    const { clock, want, sender, signals } = setUp();
    want(idle);
    await clock.advance(0);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    sender.suspend();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    await sender.stop();
  });

  it('says once why states are held back, and sends them a second after Redis takes them again', async () => {
    const { clock, requests, want, control, sender, lines, health } = setUp();
    control.saveFails = true;
    want(idle);
    await clock.advance(180_000);
    const state = () => health.ready().dependencies.find(({ name }) => name === 'accepted-states');
    expect(state()).toMatchObject({ up: false, detail: expect.stringContaining('Redis is away') });
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
    control.saveFails = false;
    await clock.advance(1000);
    expect(requests).toHaveLength(2);
    expect(state()).toMatchObject({ up: true });
    await sender.stop();
  });

  it('stores later what Redis did not take, though nothing more is to be sent', async () => {
    const { clock, want, control, sender, saved, requests, health } = setUp(() => {
      control.saveFails = requests.length === 2;
      return {};
    });
    const state = () => health.ready().dependencies.find(({ name }) => name === 'accepted-states');
    want(idle);
    await clock.advance(0);
    expect(state()).toMatchObject({ up: false });
    saved.length = 0;
    await clock.advance(60_000);
    expect(state()).toMatchObject({ up: false });
    control.saveFails = false;
    await clock.advance(1000);
    expect(state()).toMatchObject({ up: true });
    expect(saved).toEqual(['me:1 E0']);
    expect(requests).toHaveLength(2);
    await sender.stop();
  });

  it('is well again when the agents that Redis did not take have left meanwhile', async () => {
    const { clock, outbox, want, control, sender, confirmed, employees, requests, health } = setUp(() => {
      control.saveFails = requests.length === 2;
      return {};
    });
    want(idle);
    await clock.advance(0);
    for (const employeeId of employees) outbox.remove(employeeId);
    sender.forget(employees);
    await clock.advance(1000);
    expect(confirmed).toEqual(['me:1']);
    expect(health.ready().dependencies).toMatchObject([{ name: 'accepted-states', up: true }]);
    await sender.stop();
  });

  it('holds nothing back as a standby: trouble with storing ends with the term, also when it is noticed late', async () => {
    const { clock, want, control, sender, health } = setUp();
    const state = () => health.ready().dependencies.find(({ name }) => name === 'accepted-states');
    control.saveFails = true;
    want(idle);
    await clock.advance(0);
    expect(state()).toMatchObject({ up: false });
    control.token = undefined;
    sender.suspend();
    await clock.advance(60_000);
    expect(state()).toMatchObject({ up: true });
    await sender.stop();
  });

  it('sends nothing while the organisation is not proven', async () => {
    const { clock, requests, want, control, sender } = setUp();
    control.identity = undefined;
    want(idle);
    await clock.advance(60_000);
    expect(requests).toEqual([]);
    await sender.stop();
  });

  it('repeats an event with the same ID when the cloud may take it later', async () => {
    let refusals = 2;
    const { clock, requests, want, results, sender } = setUp(({ kind, events: [event] }) => {
      if (kind === 'presence' || refusals === 0 || event === undefined) return {};
      refusals -= 1;
      return { rejected: new Map([[event.eventId, { message: 'busy', retryable: true }]]) };
    });
    want(idle);
    await clock.advance(60_000);
    const ids = requests
      .filter(({ kind }) => kind === 'routingStatus')
      .map(({ events }) => events[0]?.eventId);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(results.filter(([, kind]) => kind === 'routingStatus').map(([result]) => result)).toEqual([
      'retried',
      'retried',
      'accepted',
    ]);
    await sender.stop();
  });

  it('takes a refusal of a repeat after an unknown outcome for accepted', async () => {
    let tries = 0;
    const { clock, outbox, want, results, sender, employees } = setUp(({ kind, events }) => {
      if (kind === 'presence') return {};
      tries += 1;
      if (tries === 1) return new CloudError('cloud.unavailable', 'gone', { outcomeUnknown: true });
      return {
        rejected: new Map(events.map(({ eventId }) => [eventId, { message: 'repeated', retryable: false }])),
      };
    });
    want(idle);
    await clock.advance(10_000);
    expect(tries).toBe(2);
    expect(results.filter(([, kind]) => kind === 'routingStatus').map(([result]) => result)).toEqual([
      'retried',
      'accepted',
    ]);
    expect(outbox.agent(employees[0] as EmployeeId)?.lastError).toBeUndefined();
    await sender.stop();
  });

  it('finds the one event that spoils a whole request', async () => {
    const { clock, requests, want, results, sender } = setUp(({ kind, events }) => {
      if (kind === 'routingStatus' && events.some(({ user }) => user === 'user-E7')) {
        return new CloudError('cloud.refused', 'bad', { httpStatus: 400 });
      }
      return {};
    }, 20);
    want(idle);
    await clock.advance(0);
    const routing = results.filter(([, kind]) => kind === 'routingStatus').map(([result]) => result);
    expect(routing.filter((result) => result === 'refused')).toHaveLength(1);
    expect(routing.filter((result) => result === 'accepted')).toHaveLength(19);
    expect(requests.filter(({ kind }) => kind === 'routingStatus').length).toBeLessThanOrEqual(11);
    await sender.stop();
  });

  it.each([401, 403, 429, 503])(
    'sends nothing twice when half of a refused request was accepted and the rest meets %i',
    async (status) => {
      const codes = { 401: 'cloud.unauthorized', 403: 'cloud.forbidden', 429: 'cloud.rate-limited' } as const;
      const code = codes[status as keyof typeof codes] ?? 'cloud.unavailable';
      const taken = new Set<string>();
      let requests = 0;
      const { clock, want, results, sender } = setUp(({ kind, events }) => {
        if (kind === 'presence') return {};
        requests += 1;
        if (requests === 1) return new CloudError('cloud.refused', 'bad', { httpStatus: 400 });
        if (requests === 3) return new CloudError(code, 'not now', { outcomeUnknown: status === 503 });
        const again = events.filter(({ eventId }) => taken.has(eventId));
        for (const { eventId } of events) taken.add(eventId);
        return {
          rejected: new Map(again.map(({ eventId }) => [eventId, { message: 'no', retryable: false }])),
        };
      }, 4);
      want(idle);
      await clock.advance(60_000);
      const routing = results.filter(([, kind]) => kind === 'routingStatus').map(([result]) => result);
      expect(routing.toSorted()).toEqual([...Array(4).fill('accepted'), 'retried', 'retried']);
      await sender.stop();
    },
  );

  it('gives no state up because of a 500, however often it comes', async () => {
    let broken = true;
    const { clock, outbox, want, results, sender } = setUp(
      () => (broken ? new CloudError('cloud.server-error', 'sorry', { outcomeUnknown: true }) : {}),
      3,
    );
    want(idle);
    await clock.advance(600_000);
    broken = false;
    await clock.advance(200_000);
    expect(outbox.pendingAgents).toBe(0);
    expect(results.filter(([result]) => result === 'refused')).toEqual([]);
    await sender.stop();
  });

  it('keeps everything through an outage of the cloud and sends the last states after it', async () => {
    let down = true;
    const { clock, outbox, requests, want, sender } = setUp(
      () => (down ? new CloudError('cloud.unavailable', 'away', { retryable: true }) : {}),
      300,
    );
    want(idle);
    await clock.advance(300_000);
    want(meal);
    await clock.advance(300_000);
    expect(outbox.pendingAgents).toBe(300);
    const during = requests.length;
    down = false;
    await clock.advance(120_000);
    expect(outbox.pendingAgents).toBe(0);
    expect(
      requests
        .slice(during)
        .flatMap(({ events }) => events.map(({ value }) => value))
        .every((value) => ['id-of-Meal', 'OffQueue'].includes(value)),
    ).toBe(true);
    await sender.stop();
  });

  it('refuses a presence that the organisation does not have, and sends the others', async () => {
    const { clock, control, want, results, employees, sender } = setUp(undefined, 2);
    const without = new Map(identity.presenceIds);
    without.delete('Meal');
    control.identity = { ...identity, presenceIds: without };
    want(meal, employees.slice(0, 1));
    want(idle, employees.slice(1));
    await clock.advance(0);
    const presence = results.filter(([, kind]) => kind === 'presence').map(([result]) => result);
    expect(presence.sort()).toEqual(['accepted', 'refused']);
    await sender.stop();
  });
});
