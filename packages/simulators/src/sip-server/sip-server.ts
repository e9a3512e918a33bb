/** One SIP Server: answers requests from the switch's state and passes its events to who asked for them. */

import type { CallUuid } from '@exec/common/ids';
import { type Frame, parseSipRequest, type ServerRole, type SipRequest } from '@exec/engage-link/wire';
import type { LinkConnection } from '../link-server/connection.ts';
import { LinkServer } from '../link-server/link-server.ts';
import type { LinkServerOptions } from '../link-server/options.ts';
import type { SipSwitch } from './sip-switch.ts';
import type { SwitchEvent } from './types.ts';

/** What one client asked for; forgotten with its connection, and when the link to the switch is lost. */
interface Subscription {
  readonly addresses: Set<string>;
  monitoring: boolean;
  /** Calls that its resynchronisation has not named yet. */
  resync: CallUuid[];
}

/** A client as it stands: what it would be told if something happened now. */
export interface SipWatcher {
  /** Given in its first frame. */
  readonly applicationName: string | undefined;
  readonly addresses: ReadonlySet<string>;
  /** Whether it monitors calls and has been told of all that are there. */
  readonly monitoring: boolean;
}

const serverVersion = '8.1.103.00';

export class SipServer {
  readonly link: LinkServer;
  /** True: every event leaves twice, as from a bridge that lost track of what it had sent. */
  repeatEvents = false;
  readonly #switch: SipSwitch;
  readonly #subscriptions = new Map<LinkConnection, Subscription>();
  readonly #refusedAddresses = new Set<string>();
  #linkConnected: boolean;

  constructor(o: LinkServerOptions, role: ServerRole, on: SipSwitch) {
    this.#switch = on;
    this.#linkConnected = role === 'Primary';
    this.link = new LinkServer(o, role, {
      registered: (connection) => this.#onRegistered(connection),
      request: (connection, frame) => this.#onRequest(connection, frame),
      closed: (connection) => void this.#subscriptions.delete(connection),
    });
  }

  /** Whether it is usable: primary, in step, with a link to the switch. */
  get linkConnected(): boolean {
    return this.#linkConnected;
  }

