import { readSnapshot, writeSnapshot } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { produce, type Scenario, Stage, scenarios, switchesFor } from '../scenarios/index.ts';
import { logInCast } from '../scenarios/script/runner.ts';
import type { SipSwitch } from './sip-switch.ts';
import type { Frame } from './types.ts';

/** What a consumer of call monitoring knows: party states by call and party. */
class Knowledge {
  readonly #calls = new Map<unknown, Map<unknown, string>>();

  take({ message, attributes: a }: Frame): void {
    const parties = this.#calls.get(a.CallUUID);
    switch (message) {
      case 'EventCallCreated':
        this.#calls.set(a.CallUUID, new Map());
        return;
      case 'EventCallDeleted':
        this.#calls.delete(a.CallUUID);
        return;
      case 'EventCallPartyAdded':
      case 'EventCallPartyState':
        parties?.set(a.PartyUUID, `${a.DN} ${a.PartyState} ${(a.PartyFlags as string[] | undefined) ?? ''}`);
        return;
      case 'EventCallPartyMoved':
        this.#calls.get(a.NewCallUUID)?.set(a.PartyUUID, parties?.get(a.PartyUUID) ?? '');
        parties?.delete(a.PartyUUID);
        return;
      case 'EventCallPartyDeleted':
        parties?.delete(a.PartyUUID);
    }
  }

  get all(): unknown {
    return [...this.#calls].map(([call, parties]) => [call, [...parties].toSorted()]);
  }
}

/** Plays a scenario step by step; `afterStep` may look at the switches. */
function play(
  scenario: Scenario,
  transferStyle: 'add' | 'move',
  o: { onFrame?: (frame: Frame) => void; afterStep: (switches: ReadonlyMap<string, SipSwitch>) => void },
): void {
  const production = produce([scenario]);
  let now = Date.UTC(2026, 0, 5, 8);
  const switches = switchesFor(production, { now: () => now, seed: 'snapshots', transferStyle });
  for (const on of switches.values())
    on.onEvent((event) => {
      if (event.stream === 'calls') o.onFrame?.(event.frame);
    });
  const [performance] = production.performances;
  if (performance === undefined) throw new Error('nothing to play');
  const stage = new Stage(performance, switches);
  logInCast(performance, stage);
  for (const step of scenario.steps) {
    now += 1000;
    step.run(stage);
    o.afterStep(switches);
  }
}

describe.each(['add', 'move'] as const)('what is there, when parties come over by %s', (style) => {
  it.each(scenarios.map((one) => [one.name, one] as const))(
    'is told to who comes late as to who saw it happen: %s',
    (_name, scenario) => {
      const early = new Knowledge();
      play(scenario, style, {
        onFrame: (frame) => early.take(frame),
        afterStep: (switches) => {
          const late = new Knowledge();
          for (const on of switches.values())
            for (const call of on.calls.keys()) for (const frame of on.resync(call)) late.take(frame);
          expect(late.all).toEqual(early.all);
        },
      });
    },
  );

  it.each(scenarios.map((one) => [one.name, one] as const))(
    'is in the snapshots of the telephones and queues as in the calls: %s',
    (_name, scenario) => {
      play(scenario, style, {
        afterStep: (switches) => {
          for (const on of switches.values()) {
            const inCalls = [...on.calls.values()].flatMap((call) =>
              call.parties
                .filter((party) => on.dns.has(party.dn))
                .map((party) => `${party.uuid} ${party.state}`),
            );
            const inSnapshots = [...on.dns].flatMap(([dn, type]) => {
              const { calls } = readSnapshot(on.snapshot(dn)?.extensions ?? {});
              return type === 'VirtualQueue'
                ? []
                : calls.map((call) => `${call.partyUuid} ${call.partyState}`);
            });
            expect(inSnapshots.toSorted()).toEqual(inCalls.toSorted());
          }
        },
      });
    },
  );
});

describe('the snapshot of a number', () => {
  function waiting() {
    const production = produce([scenarios.find((one) => one.name === 'inbound-queue-call') ?? never()]);
    const switches = switchesFor(production, { now: () => 1_700_000_000_000, seed: 'one' });
    const [performance] = production.performances;
    const stage = new Stage(performance ?? never(), switches);
    logInCast(performance ?? never(), stage);
    for (const step of performance?.scenario.steps.slice(0, 2) ?? []) step.run(stage);
    return { on: stage.site(), stage };
  }

  it('of a virtual queue has the calls that wait, with the party of the routing point', () => {
    const { on, stage } = waiting();
    const extensions = on.snapshot(stage.queue('sales').number)?.extensions ?? {};
    const { calls, agentStatus } = readSnapshot(extensions);
    const call = [...on.calls.values()][0];
    expect(calls).toEqual([
      { connId: call?.connId, callUuid: call?.uuid, partyUuid: call?.parties[1]?.uuid, partyState: 'Queued' },
    ]);
    expect(agentStatus).toBeUndefined();
    expect(writeSnapshot({ calls })).toEqual(extensions);
  });

  it('of a telephone has the agent, or says that nobody is there', () => {
    const { on, stage } = waiting();
    const { dn, loginCode } = stage.agent('anna');
    expect(on.snapshot(dn)).toEqual({ agentId: loginCode, extensions: { AgentStatus: 'Ready' } });
    on.logout(dn);
    expect(on.snapshot(dn)).toEqual({ agentId: undefined, extensions: { AgentStatus: 'LoggedOut' } });
  });

  it('is missing for a number that the switch does not have', () => {
    expect(waiting().on.snapshot('4711')).toBeUndefined();
  });
});

function never(): never {
  throw new Error('the scenario is missing');
}
