/** Writes what a switch tells in the short form of the published call models, for tests of the event order. */
import type { CallUuid } from '@exec/common/ids';
import { SipSwitch } from '../sip-switch.ts';
import type { SwitchEvent } from '../types.ts';

// Letters as in the published call models: A customer, B and C agents, S supervisor, X outside, RP routing point.
const names: Record<string, string> = {
  '+99901': 'A',
  '+99902': 'X',
  '5001': 'B',
  '5002': 'C',
  '5003': 'S',
  '8000': 'RP',
  VQ_1: 'VQ1',
  VQ_2: 'VQ2',
};

/** The events of a script in the short form of the call models: one list for each connection. */
export class CallModelScript {
  readonly on: SipSwitch;
  now = Date.UTC(2026, 0, 5, 8);
  #events: SwitchEvent[] = [];
  readonly #labels = new Map<unknown, string>();

  constructor(o: { divertOnRinging?: boolean; transferStyle?: 'add' | 'move' } = {}) {
    this.on = new SipSwitch({ name: 'X', now: () => this.now, seed: 'order', ...o });
    for (const dn of ['5001', '5002', '5003']) {
      this.on.addDn(dn, 'Extension');
      this.on.login(dn, { agentId: `70${dn}` });
    }
    this.on.addDn('8000', 'RoutingPoint');
    this.on.addDn('9000', 'IVR');
    this.on.addDn('VQ_1', 'VirtualQueue');
    this.on.addDn('VQ_2', 'VirtualQueue');
    this.on.onEvent((event) => this.#events.push(event));
  }

  /** A call in which B talks to A, as 8.1 brings it about; its events are not reported. */
  talk(): CallUuid {
    const call = this.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    this.on.queue(call, 'VQ_1');
    this.on.divertTo(call, '5001', { queue: 'VQ_1' });
    this.on.answer(call, '5001');
    this.take();
    return call;
  }

  /** What was told since the last time. */
  take(): { monitoring: string[]; dns: string[] } {
    const events = this.#events;
    this.#events = [];
    return {
      monitoring: events.filter((event) => event.stream === 'calls').map((event) => this.#short(event)),
      dns: events.filter((event) => event.stream !== 'calls').map((event) => this.#short(event)),
    };
  }

  #call(uuid: unknown): string {
    if (!this.#labels.has(uuid)) this.#labels.set(uuid, `C${this.#labels.size + 1}`);
    return this.#labels.get(uuid) ?? '';
  }

  #short(event: SwitchEvent): string {
    const { message, attributes } = event.frame;
    const call = attributes.CallUUID === undefined ? '' : `${this.#call(attributes.CallUUID)}: `;
    const who = names[String(attributes.DN)] ?? '';
    const cause = attributes.Cause === undefined ? '' : ` (${attributes.Cause})`;
    const flags =
      attributes.PartyFlags === undefined ? '' : ` [${(attributes.PartyFlags as string[]).join(' ')}]`;
    switch (message) {
      case 'EventCallCreated': {
        const orig =
          attributes.OrigCallUUID === undefined ? '' : ` of ${this.#call(attributes.OrigCallUUID)}`;
        return `${call}created ${attributes.CallType}${orig}`;
      }
      case 'EventCallDataChanged':
        return `${call}changed ${['UserData', 'ISLinkList', 'NewConnID'].filter((key) => key in attributes).join()}`;
      case 'EventCallPartyAdded':
        return `${call}+${who} ${attributes.PartyState}${flags}${cause}`;
      case 'EventCallPartyState':
        return `${call}${who} ${attributes.PartyState}${flags}${cause}`;
      case 'EventCallPartyDeleted':
        return `${call}-${who}${cause}`;
      case 'EventCallPartyMoved':
        return `${call}${who} moved to ${this.#call(attributes.NewCallUUID)}${cause}`;
      case 'EventCallDeleted': {
        const into =
          attributes.RefCallUUID === undefined ? '' : ` into ${this.#call(attributes.RefCallUUID)}`;
        return `${call}deleted${into}`;
      }
      case 'EventDiverted': {
        const to =
          attributes.ThirdPartyDN === undefined ? '' : ` to ${names[String(attributes.ThirdPartyDN)]}`;
        return `${names[event.dn ?? '']}: ${call}Diverted${to}`;
      }
      case 'EventUserEvent': {
        const list = attributes.Extensions as Record<string, string | number> | undefined;
        if (list === undefined) return `${names[event.dn ?? '']}: UserEvent data`;
        const parties = Object.keys(list).filter((key) => /^LCTParty\d+$/.test(key));
        const supervisor = list.LCTSupervisor0 === undefined ? '' : ` ${list.LCTSupervisor0_mode} S`;
        return `${names[event.dn ?? '']}: UserEvent ${parties.map((key) => names[String(list[key])]).join('')}${supervisor}`;
      }
      default:
        return `${names[event.dn ?? '']}: ${call}${message.slice(5)}`;
    }
  }
}
