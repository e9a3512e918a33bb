/** What goes on in the contact centre while faults are played: days of calls at both sites, bursts, scripted calls. */

import type { RepeatMode } from '@exec/simulators/genesys-cloud';
import type { Random } from '@exec/simulators/scenarios';
import {
  type DayResult,
  needsTwoSites,
  type ScenarioResult,
  scenarioNamed,
} from '@exec/simulators/scenarios';
import { codesOf, programmeFor } from '../../demo/programme.ts';
import type { Site } from '../../demo/sites.ts';
import type { ScriptEntry } from '../history/entries.ts';
import { peerOf } from './end.ts';
import type { Stage } from './stage.ts';

/** A day of calls. */
const roundMs = 30_000;
const callsOfRound = 30;
/** Several hundred calls within this time, most of which nobody takes. */
const burstMs = 3000;
const callsOfBurst = 300;
const abandonedInBurst = 0.6;
/** The longest script that is played. */
const longestMs = 45_000;
const repeatModes = ['dedupe', 'refuse-repeat'] as const satisfies readonly RepeatMode[];

type Played = Omit<ScriptEntry, 'what' | 'at'>;

export class Load {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #codes: readonly string[];
  readonly #sites: readonly Site[];
  /** Agents of each site who take the calls of its day; the others act in scripts. */
  readonly #half: number;
  /** Share of rounds that begin with a burst. */
  readonly #bursts: number;
  #repeatMode: RepeatMode;

  constructor(stage: Stage, random: Random, bursts: number) {
    this.#stage = stage;
    this.#random = random;
    this.#bursts = bursts;
    this.#codes = stage.centre.expected.wrapupCodes.map(({ name }) => name);
    this.#sites = stage.centre.sites.sites;
    this.#half = Math.floor(stage.working / 2);
    this.#repeatMode = random.pick(repeatModes);
  }

  /** Plays one round; who works in it logs in and out again, but for some in the last one. The cloud changes its mind about repeats. */
  async round(isLast: boolean): Promise<void> {
    this.#repeatMode = repeatModes.find((mode) => mode !== this.#repeatMode) ?? this.#repeatMode;
    this.#stage.cloud.quirks.repeatMode = this.#repeatMode;
    this.#logOutActors();
    const played = await Promise.all([
      ...this.#sites.map((site, index) => this.#workAt(site, index, isLast)),
      this.#scripts(),
    ]);
    for (const one of played.flat()) this.#stage.history.add({ what: 'script', at: Date.now(), ...one });
  }

  /** The last state of every agent at Stat Server. */
  noteAgents(): void {
    const { engage, centre, history } = this.#stage;
    for (const { employeeId } of centre.expected.users) {
      const status = engage.states.value(employeeId, 'DNStatus')?.Status ?? 'Unknown';
      const action = engage.states.value(employeeId, 'DNAction')?.Place?.DnStatuses?.[0]?.Actions?.[0];
      const reason = Object.values(action?.Reasons ?? {})[0];
      const known = typeof reason === 'string' ? { reason } : {};
      history.add({ what: 'agent', at: Date.now(), employeeId, status, ...known });
    }
  }

  /** A day, some of them after a burst; what is drawn does not hang on how fast anything goes. */
  async #workAt(site: Site, index: number, isLast: boolean): Promise<Played[]> {
    const day = {
      ...{
        site: index,
        seed: this.#random.below(2 ** 31),
        agents: this.#half,
        wrapupCodes: [...this.#codes],
      },
    };
    const burst = this.#random.chance(this.#bursts) ? await this.#burst(day) : undefined;
    const { engage } = this.#stage;
    const rest = await engage.playDay({
      ...{ ...day, calls: callsOfRound, durationMs: roundMs, mix: { staying: isLast ? 0.3 : 0 } },
    });
    return [...(burst === undefined ? [] : playedIn('burst', burst, site)), ...playedIn('day', rest, site)];
  }

  #burst(day: { site: number; seed: number; agents: number; wrapupCodes: string[] }): Promise<DayResult> {
    return this.#stage.engage.playDay({
      ...{ ...day, calls: callsOfBurst, durationMs: burstMs },
      mix: { abandoned: abandonedInBurst, staying: 0 },
    });
  }

  async #scripts(): Promise<Played[]> {
    const { engage, working } = this.#stage;
    const [first, second] = this.#sites;
    if (first === undefined) throw new Error('the contact centre has no site');
    const agents = working - this.#half;
    const { names } = programmeFor({
      longestMs,
      first: { agents, queues: first.queues.length },
      ...(second === undefined ? {} : { second: { agents, queues: second.queues.length } }),
      order: (playable) => this.#random.shuffled(playable),
    });
    const results = await engage.playScenarios({
      ...{ names: [...names], times: 1, everyMs: 300, speed: 1, firstAgent: this.#half },
      codes: codesOf(this.#codes),
    });
    return results.flatMap((result) => playedBy(result, first, second ?? first));
  }

  #logOutActors(): void {
    const { engage } = this.#stage;
    for (const { switch: name, agents } of this.#sites) {
      const on = engage.switches.get(name);
      for (const { dn } of agents.slice(this.#half))
        if (on?.snapshot(dn)?.agentId !== undefined) on.logout(dn);
    }
  }
}

function playedIn(scenario: string, { conversations }: DayResult, site: Site): Played[] {
  return conversations.map((one) => played(scenario, one, site));
}

/** A script has its queues either all at the first site or all at the other one. */
function playedBy({ scenario, expected }: ScenarioResult, first: Site, second: Site): Played[] {
  const { cast } = scenarioNamed(scenario);
  const queuesFar = Object.values(cast.queues ?? {}).some(({ otherSite }) => otherSite === true);
  const site = needsTwoSites(scenarioNamed(scenario)) && queuesFar ? second : first;
  const across = needsTwoSites(scenarioNamed(scenario)) ? { acrossSites: true } : {};
  return expected.map((one) => ({ ...played(scenario, one, site), ...across }));
}

function played(
  scenario: string,
  { call, legs, transfers }: DayResult['conversations'][number],
  site: Site,
): Played {
  return {
    ...{ scenario, call, transfers: transfers.map(({ command }) => command) },
    legs: legs.map(({ participant, steps, times }) => {
      const [kind, number = ''] = participant.split(':');
      const where = kind === 'queue' ? `queue:${peerOf({ number, switch: site.switch })}` : participant;
      return { participant: where, steps, times };
    }),
  };
}
