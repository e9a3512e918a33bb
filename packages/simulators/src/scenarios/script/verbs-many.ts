/** What a script can say about calls of more than two: consultations, transfers, conferences, supervisors, sites. */
import { farRoutingPointNumber, routingPointNumber, type Stage, serviceNumber } from './stage.ts';
import { onCall, type Verb } from './verbs.ts';

// Consultation and transfer

/** `second` names the consultation call. */
export function consult(second: string, main: string, by: string, to: string): Verb {
  return onCall(`${by} consults ${to}`, main, (on, call, stage) =>
    stage.name(second, on.consult(call, stage.number(by), stage.number(to)), on),
  );
}

/** The agent calls a routing point; what the strategy does there is said by further verbs about `second`. */
export function consultQueue(second: string, main: string, by: string): Verb {
  return onCall(`${by} consults a queue`, main, (on, call, stage) =>
    stage.name(second, on.consultQueue(call, stage.number(by), routingPointNumber), on),
  );
}

export function completeTransfer(
  main: string,
  second: string,
  by: string,
  o: { readonly style?: 'add' | 'move' } = {},
): Verb {
  return onCall(`${by} completes the transfer`, main, (on, call, stage) =>
    on.completeTransfer(call, stage.call(second), stage.number(by), o.style),
  );
}

export function reconnect(main: string, second: string, by: string): Verb {
  return onCall(`${by} goes back to the first call`, main, (on, call, stage) =>
    on.reconnect(call, stage.call(second), stage.number(by)),
  );
}

export function conference(
  main: string,
  second: string,
  by: string,
  o: { readonly style?: 'add' | 'move' } = {},
): Verb {
  return onCall(`${by} joins both calls`, main, (on, call, stage) =>
    on.conference(call, stage.call(second), stage.number(by), o.style),
  );
}

/** The agent sends the call on without talking to the target. */
export function sendTo(label: string, by: string, to: string): Verb {
  return onCall(`${by} sends the call to ${to}`, label, (on, call, stage) =>
    on.singleStepTransfer(call, stage.number(by), stage.number(to)),
  );
}

/** Into routing again; in which queue it waits is said by a further verb. */
export function sendToRouting(label: string, by: string): Verb {
  return onCall(`${by} sends the call back to routing`, label, (on, call, stage) =>
    on.transferToRoutingPoint(call, stage.number(by), routingPointNumber),
  );
}

// Supervisors

export function listenIn(label: string, supervisor: string, agent: string): Verb {
  return onCall(`${supervisor} listens to ${agent}`, label, (on, call, stage) =>
    on.supervisorJoin(call, {
      supervisor: stage.number(supervisor),
      agent: stage.number(agent),
      mode: 'mute',
    }),
  );
}

export function supervise(label: string, supervisor: string, mode: 'mute' | 'coach' | 'open'): Verb {
  const words = { mute: 'only listens again', coach: 'speaks to the agent', open: 'joins the talk' };
  return onCall(`${supervisor} ${words[mode]}`, label, (on, call, stage) =>
    on.supervisorMode(call, stage.number(supervisor), mode),
  );
}

export function stopListening(label: string, supervisor: string): Verb {
  return onCall(`${supervisor} leaves`, label, (on, call, stage) =>
    on.supervisorLeave(call, stage.number(supervisor)),
  );
}

// Two sites

/** Routing at the first site chooses an agent of the second: two calls, one link. `far` names the second call. */
export function ringAcross(
  label: string,
  far: string,
  agent: string,
  o: { readonly from?: string } = {},
): Verb {
  return onCall(`routing chooses ${agent} at the other site`, label, (on, call, stage) => {
    linkTo(stage, label, agent);
    on.divertTo(call, stage.number(agent), {
      queue: o.from === undefined ? undefined : stage.queue(o.from).number,
      location: stage.agent(agent).site,
    });
    arrive(stage, label, far, { extension: stage.number(agent) });
  });
}

/** An agent of the first site sends the call to one of the second. */
export function sendAcross(label: string, far: string, by: string, agent: string): Verb {
  return onCall(`${by} sends the call to ${agent} at the other site`, label, (on, call, stage) => {
    linkTo(stage, label, agent);
    on.singleStepTransfer(call, stage.number(by), stage.number(agent), stage.agent(agent).site);
    arrive(stage, label, far, { extension: stage.number(agent) });
  });
}

/** Routing at the first site hands the call to the routing of the second. */
export function routeAcross(label: string, far: string): Verb {
  return onCall('the call goes to the routing of the other site', label, (on, call, stage) => {
    const there = stage.site(true).name;
    on.linkSites(call, [{ LinkId: linkId(stage, label), Location: there }]);
    on.divertTo(call, farRoutingPointNumber, { location: there });
    arrive(stage, label, far, { routingPoint: farRoutingPointNumber });
  });
}

/** After {@link routeAcross}: at the first site it is the other site's routing point that becomes connected. */
export function answerFromAcross(label: string, far: string, agent: string): Verb {
  return onCall(`${agent} answers`, far, (on, call, stage) => {
    on.answer(call, stage.number(agent));
    stage.switchWith(label).answer(stage.call(label), farRoutingPointNumber);
  });
}

export function answerAcross(label: string, far: string, agent: string): Verb {
  return onCall(`${agent} answers`, far, (on, call, stage) => {
    on.answer(call, stage.number(agent));
    stage.switchWith(label).answer(stage.call(label), stage.number(agent));
  });
}

/** Whoever hangs up, both calls end: first the one at whose site that happens. */
export function hangUpAcross(label: string, far: string, who: string): Verb {
  return {
    text: `${who} hangs up`,
    run: (stage) => {
      const order = stage.isAgent(who) ? [far, label] : [label, far];
      for (const call of order) stage.switchWith(call).release(stage.call(call), stage.number(who));
    },
  };
}

/** The link leads to a site that nobody here watches. */
export function sendBeyond(label: string, by: string, to: string): Verb {
  return onCall(`${by} sends the call to ${to}, at a site that is not watched`, label, (on, call, stage) => {
    on.linkSites(call, [{ LinkId: linkId(stage, label), Location: 'Unwatched_Switch' }]);
    on.singleStepTransfer(call, stage.number(by), stage.number(to), 'Unwatched_Switch');
  });
}

function linkTo(stage: Stage, label: string, agent: string): void {
  stage
    .switchWith(label)
    .linkSites(stage.call(label), [{ LinkId: linkId(stage, label), Location: stage.agent(agent).site }]);
}

function arrive(
  stage: Stage,
  label: string,
  far: string,
  target: { readonly extension: string } | { readonly routingPoint: string },
): void {
  const there = stage.site(true);
  const here = stage.switchWith(label).name;
  const call = there.inboundCall({
    ani: stage.number('customer'),
    dnis: serviceNumber,
    ...target,
    from: { links: [{ LinkId: linkId(stage, label), Location: here }], location: here },
  });
  stage.name(far, call, there);
}

/** The same on both sites, another for every call. */
function linkId(stage: Stage, label: string): string {
  return `link-${stage.call(label).slice(0, 12)}`;
}
