import { systemClock } from '@exec/common/clock';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import { askAsOperator, Stand, waitFor } from '../testing/stand.ts';

interface Summary {
  readonly callUuid: string;
  readonly conversationId: string;
  readonly state: string;
}

interface Details extends Summary {
  readonly legs: readonly { readonly kind: string; readonly state: string }[];
  readonly waiting: readonly { readonly event: string }[];
}

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
    const runner = new ScenarioRunner({ clock: systemClock, switches: stand.switches, speed: 6 });
    const playing = runner.playAll(stand.production.performances);
    await waitFor(async () => (await open()).length === 1, 'the conversation');
    const [summary] = await open();
    const details = async () => (await ask(`/conversations/${summary?.callUuid}`)).body as Details;
    await waitFor(async () => (await details()).legs.some((leg) => leg.state === 'held'), 'the agent holds');
    const held = await details();
    expect(held.legs.map((leg) => [leg.kind, leg.state])).toEqual([
      ['external', 'connected'],
      ['queue', 'ended'],
      ['user', 'held'],
    ]);
    expect(stand.cloud.conversation(held.conversationId)).toBeDefined();
    // The cloud goes away: what cannot be sent is seen to wait.
    const end = stand.cloud.faults.outage();
    const [played] = await playing;
    await waitFor(async () => (await details()).waiting.length >= 2, 'events that wait');
    end();
    await waitFor(async () => (await details()).waiting.length === 0, 'nothing waits');
    expect(await details()).toMatchObject({ state: 'over', callUuid: played?.expected[0]?.call });
    expect(await open()).toEqual([]);
    expect(await ask('/conversations/unknown')).toMatchObject({
      status: 404,
      body: { code: 'conversation.not-found' },
    });
    expect(await ask('/conversations?state=wrong')).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
    expect(await ask('/gaps')).toEqual({ status: 200, body: { items: [] } });
  });
});
