import { type SeenCommand, watchCommands } from '@exec/common/testing';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { logInAgents } from '../testing/call-load.ts';
import { ScriptClock } from '../testing/script-clock.ts';
import { askAsOperator, Stand, waitFor } from '../testing/stand.ts';

const readerToken = 'reader-token-0123456789abcdef';

interface Summary {
  readonly callUuid: string;
  readonly conversationId: string;
  readonly state: string;
}

interface Details extends Summary {
  readonly legs: readonly { readonly kind: string; readonly state: string }[];
  readonly waiting: readonly { readonly event: string }[];
}

interface Gap {
  readonly seconds: number;
}

const speed = 6;
/** Of the script: the agent holds since the twelfth. */
const onHold = 14;
/** Who was not heard of for longer than this does not watch. */
const freshSeconds = 3.5;

describe('the conversations over REST', () => {
  it('show what is open, its legs and what still waits, on either instance; afterwards what waits for a disposition', async (test) => {
    const stand = await Stand.start({ redis: testRedis(), production: produce([scenarioNamed('hold')]) });
    test.onTestFinished(() => stand.close());
    const instances = [await stand.excp(), await stand.excp()];
    await stand.ready();
    const ask = async (path: string, index = 0) => {
      const answer = await askAsOperator(instances[index]?.port ?? 0, `/api/v1${path}`);
      return { status: answer.status, body: (await answer.json()) as unknown };
    };
    const open = async () => ((await ask('/conversations?state=open', 1)).body as { items: Summary[] }).items;
    const clock = new ScriptClock([(onHold * 1_000) / speed]);
    const runner = new ScenarioRunner({ clock, switches: stand.switches, speed });
    const playing = runner.playAll(stand.production.performances);
    await waitFor(async () => clock.stands, 'the call is on hold');
    await waitFor(async () => (await open()).length === 1, 'the conversation');
    const [summary] = await open();
    const details = async () => (await ask(`/conversations/${summary?.callUuid}`)).body as Details;
    let held = await details();
    await waitFor(async () => {
      held = await details();
      return held.legs.some((leg) => leg.state === 'held');
    }, 'the agent holds');
    expect(held.legs.map((leg) => [leg.kind, leg.state])).toEqual([
      ['external', 'connected'],
      ['queue', 'ended'],
      ['user', 'held'],
    ]);
    await stand.until(
      () => stand.cloud.conversation(held.conversationId) !== undefined,
      () => 'the cloud has the conversation',
    );
    // The cloud goes away: what cannot be sent is seen to wait.
    const end = stand.cloud.faults.outage();
    clock.goOn();
    const [played] = await playing;
    await waitFor(async () => (await details()).waiting.length >= 2, 'events that wait');
    end();
    let last = held;
    await waitFor(async () => {
      last = await details();
      return last.state === 'over' && last.waiting.length === 0;
    }, 'it is over, and nothing waits');
    expect(last.callUuid).toBe(played?.expected[0]?.call);
    expect(await open()).toEqual([]);
    expect(await ask('/conversations/unknown')).toMatchObject({
      status: 404,
      body: { code: 'conversation.not-found' },
    });
    expect(await ask('/conversations?state=wrong')).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
    const { status, body } = await ask('/gaps');
    expect(status).toBe(200);
    // Of a start on a machine that stood still there may be one: the first instance was not heard of when the second came.
    expect((body as { items: Gap[] }).items.filter(({ seconds }) => seconds <= freshSeconds)).toEqual([]);
  });
});

