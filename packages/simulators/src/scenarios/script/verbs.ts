/** What a script can say about one site: each verb names the event in words and does it on the switch. */
import type { CallUuid } from '@exec/common/ids';
import type { KeyValueList, SipSwitch } from '../../sip-server/index.ts';
import type { Step } from './scenario.ts';
import { ivrNumber, routingPointNumber, type Stage, serviceNumber } from './stage.ts';

export interface Verb {
  readonly text: string;
  readonly run: (stage: Stage) => void;
}

/** All that happens at one moment, in this order. `ms`: after the scenario's begin. */
export function at(ms: number, ...verbs: readonly Verb[]): Step {
  return {
    at: ms,
    text: verbs.map((verb) => verb.text).join('; '),
    run: (stage) => {
      for (const verb of verbs) verb.run(stage);
    },
  };
}

/** A verb about a call that exists. */
export function onCall(
  text: string,
  label: string,
  run: (on: SipSwitch, call: CallUuid, stage: Stage) => void,
): Verb {
  return { text, run: (stage) => run(stage.switchWith(label), stage.call(label), stage) };
}

// How calls begin

export interface Inbound {
  readonly caller?: string;
  readonly userData?: KeyValueList;
  /** Arrives at an IVR, or at an agent's own number, in place of the routing point. */
  readonly to?: string;
}

export function inbound(label: string, o: Inbound = {}): Verb {
  const { caller = 'customer', to } = o;
  return {
    text: `${caller} calls in${to === undefined ? '' : ` to ${to}`}`,
    run: (stage) => {
      const arrives =
        to === undefined
          ? { routingPoint: routingPointNumber }
          : to === 'ivr'
            ? { ivr: ivrNumber }
            : { extension: stage.number(to) };
      const call = stage.site().inboundCall({
        ani: stage.number(caller),
        dnis: serviceNumber,
        userData: o.userData,
        ...arrives,
      });
      stage.name(label, call, stage.site());
    },
  };
}

export function dial(label: string, from: string, to: string): Verb {
  return {
    text: `${from} dials ${to}`,
    run: (stage) => {
      const on = stage.switchOf(from);
      stage.name(label, on.dial(stage.number(from), stage.number(to)), on);
    },
  };
}

/** The switch calls a customer for a queue. */
export function campaign(label: string, customer = 'customer'): Verb {
  return {
    text: `a campaign dials ${customer}`,
    run: (stage) => {
      stage.name(label, stage.site().campaignCall({ to: stage.number(customer) }), stage.site());
    },
  };
}

// Routing

export function route(label: string): Verb {
  return onCall('the call goes to the routing point', label, (on, call) =>
    on.route(call, routingPointNumber),
  );
}

export function leaveIvr(label: string): Verb {
  return onCall('the IVR hands the call to routing', label, (on, call) =>
    on.leaveIvr(call, routingPointNumber),
  );
}

export function queue(label: string, queueRole: string, skills?: Readonly<Record<string, number>>): Verb {
  return onCall(`the call waits in ${queueRole}`, label, (on, call, stage) => {
    on.queue(call, stage.queue(queueRole).number, skills === undefined ? {} : { skills });
  });
}

export interface Ring {
  /** The queue that chose the agent. */
  readonly from?: string;
  /** The call leaves its queues only when it is answered. */
  readonly divertOnAnswer?: boolean;
}

export function ring(label: string, agent: string, o: Ring = {}): Verb {
  return onCall(
    o.from === undefined ? `${agent} rings` : `${o.from} delivers the call, ${agent} rings`,
    label,
    (on, call, stage) =>
      on.divertTo(call, stage.number(agent), {
        queue: o.from === undefined ? undefined : stage.queue(o.from).number,
        divertOnRinging: o.divertOnAnswer === true ? false : undefined,
      }),
  );
}

/** The strategy takes the call out of a queue without a target. */
export function leaveQueue(label: string, queueRole: string): Verb {
  return onCall(`the call leaves ${queueRole}`, label, (on, call, stage) =>
    on.divertWithoutTarget(call, stage.queue(queueRole).number),
  );
}

/** Back to routing, or on to `to`. */
export function noAnswer(label: string, agent: string, to?: string): Verb {
  return onCall(
    `${agent} does not answer${to === undefined ? '' : `, the call goes on to ${to}`}`,
    label,
    (on, call, stage) =>
      on.redirectNoAnswer(call, stage.number(agent), to === undefined ? undefined : stage.number(to)),
  );
}