  /** The link to the switch comes and goes; what happens at the switch meanwhile is not told. */
  setLinkConnected(connected: boolean): void {
    if (this.#linkConnected === connected) return;
    this.#linkConnected = connected;
    for (const [connection, subscription] of this.#subscriptions) {
      if (connected) {
        connection.send('EventLinkConnected', {});
        continue;
      }
      subscription.addresses.clear();
      subscription.monitoring = false;
      subscription.resync = [];
      connection.send('EventLinkDisconnected', {});
    }
  }

  /** Registrations of this number are refused, or again accepted. */
  refuseAddress(dn: string, refused: boolean): void {
    if (refused) this.#refusedAddresses.add(dn);
    else this.#refusedAddresses.delete(dn);
  }

  /** The server itself ends the registrations of a number. */
  dropAddress(dn: string): void {
    for (const [connection, { addresses }] of this.#subscriptions) {
      if (addresses.delete(dn))
        connection.sendEvent({ message: 'EventUnregistered', attributes: { ThisDN: dn } });
    }
  }

  /** Passes an event of the switch to the clients that asked for it. */
  deliver(event: SwitchEvent): void {
    if (!this.#linkConnected) return;
    for (const [connection, subscription] of this.#subscriptions) {
      const wanted = event.dn === undefined ? subscription.monitoring : subscription.addresses.has(event.dn);
      if (!wanted) continue;
      connection.sendEvent(event.frame);
      if (this.repeatEvents) connection.sendEvent(event.frame);
    }
  }

  /** Addresses that are registered by any client. */
  get registeredAddresses(): ReadonlySet<string> {
    return new Set([...this.#subscriptions.values()].flatMap(({ addresses }) => [...addresses]));
  }

  /** The clients that are connected. */
  get watchers(): readonly SipWatcher[] {
    return [...this.#subscriptions].map(([{ applicationName }, { addresses, monitoring, resync }]) => ({
      applicationName,
      addresses,
      monitoring: monitoring && resync.length === 0,
    }));
  }

  #onRegistered(connection: LinkConnection): void {
    this.#subscriptions.set(connection, { addresses: new Set(), monitoring: false, resync: [] });
    if (this.#linkConnected) connection.send('EventLinkConnected', {});
  }

  #onRequest(connection: LinkConnection, frame: Frame): void {
    const parsed = parseSipRequest(frame);
    if (parsed.kind === 'unknown') {
      this.link.refuse(connection, frame, 'unknownRequest', `${frame.message} is not known`);
    } else if (parsed.kind === 'invalid') {
      this.link.refuse(connection, frame, 'invalidAttributes', parsed.issues.join('; '));
    } else if (!this.#linkConnected) {
      this.link.refuse(connection, frame, 'notUsable', 'the server is not connected to its switch');
    } else {
      this.#answer(connection, frame, parsed.value);
    }
  }

  #answer(connection: LinkConnection, frame: Frame, request: SipRequest): void {
    const subscription = this.#subscriptions.get(connection);
    if (subscription === undefined) return;
    const { ReferenceID } = request.attributes;
    switch (request.message) {
      case 'RequestRegisterClient':
        return;
      case 'RequestRegisterAddress':
        this.#registerAddress(connection, frame, subscription, request.attributes.ThisDN);
        return;
      case 'RequestUnregisterAddress': {
        const { ThisDN } = request.attributes;
        if (subscription.addresses.delete(ThisDN))
          connection.send('EventUnregistered', { ReferenceID, ThisDN });
        else
          this.link.refuse(connection, frame, 'unknownAddress', 'the address is not registered', { ThisDN });
        return;
      }
      case 'RequestStartCallMonitoring':
        subscription.monitoring = true;
        subscription.resync = [...this.#switch.calls.keys()];
        connection.send('EventACK', { ReferenceID, Extensions: { Resync: 1 } });
        this.#resync(connection, subscription, ReferenceID);
        return;
      case 'RequestStopCallMonitoring':
        subscription.monitoring = false;
        subscription.resync = [];
        connection.send('EventACK', { ReferenceID });
        return;
      case 'RequestQueryServer':
        connection.send('EventServerInfo', {
          ReferenceID,
          ServerRole: this.link.role,
          ServerVersion: serverVersion,
          LinkConnected: this.#linkConnected,
        });
    }
  }

  #registerAddress(connection: LinkConnection, frame: Frame, subscription: Subscription, dn: string): void {
    const snapshot = this.#refusedAddresses.has(dn) ? undefined : this.#switch.snapshot(dn);
    if (snapshot === undefined) {
      this.link.refuse(connection, frame, 'unknownAddress', 'the address cannot be registered', {
        ThisDN: dn,
      });
      return;
    }
    subscription.addresses.add(dn);
    connection.send('EventRegistered', {
      ReferenceID: frame.attributes.ReferenceID,
      ThisDN: dn,
      ...(snapshot.agentId === undefined ? {} : { AgentID: snapshot.agentId }),
      Extensions: snapshot.extensions,
    });
  }

  /**
   * A few calls in each turn, each as it is at that moment: live events come between, as they do on a server that
   * has many calls. A call that ended meanwhile was told as ended and is left out.
   */
  #resync(connection: LinkConnection, subscription: Subscription, referenceId: number): void {
    const rest = subscription.resync;
    for (const uuid of rest.splice(0, resyncBatch)) {
      for (const frame of this.#switch.resync(uuid)) connection.sendEvent(frame);
    }
    if (!connection.open || !subscription.monitoring || subscription.resync !== rest) return;
    if (rest.length > 0) setImmediate(() => this.#resync(connection, subscription, referenceId));
    else connection.send('EventACK', { ReferenceID: referenceId, Extensions: { ResyncDone: 1 } });
  }
}

const resyncBatch = 10;
