import type { RunningService } from '@exec/common/service';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { command } from './testing/command.ts';
import { ScriptClock } from './testing/script-clock.ts';
import { askAsOperator, Stand, waitFor } from './testing/stand.ts';
import { verdict } from './testing/verdict.ts';

interface Letter {
  readonly id: string;
  readonly wholeLeg: boolean;
  readonly reason: string;
  readonly events: readonly { readonly event: string; readonly eventId: string }[];
}

const speed = 5;

/** `until`: the second at which the script stands still. */
async function stage(test: TestContext, scenario: string, until?: number) {
  const stand = await Stand.start({ redis: testRedis(), production: produce([scenarioNamed(scenario)]) });
  test.onTestFinished(() => stand.close());
  const instance = await stand.excp();
  await stand.excp();
  await stand.ready();
  const clock = new ScriptClock(until === undefined ? [] : [(until * 1_000) / speed]);
  const runner = new ScenarioRunner({ clock, switches: stand.switches, speed });
  return { stand, instance, clock, play: () => runner.playAll(stand.production.performances) };
}

async function lettersOf(instance: RunningService): Promise<readonly Letter[]> {
  const answer = await askAsOperator(instance.port, '/api/v1/dead-letters');
  return ((await answer.json()) as { items: readonly Letter[] }).items;
}

const ends = (stand: Stand) => stand.cloud.record.accepted({ kind: 'communicationEnded' }).length;

/**
 * What stood in one request behind a refused event could only be refused as well, by rule: that is no fault where it was
 * dealt with. `dealtWith`: IDs of the events for which that is so.
 */
function violationsBeside({ cloud }: Stand, dealtWith: readonly string[]) {
  return cloud.record.violations.filter(({ eventId = '' }) => !dealtWith.includes(eventId));
}

const acceptedIds = ({ cloud }: Stand) => cloud.record.accepted().map(({ eventId }) => eventId);

describe.concurrent('an event that the cloud refuses for good', () => {
  it('is kept, and the rest of the conversation goes on', async (test) => {
    const { stand, instance, play } = await stage(test, 'hold');
    stand.cloud.faults.inject({
      operation: 'postEventsConversations',
      fault: {
        kind: 'event-errors',
        retryable: false,
        message: 'no such thing',
        match: { kinds: ['holdUpdated'] },
      },
    });
    await play();
    await stand.until(
      () => ends(stand) >= 3,
      () => `${ends(stand)} legs ended`,
    );
    await waitFor(async () => (await lettersOf(instance)).length === 1, 'a dead letter');
    expect(await lettersOf(instance)).toMatchObject([
      { wholeLeg: false, reason: 'no such thing', events: [{ event: 'holdUpdatedEvents' }] },
    ]);
    expect(stand.cloud.record.events('holdUpdated').accepted).toBe(3);
    const listed = await command(instance, 'dead-letters', 'list');
    expect(listed.code).toBe(0);
    expect(listed.lines.at(-1)).toContain('no such thing');
    const [letter] = await lettersOf(instance);
    expect(await command(instance, 'dead-letters', 'drop', letter?.id ?? '')).toMatchObject({ code: 0 });
    expect(await command(instance, 'dead-letters', 'list')).toMatchObject({
      lines: ['There are no dead letters.'],
    });
    expect(await command(instance, 'dead-letters', 'drop', 'nothing')).toMatchObject({ code: 1 });
  });

  it('takes its whole leg along when it is the establishment; the others are told', async (test) => {
    const { stand, instance, play } = await stage(test, 'hold');
    stand.cloud.faults.inject({
      operation: 'postEventsConversations',
      fault: { kind: 'event-errors', retryable: undefined, match: { kinds: ['userEstablished'] } },
    });
    await play();
    await stand.until(
      () => ends(stand) >= 2,
      () => `${ends(stand)} legs ended`,
    );
    await waitFor(
      async () => (await lettersOf(instance))[0]?.events.length === 7,
      'the whole leg in one letter',
    );
    const letters = await lettersOf(instance);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ wholeLeg: true });
    expect(letters[0]?.events.map(({ event }) => event)).toEqual([
      'userEstablishedEvents',
      'communicationAnsweredEvents',
      'holdUpdatedEvents',
      'holdUpdatedEvents',
      'holdUpdatedEvents',
      'holdUpdatedEvents',
      'communicationEndedEvents',
    ]);
    expect(violationsBeside(stand, letters[0]?.events.map(({ eventId }) => eventId) ?? [])).toEqual([]);
    // The conversation is over: too late to send it again.
    await waitFor(
      async () => (await command(instance, 'dead-letters', 'retry', '--all')).code === 1,
      'the conversation is over',
    );
  });

  it('is sent again on request while its conversation is open, with its times moved forward', async (test) => {
    // On hold since the twelfth.
    const { stand, instance, clock, play } = await stage(test, 'hold', 14);
    stand.cloud.faults.inject({
      operation: 'postEventsConversations',
      fault: { kind: 'event-errors', retryable: false, match: { kinds: ['userEstablished'] } },
    });
    const playing = play();
    await waitFor(async () => clock.stands, 'the call is on hold');
    // Established, answered and held: the leg is dead, its call goes on.
    await waitFor(
      async () => ((await lettersOf(instance))[0]?.events.length ?? 0) >= 3,
      'the leg in a letter',
    );
    expect(await command(instance, 'dead-letters', 'retry', '--all')).toMatchObject({ code: 0 });
    clock.goOn();
    const played = await playing;
    await stand.until(
      () => ends(stand) >= 3,
      () => `${ends(stand)} legs ended`,
    );
    expect(verdict(stand, played).wrong).toEqual([]);
    expect(await lettersOf(instance)).toEqual([]);
    expect(violationsBeside(stand, acceptedIds(stand))).toEqual([]);
  });
});

