/** From a message of a SIP Server to what the model knows: only what it needs, so that nothing else is stored. */

import { asId, type CallUuid, type EmployeeId } from '@exec/common/ids';
import { type EngageMicros, engageMicros } from '@exec/common/instants';
import { type KeyValueList, listOf, type SipEvent, textOf } from '@exec/engage-link/wire';
import type { EngageEvent, Queued } from '../events/engage-events.ts';

export interface NormaliseOptions {
  /** Key of the attached data that holds the disposition. */
  readonly dispositionKey: string;
}

/** Undefined: an event that tells the model nothing. */
export function normalise(event: SipEvent, site: string, options: NormaliseOptions): EngageEvent | undefined {
  const { dispositionKey } = options;
  switch (event.message) {
    case 'EventCallCreated': {
      const a = event.attributes;
      return {
        kind: 'call-created',
        site,
        at: timeOf(a),
        call: a.CallUUID,
        connId: a.ConnID,
        type: a.CallType,
        ani: a.ANI,
        dnis: a.DNIS,
        dialed: a.DialedNumber,
        origCall: a.OrigCallUUID,
        origConnId: a.PreviousConnID,
        disposition: textOf(a.UserData, dispositionKey),
        links: linksOf(a.ISLinkList),
      };
    }
    case 'EventCallDataChanged': {
      const a = event.attributes;
      return {
        kind: 'call-data',
        site,
        at: timeOf(a),
        call: a.CallUUID,
        type: a.CallType,
        connId: a.NewConnID,
        ani: a.ANI,
        dnis: a.DNIS,
        disposition: textOf(a.UserData, dispositionKey),
        links: linksOf(a.ISLinkList),
      };
    }
    case 'EventCallPartyAdded': {
      const a = event.attributes;
      return {
        kind: 'party-added',
        ...partyOf(event.attributes, site),
        type: a.PartyType,
        state: a.PartyState,
        agentId: a.AgentID === '' ? undefined : a.AgentID,
        flags: a.PartyFlags,
        ref: a.RefParty,
        ctrl: a.CtrlParty,
      };
    }
    case 'EventCallPartyState': {
      const { PartyState: state, PartyFlags: flags } = event.attributes;
      return { kind: 'party-state', ...partyOf(event.attributes, site), state, flags };
    }
    case 'EventCallPartyMoved': {
      const { NewCallUUID: newCall, CtrlParty: ctrl } = event.attributes;
      return { kind: 'party-moved', ...partyOf(event.attributes, site), newCall, ctrl };
    }
    case 'EventCallPartyDeleted': {
      const { RefParty: ref, CtrlParty: ctrl } = event.attributes;
      return { kind: 'party-deleted', ...partyOf(event.attributes, site), ref, ctrl };
    }
    case 'EventCallDeleted': {
      const a = event.attributes;
      return {
        kind: 'call-deleted',
        site,
        at: timeOf(a),
        call: a.CallUUID,
        cause: a.Cause,
        into: a.RefCallUUID,
      };
    }
    case 'EventQueued': {
      const { type, connId, ani, dnis, skills, ...stay } = stayOf(event.attributes, site);
      return { kind: 'queued', ...stay, type, connId, ani, dnis, skills };
    }
    case 'EventDiverted':
    case 'EventAbandoned': {
      const { call, queue, stay, at } = stayOf(event.attributes, site);
      const kind = event.message === 'EventDiverted' ? 'diverted' : 'abandoned';
      const target = event.attributes.ThirdPartyDN;
      return { kind, site, at, call, queue, stay, target: target === '' ? undefined : target };
    }
    case 'EventAgentLogin': {
      const a = event.attributes;
      const employee = textOf(a.Extensions, 'EmployeeID');
      return {
        kind: 'agent-login',
        site,
        at: timeOf(a),
        dn: a.ThisDN,
        agentId: a.AgentID,
        employeeId: employee === undefined ? undefined : asId<EmployeeId>(employee),
      };
    }
    case 'EventAgentLogout':
      return { kind: 'agent-logout', site, at: timeOf(event.attributes), dn: event.attributes.ThisDN };
    case 'EventUserEvent': {
      const a = event.attributes;
      const value = textOf(a.UserData, dispositionKey);
      if (value === undefined) return undefined;
      const call = a.CallUUID ?? (textOf(a.UserData, 'CallUUID') as CallUuid | undefined);
      const connId = a.ConnID ?? textOf(a.UserData, 'ConnID');
      return { kind: 'disposition', site, at: timeOf(a), dn: a.ThisDN, call, connId, value };
    }
    case 'EventMuteOn':
    case 'EventMuteOff': {
      const a = event.attributes;
      const muted = event.message === 'EventMuteOn';
      return { kind: 'mute', site, at: timeOf(a), dn: a.ThisDN, call: a.CallUUID, connId: a.ConnID, muted };
    }
    default:
      return undefined;
  }
}

function timeOf(attributes: { readonly TimeinSecs: number; readonly TimeinuSecs: number }): EngageMicros {
  return engageMicros(attributes.TimeinSecs * 1_000_000 + attributes.TimeinuSecs);
}

type PartyEvent = Extract<SipEvent, { message: `EventCallParty${string}` }>['attributes'];

function partyOf(a: PartyEvent, site: string) {
  return { site, at: timeOf(a), call: a.CallUUID, party: a.PartyUUID, dn: a.DN, cause: a.Cause };
}

type QueueEvent = Extract<SipEvent, { message: 'EventQueued' }>['attributes'];

function stayOf(a: QueueEvent, site: string): Omit<Queued, 'kind'> {
  return {
    site,
    at: timeOf(a),
    call: a.CallUUID,
    queue: a.ThisQueue ?? a.ThisDN,
    connId: a.ConnID,
    type: a.CallType,
    ani: a.ANI,
    dnis: a.DNIS,
    stay: textOf(a.Extensions, 'VQID'),
    skills: skillsOf(a.UserData),
  };
}

/** Names of the skills that routing asks for, where it says so. */
function skillsOf(userData: KeyValueList | undefined): string[] | undefined {
  const asked = listOf(userData, 'RRequestedSkills');
  if (asked === undefined) return undefined;
  return Object.keys(asked).slice(0, 50);
}

function linksOf(list: readonly { readonly LinkId: string }[] | undefined): string[] | undefined {
  return list?.slice(0, 20).map((link) => link.LinkId);
}
