/** Gives scenarios their people: agents of their own, callers of their own, queues that all share. */
import { ExecError } from '@exec/common/errors';
import { type SipSwitch, type SipSwitchOptions, SipSwitch as Switch } from '../../sip-server/index.ts';
import type { CastAgent, CastQueue } from './cast.ts';
import { Casting, type CastingOptions } from './casting.ts';
import type { Performance, Scenario } from './scenario.ts';
import { farRoutingPointNumber, ivrNumber, routingPointNumber } from './stage.ts';

/** Names of the two switches when nothing else is said. */
export const siteNames = ['SIP_Switch', 'SIP_Switch_2'] as const;

export interface Production {
  readonly performances: readonly Performance[];
  /** Everybody who must be known to the consumer's mapping, mapped or not. */
  readonly agents: readonly CastAgent[];
  readonly queues: readonly CastQueue[];
  readonly sites: readonly [string, string];
}

export interface ProductionOptions extends CastingOptions {
  /** How often each scenario is played. Default 1. */
  readonly times?: number;
  readonly sites?: readonly [string, string];
  /** Number of the first performance, so that two productions share nobody. Default 0. */
  readonly firstIndex?: number;
}

export function produce(scenarios: readonly Scenario[], o: ProductionOptions = {}): Production {
  const sites = o.sites ?? siteNames;
  const performances: Performance[] = [];
  const casting = new Casting(o, sites);
  for (let round = 0; round < (o.times ?? 1); round++) {
    for (const scenario of scenarios)
      performances.push(casting.cast(scenario, (o.firstIndex ?? 0) + performances.length));
  }
  const queues = new Map<string, CastQueue>();
  for (const one of performances) for (const queue of one.queues.values()) queues.set(queue.number, queue);
  return {
    performances,
    agents: performances.flatMap((one) => [...one.agents.values()]),
    queues: [...queues.values()],
    sites,
  };
}

/** Switches that have every number of a production. */
export function switchesFor(
  production: Production,
  o: Omit<SipSwitchOptions, 'name'>,
): ReadonlyMap<string, SipSwitch> {
  const switches = new Map<string, SipSwitch>();
  for (const name of production.sites) {
    const seed = o.seed === undefined ? {} : { seed: `${o.seed}:${name}` };
    switches.set(name, new Switch({ ...o, ...seed, name }));
  }
  equip(production, switches);
  return switches;
}

/** Adds the numbers of a production to switches that exist. */
export function equip(production: Production, switches: ReadonlyMap<string, SipSwitch>): void {
  for (const [name, on] of switches) {
    on.addDn(name === production.sites[1] ? farRoutingPointNumber : routingPointNumber, 'RoutingPoint');
    on.addDn(ivrNumber, 'IVR');
  }
  for (const { site, dn } of production.agents) switchNamed(switches, site).addDn(dn, 'Extension');
  for (const { site, number } of production.queues) switchNamed(switches, site).addDn(number, 'VirtualQueue');
}

function switchNamed(switches: ReadonlyMap<string, SipSwitch>, name: string): SipSwitch {
  const found = switches.get(name);
  if (found === undefined) throw new ExecError('simulator.impossible', `there is no switch ${name}`);
  return found;
}