describe.concurrent('an event that the cloud refuses for now', () => {
  it('is sent again, and what follows in its conversation waits for it', async (test) => {
    const { stand, instance, play } = await stage(test, 'conference');
    stand.cloud.faults.inject({
      operation: 'postEventsConversations',
      times: 2,
      fault: { kind: 'event-errors', retryable: true, match: { kinds: ['userEstablished', 'holdUpdated'] } },
    });
    const played = await play();
    await stand.until(
      () => ends(stand) >= 4,
      () => `${ends(stand)} legs ended`,
    );
    expect(verdict(stand, played).wrong).toEqual([]);
    expect(await lettersOf(instance)).toEqual([]);
    expect(violationsBeside(stand, acceptedIds(stand))).toEqual([]);
    expect(stand.cloud.record.events().refusedBy.injected).toBe(2);
  });
});

describe.concurrent('a request that fails as a whole', () => {
  it.for([400, 413, 500, 503, 429])('with %i loses nothing', async (status, test) => {
    const { stand, instance, play } = await stage(test, 'transfer-to-agent');
    stand.cloud.faults.inject({
      operation: 'postEventsConversations',
      times: status === 500 ? 2 : 1,
      after: 3,
      fault: status === 429 ? { kind: 'rate-limited', retryAfter: 0 } : { kind: 'status', status },
    });
    await play();
    // A single event that is refused with its whole request stands alone and becomes a dead letter, perhaps a whole leg.
    const letters = () => lettersOf(instance);
    const given = async () => (await letters()).flatMap(({ events }) => events.map(({ event }) => event));
    await waitFor(
      async () =>
        ends(stand) + (await given()).filter((kind) => kind === 'communicationEndedEvents').length === 4,
      'each leg ended, or in a letter',
    );
    expect((await letters()).length).toBeLessThanOrEqual(status === 400 || status === 413 ? 1 : 0);
    expect(stand.cloud.record.violations).toEqual([]);
  });

  it('because its answer was lost is repeated with the same events', async (test) => {
    const { stand, play } = await stage(test, 'transfer-to-agent');
    stand.cloud.quirks.repeatMode = 'refuse-repeat';
    stand.cloud.faults.inject({
      operation: 'postEventsConversations',
      times: 3,
      fault: { kind: 'reset', when: 'after' },
    });
    const played = await play();
    await stand.until(
      () => ends(stand) >= 4,
      () => `${ends(stand)} legs ended`,
    );
    expect(verdict(stand, played).wrong).toEqual([]);
    expect(stand.cloud.record.violations).toEqual([]);
    expect(stand.cloud.record.events().refusedBy.repeat).toBeGreaterThan(0);
  });

  it('because the token is refused holds everything until it is accepted', async (test) => {
    const { stand, play } = await stage(test, 'transfer-to-agent');
    const fault = stand.cloud.faults.inject({
      operation: ['postEventsConversations', 'postOauthToken'],
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 401 },
    });
    const playing = play();
    await stand.until(
      () => fault.hits > 0,
      () => 'nothing was sent',
    );
    fault.cancel();
    const played = await playing;
    await stand.until(
      () => ends(stand) >= 4,
      () => `${ends(stand)} legs ended`,
    );
    expect(verdict(stand, played).wrong).toEqual([]);
  });
});
