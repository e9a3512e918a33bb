/** Gathers what a resynchronisation and the registration snapshots tell into items, in parts of bounded size. */
import type { StreamMs } from '@exec/common/instants';
import type { SipEventOf } from '@exec/engage-link/wire';
import { readSnapshot } from '@exec/engage-link/wire';
import type { CallCreated, PartyAdded } from '../events/engage-events.ts';
import type { Snapshot } from '../events/snapshots.ts';

/** Calls of one item. */
const callsOfPart = 50;
/** DNs or queues of one item. */
const addressesOfPart = 200;

interface Found {
  readonly created: CallCreated;
  readonly parties: PartyAdded[];
}

/** One resynchronisation of call monitoring. */
export class CallsResync {
  readonly #site: string;
  readonly #since: StreamMs;
  readonly #session: string;
  readonly #tell: (item: Snapshot) => void;
  #calls: Found[] = [];

  /** `since`: stream time before it was asked for. `session`: names it among all instances. */
  constructor(o: { site: string; since: StreamMs; session: string; tell: (item: Snapshot) => void }) {
    this.#site = o.site;
    this.#since = o.since;
    this.#session = o.session;
    this.#tell = o.tell;
  }

  add(input: CallCreated | PartyAdded): void {
    if (input.kind === 'call-created') {
      if (this.#calls.length >= callsOfPart) this.#part(false);
      this.#calls.push({ created: input, parties: [] });
      return;
    }
    this.#calls.findLast(({ created }) => created.call === input.call)?.parties.push(input);
  }

  /** Tells what has been named by now. */
  flush(): void {
    if (this.#calls.length > 0) this.#part(false);
  }

  /** It is under way: what is not known yet may still be named. */
  begin(): void {
    this.#part(false);
  }

  /** `reliable`: whether everything that lives was named. */
  complete(reliable: boolean): void {
    this.#part(true, reliable);
  }

  #part(complete: boolean, reliable = true): void {
    this.#tell({
      kind: 'calls-found',
      site: this.#site,
      since: this.#since,
      session: this.#session,
      calls: this.#calls,
      complete,
      ...(reliable ? {} : { reliable }),
    });
    this.#calls = [];
  }
}

/** Snapshots of registered addresses. */
export class AddressSnapshots {
  readonly #site: string;
  readonly #of: 'queues' | 'extensions';
  readonly #tell: (item: Snapshot) => void;
  #since: StreamMs;
  #registered: SipEventOf<'EventRegistered'>['attributes'][] = [];

  constructor(o: {
    site: string;
    since: StreamMs;
    of: 'queues' | 'extensions';
    tell: (item: Snapshot) => void;
  }) {
    this.#site = o.site;
    this.#since = o.since;
    this.#of = o.of;
    this.#tell = o.tell;
  }

  add(registered: SipEventOf<'EventRegistered'>['attributes']): void {
    this.#registered.push(registered);
    if (this.#registered.length >= addressesOfPart) this.flush();
  }

  /** `since`: of the snapshots that follow. */
  flush(since?: StreamMs): void {
    const registered = this.#registered;
    this.#registered = [];
    if (registered.length > 0) this.#tell(this.#item(registered));
    if (since !== undefined) this.#since = since;
  }

  #item(registered: readonly SipEventOf<'EventRegistered'>['attributes'][]): Snapshot {
    const base = { site: this.#site, since: this.#since };
    if (this.#of === 'extensions') {
      const dns = registered.map(({ ThisDN: dn, AgentID: agentId, Extensions: extensions }) => {
        const loggedOut = readSnapshot(extensions).agentStatus === 'LoggedOut';
        return { dn, agentId: loggedOut || agentId === '' ? undefined : agentId };
      });
      return { kind: 'agents-found', ...base, dns };
    }
    const queues = registered.map(({ ThisDN: queue, Extensions: extensions }) => ({
      queue,
      calls: readSnapshot(extensions).calls.flatMap(({ callUuid }) =>
        callUuid === undefined ? [] : [callUuid],
      ),
    }));
    return { kind: 'queues-found', ...base, queues };
  }
}
