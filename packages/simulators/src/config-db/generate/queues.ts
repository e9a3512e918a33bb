/** Makes virtual queues with aliases and numbers, and the other directory numbers around them. */
import { dnType, objectType } from '../model/rows.ts';
import { addDn } from '../model/telephony.ts';
import { drawFolder, type QueueAtSite, type Site, type Workshop } from './plan.ts';
import { languages, lines } from './words.ts';

/** Of ten queues on a switch, one shares its number and one its alias with a queue on another switch. */
const SHARING = 10;

export function makeQueues(workshop: Workshop): void {
  const { plan, sites } = workshop;
  // With two switches at least, there is always one pair of equal numbers and one of equal aliases.
  const pairs = sites.length < 2 ? 0 : Math.max(1, Math.floor(plan.queues / (2 * SHARING)));
  for (let pair = 0; pair < pairs; pair++) {
    const [one, other] = workshop.random.sample(sites, 2) as [Site, Site];
    const number = String(workshop.centre.numbering.next('sharedQueue'));
    addQueue(workshop, one, { number, numberShared: true });
    addQueue(workshop, other, { number, numberShared: true });
    const alias = `${aliasOf(workshop)}_All`;
    addQueue(workshop, one, { alias, aliasShared: true });
    addQueue(workshop, other, { alias, aliasShared: true });
  }
  // One queue is known by its number alone.
  addQueue(workshop, workshop.random.pick(sites), { alias: '' });
  while (workshop.queues.length < plan.queues) addQueue(workshop, workshop.random.pick(sites), {});
}

interface QueueTraits {
  readonly number?: string;
  readonly numberShared?: boolean;
  readonly alias?: string;
  readonly aliasShared?: boolean;
}

/** Adds a virtual queue; without traits its number and its alias occur once. */
export function addQueue(workshop: Workshop, site: Site, traits: QueueTraits): QueueAtSite {
  const { centre } = workshop;
  const dn = addDn(centre, {
    switch: site.switch,
    type: dnType.virtualQueue,
    number: traits.number ?? freshQueueNumber(workshop, site),
    alias: traits.alias ?? aliasOf(workshop),
    folder: drawFolder(workshop, site.folders),
  });
  centre.annex.set(objectType.dn, dn.dbid, 'TServer', 'divert-on-ringing', 'false');
  const queue = {
    dn,
    site,
    numberShared: traits.numberShared ?? false,
    aliasShared: traits.aliasShared ?? false,
  };
  workshop.queues.push(queue);
  return queue;
}

/** Switches have ranges of their own: 6100001 on the first, 6200001 on the second. */
function freshQueueNumber({ centre, sites }: Workshop, site: Site): string {
  const range = sites.indexOf(site) + 1;
  return `6${range}${String(centre.numbering.next('queue', site.switch.dbid)).padStart(5, '0')}`;
}

/** `Sales_English`, `Billing_French2` … */
function aliasOf({ centre, random }: Workshop): string {
  return centre.numbering.word(`${random.pick(lines)}_${random.pick(languages)}`);
}

/** Routing points, ACD queues and virtual routing points: directory numbers that are no queues by default. */
export function makeOtherNumbers(workshop: Workshop): void {
  const { centre, random, sites } = workshop;
  for (const site of sites) {
    const types = [
      dnType.routingPoint,
      dnType.routingPoint,
      dnType.acdQueue,
      dnType.routingQueue,
      dnType.virtualRoutingPoint,
    ];
    for (const type of types)
      addDn(centre, {
        switch: site.switch,
        type,
        number: String(centre.numbering.next('routingPoint', site.switch.dbid)),
        alias: `Entry_${random.pick(lines)}`,
        folder: drawFolder(workshop, site.folders),
      });
  }
}
