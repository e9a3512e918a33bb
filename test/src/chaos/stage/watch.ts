/** Writes down which instance of EXCP sees what, as the SIP Server pairs themselves know it. */

import type { SipServer, SipServerSimulator } from '@exec/simulators/sip-server';
import type { Notes } from '../history/history.ts';
import { linkConnections } from './proxies.ts';

const everyMs = 100;

export interface WatchedSite {
  readonly switch: string;
  readonly pair: SipServerSimulator;
  readonly queues: readonly string[];
  readonly extensions: readonly string[];
}

export interface Watched {
  /** Names by which the instances introduce themselves. */
  readonly instances: readonly string[];
  readonly sites: readonly WatchedSite[];
}

/** Looks again and again until the answered function is called. */
export function watchInstances({ instances, sites }: Watched, history: Notes): () => void {
  const known = new Map<string, boolean>();
  const servers = new Map<string, SipServer>();
  let lookedAt = Date.now();
  const look = () => {
    const now = Date.now();
    for (const { switch: name, pair } of sites) {
      // Who watches the new server within one look has still missed what the old one said last.
      if (servers.get(name) !== pair.active)
        for (const of of linkConnections) forget(`${of} of ${name}`, lookedAt);
      servers.set(name, pair.active);
    }
    lookedAt = now;
    for (const instance of instances)
      for (const site of sites)
        for (const of of linkConnections) {
          const connection = `${of} of ${site.switch}`;
          const key = `${instance} ${connection}`;
          const on = isWatching(site, instance, of);
          if (known.get(key) === on) continue;
          known.set(key, on);
          history.add({ what: 'watching', at: Date.now(), instance, connection, on });
        }
  };
  const forget = (connection: string, at: number) => {
    for (const instance of instances)
      if (known.get(`${instance} ${connection}`) === true) {
        known.set(`${instance} ${connection}`, false);
        history.add({ what: 'watching', at, instance, connection, on: false });
      }
  };
  look();
  const timer = setInterval(look, everyMs);
  return () => clearInterval(timer);
}

/** Whether this instance is told of all that happens on one of its connections to a site. */
export function isWatching(
  { pair: { active }, queues, extensions }: WatchedSite,
  instance: string,
  connection: (typeof linkConnections)[number],
): boolean {
  if (!active.linkConnected) return false;
  const mine = active.watchers.filter(({ applicationName }) => applicationName === instance);
  if (connection === 'calls') return mine.some(({ monitoring }) => monitoring);
  return hasAll(mine, connection === 'queues' ? queues : extensions);
}

function hasAll(watchers: SipServer['watchers'], numbers: readonly string[]): boolean {
  return numbers.every((number) => watchers.some(({ addresses }) => addresses.has(number)));
}
