/** What happens to the links of Engage: cut, half-open, sliced, doubled, switched over, with a bridge that restarts. */
import type { SipServerSimulator } from '@exec/simulators/sip-server';
import type { FaultProxy, Toxic } from '@exec/testing/proxy';
import { sipPart } from '../stage/proxies.ts';
import { watchers } from '../stage/services.ts';
import type { Stage } from '../stage/stage.ts';
import type { Fault, Play } from './fault.ts';

const one = 'the link comes back by itself; the other instance has seen everything meanwhile';
const both = 'the link comes back by itself, and what is found then is compared with what is known';
const gap = 'what happened while no instance was connected; calls are neither split nor told twice';
const common = { kind: 'link', sees: one, lost: 'nothing', alarm: 'LinkDown', cost: 'nothing' } as const;

/** Sites that a fault of links is played on: one of them, or both at once. */
const places: readonly { readonly sites: readonly number[]; readonly words: string }[] = [
  { sites: [0], words: 'of the first site' },
  { sites: [1], words: 'of the second site' },
  { sites: [0, 1], words: 'of both sites' },
];

/** Proxies before the SIP Servers of these sites, of one instance or of all. */
function linksOf({ proxies }: Stage, sites: readonly number[], instance?: string): FaultProxy[] {
  return sites.flatMap((site) => proxies.between(sipPart(site), instance));
}

function pairsOf({ engage }: Stage, sites: readonly number[]): SipServerSimulator[] {
  return engage.sip.filter((_, index) => sites.includes(index));
}

/** On the links of one instance of EXCP to its SIP Servers. */
const onOneInstance =
  (
    low: number,
    high: number,
    play: (links: readonly FaultProxy[]) => ReturnType<Play['play']>,
  ): Fault['draw'] =>
  (random) => {
    const name = random.pick(watchers);
    const { sites, words } = random.pick(places);
    return {
      ...{ on: `the links of ${name} ${words}`, parts: [name], blinds: [name] },
      lastsMs: random.between(low, high),
      play: (stage) => play(linksOf(stage, sites, name)),
    };
  };

/** On the SIP Server pairs themselves, which concerns both instances. */
const onSipServers =
  (
    low: number,
    high: number,
    play: (stage: Stage, sites: readonly number[]) => ReturnType<Play['play']>,
    parts: readonly string[] = ['sip', ...watchers],
  ): Fault['draw'] =>
  (random) => {
    const { sites, words } = random.pick(places);
    return {
      ...{ on: `the SIP Server pair ${words}`, parts, lastsMs: random.between(low, high) },
      play: (stage) => play(stage, sites),
    };
  };

const onStatServers =
  (low: number, high: number, play: Play['play']): Fault['draw'] =>
  (random) => ({ on: 'the Stat Server pair', parts: ['stat'], lastsMs: random.between(low, high), play });

function toxic(toxics: readonly Toxic[]): (links: readonly FaultProxy[]) => ReturnType<Play['play']> {
  return async (links) => {
    const ends = links.flatMap((proxy) => toxics.map((what) => proxy.add(what)));
    return async () => {
      for (const end of ends) end();
    };
  };
}

const nothingToHeal = async () => undefined;

export const linkFaults: readonly Fault[] = [
  {
    ...common,
    name: 'link-cut',
    happens: 'The connections of one EXCP to the SIP Server are reset',
    draw: onOneInstance(0, 500, async (links) => {
      for (const proxy of links) proxy.resetAll();
      return nothingToHeal;
    }),
  },
  {
    ...common,
    name: 'link-away',
    happens: 'One EXCP does not reach the SIP Servers for some seconds',
    draw: onOneInstance(2000, 12_000, async (links) => {
      await Promise.all(links.map((proxy) => proxy.down()));
      return async () => void (await Promise.all(links.map((proxy) => proxy.up())));
    }),
  },
  {
    ...common,
    name: 'link-half-open',
    happens: 'The links of one EXCP stay open, and nothing comes through any more',
    draw: onOneInstance(12_000, 30_000, toxic([{ type: 'timeout', timeoutMs: 0 }])),
  },
  {
    ...common,
    name: 'link-sliced',
    happens: 'The links of one EXCP pass on a few bytes at a time, late',
    sees: 'nothing',
    draw: onOneInstance(
      5000,
      12_000,
      toxic([
        { type: 'slicer', averageBytes: 300, variationBytes: 299 },
        { type: 'latency', latencyMs: 100, jitterMs: 80 },
      ]),
    ),
  },
  {
    ...common,
    name: 'link-cut-for-all',
    happens: 'All connections to the SIP Servers are reset at once',
    sees: both,
    lost: gap,
    alarm: 'ConversationGap',
    draw: onSipServers(0, 500, async (stage, sites) => {
      for (const proxy of linksOf(stage, sites)) proxy.resetAll();
      return nothingToHeal;
    }),
  },
  ...[false, true].map(
    (crash): Fault => ({
      ...common,
      name: `sip-server-switches-over-${crash ? 'by-crash' : 'in-order'}`,
      happens: `The SIP Server pair switches over${crash ? ', the primary breaks off' : ', both stay up'}`,
      sees: both,
      lost: gap,
      alarm: 'ConversationGap',
      draw: onSipServers(1000, 4000, async (stage, sites) => {
        for (const pair of pairsOf(stage, sites)) pair.switchover({ crash });
        return nothingToHeal;
      }),
    }),
  ),
  ...[false, true].map(
    (crash): Fault => ({
      ...common,
      name: `stat-server-switches-over-${crash ? 'by-crash' : 'in-order'}`,
      happens: `The Stat Server pair switches over${crash ? ', the primary breaks off' : ''}`,
      sees: 'EXAS opens all statistics at the other server and corrects what differs',
      draw: onStatServers(1000, 4000, async ({ engage }) => {
        engage.switchover('stat', crash);
        return nothingToHeal;
      }),
    }),
  ),
  {
    ...common,
    name: 'stat-server-away',
    happens: 'No Stat Server is reached for some seconds',
    sees: 'agents are marked stale and keep their last state; afterwards what differs is corrected',
    draw: onStatServers(3000, 15_000, async ({ engage }) => {
      await engage.setReachable('stat', false);
      return () => engage.setReachable('stat', true);
    }),
  },
  {
    ...common,
    name: 'link-repeats-itself',
    happens: 'The bridge tells every event twice',
    sees: '`excp_events_duplicate_total` rises',
    draw: onSipServers(
      4000,
      10_000,
      async (stage, sites) => {
        const servers = pairsOf(stage, sites).flatMap(({ primary, backup }) => [primary, backup]);
        for (const server of servers) server.repeatEvents = true;
        return async () => {
          for (const server of servers) server.repeatEvents = false;
        };
      },
      ['sip'],
    ),
  },
  {
    ...common,
    name: 'bridge-restarts',
    happens: 'The bridge before the active SIP Server restarts and begins anew',
    sees: both,
    lost: gap,
    alarm: 'ConversationGap',
    draw: onSipServers(500, 4000, async (stage, sites) => {
      const active = pairsOf(stage, sites).map((pair) => pair.active.link);
      await Promise.all(active.map((link) => link.unlisten()));
      return async () => void (await Promise.all(active.map((link) => link.listen())));
    }),
  },
];