describe('what people ask for', () => {
  it('never goes over the connection that renews the lease', async (test) => {
    const redis = testRedis();
    const stand = await Stand.start({ redis, production: produce([scenarioNamed('hold')]) });
    test.onTestFinished(() => stand.close());
    const instances = [await stand.excp(), await stand.excp()];
    await stand.ready();
    const watched = async (): Promise<readonly SeenCommand[]> => {
      await stand.ready();
      const epoch = await stand.leaseEpoch();
      const watch = await watchCommands(redis.url);
      test.onTestFinished(() => watch.stop());
      for (const { port } of instances)
        for (const path of [
          'conversations',
          'conversations?sort=newest',
          'conversations/unknown',
          'dead-letters',
          'gaps',
          'quarantine',
          'quarantine/1-1',
          'audit',
        ])
          expect((await askAsOperator(port, `/api/v1/${path}`)).status).toBeLessThan(405);
      for (const { port } of instances)
        for (const path of ['dead-letters/none/retry', 'quarantine/1-1'])
          await askAsOperator(port, `/api/v1/${path}`, path.endsWith('retry') ? 'POST' : 'DELETE');
      const isRenewed = async () =>
        (await watch.seen()).some(({ name, args }) => name === 'evalsha' && args.includes(stand.keys.lease));
      await waitFor(isRenewed, 'the lease is renewed');
      const seen = await watch.seen();
      // A term that begins reads what is stored with the same commands: then it is watched again.
      return (await stand.leaseEpoch()) === epoch ? seen : watched();
    };
    // What a script calls is shown without its connection.
    const own = (await watched()).filter(
      ({ source, args }) => source !== 'lua' && args.some((arg) => arg.startsWith(redis.prefix)),
    );
    const sources = (wanted: (command: (typeof own)[number]) => boolean) =>
      new Set(own.filter(wanted).map(({ source }) => source));
    const asked = sources(
      ({ name, args: [key = ''] }) =>
        ['zrevrange', 'xrevrange', 'xdel', 'hscan'].includes(name) ||
        (name === 'xrange' && key === stand.keys.quarantine) ||
        (name === 'hget' && key === stand.keys.dead) ||
        (name === 'lrange' && (key === stand.keys.gaps || key.endsWith(':excp:audit'))),
    );
    expect(asked.size).toBe(instances.length);
    for (const source of sources(({ args }) => args.includes(stand.keys.lease)))
      expect(asked).not.toContain(source);
  });

  it('is written down with the call when it uncovers numbers, and for operators alone', async (test) => {
    const stand = await Stand.start({
      redis: testRedis(),
      production: produce([scenarioNamed('hold')]),
      env: { API_READ_TOKEN: `grafana=${readerToken}` },
    });
    test.onTestFinished(() => stand.close());
    const { port } = await stand.excp();
    await stand.ready();
    const { agents, queues, sites } = stand.production;
    const [on, dn, queue] = [stand.switches.get(sites[0]), agents[0]?.dn ?? '', queues[0]?.number ?? ''];
    if (on === undefined) throw new Error('there is no switch');
    logInAgents(stand.production, on);
    const ani = '+49301234567';
    const call = on.inboundCall({ ani, dnis: '+498001234', routingPoint: '8000' });
    on.queue(call, queue);
    on.divertTo(call, dn, { queue });
    on.answer(call, dn);
    const ask = async (path: string, token?: string) => {
      const answer = await askAsOperator(port, `/api/v1/${path}`, 'GET', token);
      return { status: answer.status, body: (await answer.json()) as never };
    };
    const known = async () => ((await ask('conversations')).body as { items: Summary[] }).items;
    await waitFor(async () => (await known()).length === 1, 'the conversation');
    const callUuid = call;
    const numbers = async (path: string, token?: string) =>
      ((await ask(path, token)).body as { numbers: { number: string }[] }).numbers.map(
        ({ number }) => number,
      );
    const masked = await numbers(`conversations/${callUuid}`);
    const whole = await numbers(`conversations/${callUuid}?numbers=full`);
    expect(masked.some((number) => number.includes('*'))).toBe(true);
    expect(whole.some((number) => number.includes('*'))).toBe(false);
    expect((await ask(`conversations/${callUuid}?numbers=full`, readerToken)).status).toBe(403);
    const audit = async () => ((await ask('audit')).body as { items: object[] }).items;
    await waitFor(async () => (await audit()).length === 2, 'both are kept');
    expect(await audit()).toMatchObject([
      { who: 'grafana', what: `Numbers of call ${callUuid} asked for`, outcome: 'refused', status: 403 },
      { who: 'operator', what: `Numbers of call ${callUuid} shown`, outcome: 'done', status: 200 },
    ]);
    // They are forgotten with its end.
    on.release(call, ani);
    await waitFor(async () => (await known())[0]?.state === 'over', 'it is over');
    await waitFor(
      async () => (await numbers(`conversations/${callUuid}`)).length === 0,
      'no numbers are kept',
    );
  });
});
