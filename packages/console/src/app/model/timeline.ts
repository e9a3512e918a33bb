/** One conversation as a time line: a row for each leg with its spans, and the events on it. Pure. */
import type { Conversation, Leg, SentEvent } from '../api/answers.ts';

export type SpanKind = 'queue' | 'alerting' | 'talking' | 'held' | 'consult' | 'ivr' | 'outside';

export interface Span {
  readonly kind: SpanKind;
  /** 0 to 1 of the time that is shown. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface Mark {
  readonly at: number;
  readonly state: SentEvent['state'];
  readonly text: string;
}

/** A call handed on, or somebody asked in between; on the rows of both legs. */
export interface Handover {
  readonly at: number;
  readonly kind: 'transfer' | 'consultation';
  readonly way: 'out' | 'in';
  readonly text: string;
}

export interface Row {
  readonly leg: string;
  readonly title: string;
  readonly state: string;
  readonly spans: readonly Span[];
  readonly marks: readonly Mark[];
  readonly handovers: readonly Handover[];
  readonly ended: boolean;
}

export interface Timeline {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly rows: readonly Row[];
  /** Events that belong to no leg that is shown. */
  readonly others: readonly Mark[];
}

const kinds: Readonly<Record<string, string>> = {
  external: 'Customer',
  phone: 'Outside number',
  queue: 'Queue',
  user: 'Agent',
  ivr: 'IVR',
};

/** @param now end of what has not ended, milliseconds since 1970 */
export function timelineOf(conversation: Pick<Conversation, 'legs' | 'events'>, now: number): Timeline {
  const { legs, events = [] } = conversation;
  const starts = [...legs.map(({ establishedAt }) => establishedAt), ...events.map(({ at }) => at)].flatMap(
    instant,
  );
  if (starts.length === 0) return { from: now, to: now, rows: [], others: [] };
  const from = Math.min(...starts);
  const ends = [...legs.map(({ endedAt }) => endedAt), ...events.map(({ at }) => at)].flatMap(instant);
  const open = legs.some(({ endedAt }) => endedAt === undefined);
  // A call of no length still has a width.
  const to = Math.max(from + 1_000, ...ends, ...(open ? [now] : []));
  const scale = (ms: number) => Math.min(1, Math.max(0, (ms - from) / (to - from)));
  const marksOf = (list: readonly SentEvent[]) =>
    list.flatMap((event): Mark[] =>
      instant(event.at).map((at) => ({ at: scale(at), state: event.state, text: markText(event) })),
    );
  const titles = new Map(legs.map((leg) => [leg.leg, titleOf(leg)]));
  const handovers = handoversOf(events, titles, scale);
  const consultEnds = events
    .filter(({ event, state }) => eventText(event) === 'endConsultTransfer' && state !== 'refused')
    .flatMap(({ at }) => instant(at));
  return {
    from,
    to,
    rows: legs.map((leg) => ({
      leg: leg.leg,
      title: titleOf(leg),
      state: leg.state,
      spans: spansOf(
        leg,
        events.filter((event) => event.leg === leg.leg),
        consultEnds,
        to,
        scale,
      ),
      marks: marksOf(events.filter((event) => event.leg === leg.leg)),
      handovers: handovers.flatMap((one) => (one.leg === leg.leg ? [one.handover] : [])),
      ended: leg.endedAt !== undefined,
    })),
    others: marksOf(events.filter(({ leg }) => leg === undefined || !titles.has(leg))),
  };
}

function titleOf({ kind, name }: Leg): string {
  return `${kinds[kind] ?? kind}${name === undefined ? '' : ` ${name}`}`;
}

/** Events that begin a handover; how it goes on is on the legs themselves. */
const handoverKinds: Readonly<Record<string, Handover['kind']>> = {
  userTransfer: 'transfer',
  routingTransfer: 'transfer',
  phoneTransfer: 'transfer',
  consultTransfer: 'consultation',
};

/** What was refused is not drawn: the cloud does not know it, and its mark says why. */
function handoversOf(
  events: readonly SentEvent[],
  titles: ReadonlyMap<string, string>,
  scale: (ms: number) => number,
): readonly { readonly leg: string; readonly handover: Handover }[] {
  return events.flatMap(({ event, at, state, leg, target }) => {
    const kind = handoverKinds[eventText(event)];
    const [ms] = instant(at);
    if (kind === undefined || ms === undefined || state === 'refused') return [];
    if (leg === undefined || target === undefined) return [];
    const word = handoverWords[kind];
    const place = { at: scale(ms), kind };
    return [
      {
        leg,
        handover: { ...place, way: 'out', text: `${word} to ${titles.get(target) ?? 'a leg that is gone'}` },
      },
      {
        leg: target,
        handover: { ...place, way: 'in', text: `${word} by ${titles.get(leg) ?? 'a leg that is gone'}` },
      },
    ] as const;
  });
}

/** What a leg was doing from one event to the next; from its own times where no event tells. */
function spansOf(
  leg: Leg,
  events: readonly SentEvent[],
  consultEnds: readonly number[],
  end: number,
  scale: (ms: number) => number,
): readonly Span[] {
  const [begin] = instant(leg.establishedAt);
  if (begin === undefined) return [];
  const [until = end] = instant(leg.endedAt);
  const [answered] = instant(leg.answeredAt);
  const steps: Step[] = [{ at: begin, kind: firstKind(leg, answered === undefined) }];
  if (answered !== undefined && leg.kind === 'user') {
    if (answered <= begin) steps.length = 0;
    steps.push({ at: Math.max(begin, answered), kind: 'talking' });
  }
  let isHeld = false;
  for (const event of events) {
    const [at] = instant(event.at);
    if (at === undefined || eventText(event.event) !== 'holdUpdated') continue;
    isHeld = !isHeld;
    steps.push({ at, kind: isHeld ? 'held' : 'talking' });
  }
  // Held without an event that is still known of: since when is not known, so the whole of the last span is.
  if (leg.state === 'held' && !isHeld) {
    const last = steps.pop();
    if (last !== undefined) steps.push({ at: last.at, kind: 'held' });
  }
  const spoken = leg.consult === true ? consulted(steps, consultEnds) : steps;
  return spoken.flatMap((step, index): Span[] => {
    const to = Math.min(until, spoken[index + 1]?.at ?? until);
    return to < step.at
      ? []
      : [{ kind: step.kind, from: scale(step.at), to: scale(to), text: spanWords[step.kind] }];
  });
}

interface Step {
  readonly at: number;
  readonly kind: SpanKind;
}

/** Who was called in a consultation is asked until it is over, and talks to the other side from then on. */
function consulted(steps: readonly Step[], consultEnds: readonly number[]): readonly Step[] {
  const [first] = steps;
  const over = consultEnds.find((at) => first !== undefined && at >= first.at);
  return steps.flatMap((step, index): Step[] => {
    if (step.kind !== 'talking' && step.kind !== 'outside') return [step];
    if (over !== undefined && over <= step.at) return [step];
    const asked: Step = { at: step.at, kind: 'consult' };
    const next = steps[index + 1]?.at;
    return over === undefined || (next !== undefined && over >= next)
      ? [asked]
      : [asked, { at: over, kind: step.kind }];
  });
}

function firstKind(leg: Leg, unanswered: boolean): SpanKind {
  switch (leg.kind) {
    case 'queue':
      return 'queue';
    case 'ivr':
      return 'ivr';
    case 'external':
    case 'phone':
      return 'outside';
    default:
      // What ended without an answer has only rung; what is connected without a time of its answer talks.
      return leg.state === 'alerting' || leg.answeredAt !== undefined || (unanswered && leg.state === 'ended')
        ? 'alerting'
        : 'talking';
  }
}

export const spanWords: Readonly<Record<SpanKind, string>> = {
  queue: 'In the queue',
  alerting: 'Alerting',
  talking: 'Talking',
  held: 'On hold',
  consult: 'Consultation',
  ivr: 'IVR',
  outside: 'Connected',
};

export const handoverWords: Readonly<Record<Handover['kind'], string>> = {
  transfer: 'Transfer',
  consultation: 'Consultation',
};

export const markWords: Readonly<Record<SentEvent['state'], string>> = {
  accepted: 'accepted',
  waiting: 'waits',
  refused: 'refused',
};

/** The API names lists of events: `holdUpdatedEvents`. */
export function eventText(event: string): string {
  return event.replace(/Events?$/, '');
}

function markText({ event, state, reason }: SentEvent): string {
  return `${eventText(event)}: ${markWords[state]}${reason === undefined ? '' : ` (${reason})`}`;
}

function instant(iso: string | undefined): number[] {
  if (iso === undefined) return [];
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? [] : [ms];
}