// Talking

export function answer(label: string, who: string): Verb {
  return onCall(`${who} answers`, label, (on, call, stage) => on.answer(call, stage.number(who)));
}

export function hold(label: string, agent: string): Verb {
  return onCall(`${agent} puts the call on hold`, label, (on, call, stage) =>
    on.hold(call, stage.number(agent)),
  );
}

export function retrieve(label: string, agent: string): Verb {
  return onCall(`${agent} takes the call back`, label, (on, call, stage) =>
    on.retrieve(call, stage.number(agent)),
  );
}

export function hangUp(label: string, who: string): Verb {
  return onCall(`${who} hangs up`, label, (on, call, stage) => on.release(call, stage.number(who)));
}

export function abandon(label: string, who = 'customer'): Verb {
  return onCall(`${who} gives up`, label, (on, call, stage) => on.abandon(call, stage.number(who)));
}

export function unreachable(label: string, who: string, cause: 'Busy' | 'NoAnswer' | 'Reject'): Verb {
  const words = { Busy: 'is busy', NoAnswer: 'does not answer', Reject: 'rejects the call' };
  return onCall(`${who} ${words[cause]}`, label, (on, call, stage) =>
    on.fail(call, stage.number(who), cause),
  );
}

export function drop(label: string): Verb {
  return onCall('the switch drops the call', label, (on, call) => on.drop(call));
}

export function mute(label: string, agent: string, muted: boolean): Verb {
  return onCall(`${agent} ${muted ? 'mutes the microphone' : 'speaks again'}`, label, (on, call, stage) =>
    on.mute(call, stage.number(agent), muted),
  );
}

export function deafen(label: string, agent: string, deaf: boolean): Verb {
  return onCall(`${agent} is ${deaf ? 'cut off from' : 'let back into'} the talk`, label, (on, call, stage) =>
    on.deafen(call, stage.number(agent), deaf),
  );
}

// Data

export function attach(label: string, data: KeyValueList): Verb {
  return onCall(`data is attached: ${Object.keys(data).join(', ')}`, label, (on, call, stage) => {
    const { DispositionCode } = data;
    const code = typeof DispositionCode === 'string' ? { DispositionCode: stage.code(DispositionCode) } : {};
    on.attachData(call, { ...data, ...code });
  });
}

/** The agent closes the interaction on the desktop after the call. */
export function dispositionAfter(
  label: string,
  agent: string,
  code: string,
  tie: 'both' | 'connId' | 'none' = 'both',
): Verb {
  return {
    text: `${agent} sets the disposition ${code} after the call`,
    run: (stage) =>
      stage
        .switchOf(agent)
        .dispositionAfterRelease(
          stage.number(agent),
          stage.call(label),
          { DispositionCode: stage.code(code) },
          tie,
        ),
  };
}

export function changeConnId(label: string): Verb {
  return onCall('the call gets a new ConnID', label, (on, call) => on.changeConnId(call));
}

// Agents

export function logIn(agent: string): Verb {
  return {
    text: `${agent} logs in`,
    run: (stage) => logInAgent(stage, agent),
  };
}

export function logInAgent(stage: Stage, role: string): void {
  const { dn, loginCode, employeeId } = stage.agent(role);
  const on = stage.switchOf(role);
  on.login(dn, { agentId: loginCode, employeeId });
  on.ready(dn);
}

export function logOut(agent: string): Verb {
  return { text: `${agent} logs out`, run: (stage) => stage.switchOf(agent).logout(stage.number(agent)) };
}

export function notReady(agent: string, reason?: string): Verb {
  return {
    text: `${agent} is not ready${reason === undefined ? '' : `: ${reason}`}`,
    run: (stage) =>
      stage.switchOf(agent).notReady(stage.number(agent), reason === undefined ? {} : { ReasonCode: reason }),
  };
}

export function ready(agent: string): Verb {
  return { text: `${agent} is ready`, run: (stage) => stage.switchOf(agent).ready(stage.number(agent)) };
}

export function afterCallWork(agent: string): Verb {
  return {
    text: `${agent} does after-call work`,
    run: (stage) => stage.switchOf(agent).afterCallWork(stage.number(agent)),
  };
}

// The consumer's connections

export function watching(on: boolean): Verb {
  return {
    text: on ? 'the connections to the SIP Server are back' : 'the connections to the SIP Server break',
    run: (stage) => stage.watching(on),
  };
}
