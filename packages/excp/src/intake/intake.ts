/** All connections of all sites: what they tell becomes entries of the stream. */

import type { Clock } from '@exec/common/clock';
import type { Site } from '@exec/common/config';
import { type Connection, connections } from '@exec/common/config';
import type { Formats } from '@exec/common/formats';
import type { IdMap } from '@exec/common/id-map';
import type { StreamMs, WallMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import type { EngageLinkMetrics, LinkClientOptions } from '@exec/engage-link';
import type { SipEvent } from '@exec/engage-link/wire';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { EngageEvent } from '../events/engage-events.ts';
import { type EntryContent, writeEntry } from '../events/in-stream-entry.ts';
import type { AwaitedConnection, Snapshot } from '../events/snapshots.ts';
import type { Offer } from './backlog.ts';
import type { Claimer } from './claimer.ts';
import { eventKey } from './event-key.ts';
import { normalise } from './normalise.ts';
import { ReorderBuffer } from './reorder-buffer.ts';
import { SiteConnection } from './site-connection.ts';

export interface IntakeMetrics {
  received(message: string): void;
}

/** Told when a connection knows everything, or nothing any more. */
export interface CoverageHandler {
  complete(site: string, connection: Connection): void;
  lost(site: string, connection: Connection, detail: string): void;
}

export interface IntakeOptions {
  readonly sites: readonly Site[];
  readonly claimer: Pick<Claimer, 'offer'>;
  readonly formats: Formats;
  readonly coverage: CoverageHandler;
  readonly metrics: IntakeMetrics;
  readonly linkMetrics: EngageLinkMetrics;
  readonly link: Pick<LinkClientOptions, 'applicationName' | 'password' | 'tls' | 'limits'>;
  readonly dispositionKey: string;
  readonly owner: string;
  readonly streamNow: () => Promise<StreamMs>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #watches: {
    readonly site: string;
    readonly connection: Connection;
    readonly watch: SiteConnection;
  }[] = [];

  readonly #reorder: ReorderBuffer<Offer>;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#reorder = new ReorderBuffer((offer) => options.claimer.offer(offer));
    for (const site of options.sites)
      for (const connection of connections)
        this.#watches.push({ site: site.switch, connection, watch: this.#watch(site, connection) });
  }

  start(): void {
    for (const { watch } of this.#watches) watch.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map(({ watch }) => watch.stop()));
    this.#reorder.end();
  }

  /** Follows the mapping: its queues and its DNs are registered. */
  use(map: IdMap): void {
    const queues = Map.groupBy(map.content.queues, (queue) => queue.switch);
    for (const { site, connection, watch } of this.#watches) {
      if (connection === 'queues') watch.want((queues.get(site) ?? []).map((queue) => queue.number));
      if (connection === 'extensions') watch.want(map.dns(site).map((dn) => dn.number));
    }
  }

  /** Asks for every snapshot once more, because what they named is lost. */
  resync(): void {
    for (const { watch } of this.#watches) watch.again();
  }

  /** Asks a connection whether it has more to tell than the stream had at `place`; the answer goes into the stream. */
  ask({ site, connection, place }: AwaitedConnection): void {
    this.#watches.find((one) => one.site === site && one.connection === connection)?.watch.ask(place);
  }

  #watch(site: Site, connection: Connection): SiteConnection {
    const { linkMetrics: metrics, link, clock, logger, owner, streamNow, coverage } = this.#options;
    const name = site.switch;
    return new SiteConnection({
      site: name,
      connection,
      link: { ...link, name: `${name} ${connection}`, servers: site.servers[connection], metrics },
      clock,
      logger,
      owner,
      streamNow,
      handler: {
        event: (event, receivedAt) => this.#event(name, connection, event, receivedAt),
        snapshot: (item) => this.#snapshot(item),
        found: (event) => {
          const input = normalise(event, name, this.#options);
          return input?.kind === 'call-created' || input?.kind === 'party-added' ? input : undefined;
        },
        caughtUp: (place) => this.#caughtUp(name, connection, place),
        complete: () => coverage.complete(name, connection),
        lost: (detail) => coverage.lost(name, connection, detail),
      },
    });
  }

  #event(site: string, connection: Connection, event: SipEvent, received: WallMs): void {
    this.#options.metrics.received(event.message);
    const content = normalise(event, site, this.#options);
    if (content === undefined) return;
    const call = callOf(content);
    this.#reorder.add(`${site} ${connection}`, content.at, {
      digest: eventKey(site, event),
      at: content.at,
      ...(content.kind === 'call-created' ? { what: 'opens' } : {}),
      ...(call === undefined ? {} : { call: `${site}/${call}` }),
      entry: writeEntry(this.#options.formats, { received, content, by: this.#options.owner }),
    });
  }

  #caughtUp(site: string, connection: Connection, place: StreamPlace): void {
    // Everything that it has sent comes before.
    this.#reorder.end();
    const content = { kind: 'connection-caught-up', site, connection, place } as const;
    this.#offer(content);
  }

  #snapshot(content: Snapshot): void {
    // It is newer than what its connection has sent before.
    this.#reorder.end();
    this.#offer(content);
  }

  #offer(content: EntryContent): void {
    const { claimer, formats, clock, owner } = this.#options;
    claimer.offer({ entry: writeEntry(formats, { received: clock.now(), content, by: owner }) });
  }
}

function callOf(input: EngageEvent): string | undefined {
  return 'call' in input ? input.call : undefined;
}
