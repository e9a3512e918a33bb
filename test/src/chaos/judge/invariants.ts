/** The invariants of a run: each is one function over a history and names what contradicts it. */
import type { DecidedEntry } from '../history/entries.ts';
import { comparePart, compareWhole } from './compare.ts';
import { type Facts, type Finding, isAgentState } from './facts.ts';
import { forgets, wasTouched } from './gaps.ts';

type Found = Omit<Finding, 'invariant'>;

export type Invariant = (facts: Facts) => readonly Found[];

/** Every conversation that was played is there as it was played; what a gap touched may be incomplete. */
const everyCallEqualsItsScript: Invariant = ({ scripts, conversations, gaps }) => {
  const byCall = Map.groupBy(conversations, ({ calls }) => calls[0] ?? '');
  return scripts.flatMap((script) => {
    const about = `${script.scenario} ${script.call}`;
    const [seen, ...more] = byCall.get(script.call) ?? [];
    const doubled = more.map(({ id }) => ({
      kind: 'double' as const,
      about,
      text: `also conversation ${id}`,
    }));
    if (wasTouched(script, gaps)) {
      const part = seen === undefined ? [] : comparePart(script, seen, gaps);
      return [...part.map((difference) => ({ about, ...difference })), ...doubled];
    }
    if (seen === undefined) return [{ kind: 'lost', about, text: 'the whole conversation' }];
    return [...compareWhole(script, seen).map((difference) => ({ about, ...difference })), ...doubled];
  });
};

/** The cloud holds no conversation that was not played: a part of one that stands alone is one too many. */
const nothingIsInventedOrSplit: Invariant = ({ scripts, conversations }) => {
  const played = new Set(scripts.map(({ call }) => call));
  return conversations
    .filter(({ calls }) => !played.has(calls[0] ?? ''))
    .map(({ id, calls, legs }) => ({
      kind: 'wrong',
      about: `conversation ${id}`,
      text: `was not played: call ${calls.join(', ')} with ${legs.map(({ participant }) => participant).join(', ')}`,
    }));
};

/** An event is accepted once; who sends it again sends the same. */
const noEventTwice: Invariant = ({ decided }) => {
  const contents = new Map<string, string>();
  return decided.flatMap(({ eventId, kind, subject, event, outcome }): Found[] => {
    if (outcome === 'refused') return [];
    const content = JSON.stringify(event, Object.keys(event).toSorted());
    const before = contents.get(eventId);
    const about = `${kind} of ${subject}`;
    if (before === undefined) {
      contents.set(eventId, content);
      return [];
    }
    if (before !== content)
      return [{ kind: 'wrong', about, text: `event ${eventId} was sent again with other content` }];
    return outcome === 'accepted'
      ? [{ kind: 'double', about, text: `event ${eventId} was accepted twice` }]
      : [];
  });
};

/** What was accepted of a conversation has rising times. */
const orderInEveryConversation: Invariant = ({ decided }) =>
  outOfOrder(decided.filter(({ kind }) => !isAgentState(kind)));

/** What was accepted of an agent has rising times, for presence and routing status each. */
const orderOfEveryAgent: Invariant = ({ decided }) =>
  outOfOrder(decided.filter(({ kind }) => isAgentState(kind)));

function outOfOrder(decided: readonly DecidedEntry[]): Found[] {
  const newest = new Map<string, number>();
  return decided.flatMap(({ kind, subject, eventAt, outcome, eventId }) => {
    if (outcome !== 'accepted') return [];
    const key = isAgentState(kind) ? `${kind} ${subject}` : subject;
    const before = newest.get(key) ?? 0;
    newest.set(key, Math.max(before, eventAt));
    if (eventAt > before) return [];
    return [
      { kind: 'wrong', about: key, text: `${kind} ${eventId} is not later than what was accepted before it` },
    ];
  });
}

/** Nothing is said of a leg before it is established, and only dispositions after it has ended. */
const nothingOutsideALeg: Invariant = ({ decided }) => {
  const legs = new Map<string, 'open' | 'ended'>();
  return decided.flatMap(({ kind, subject, event, outcome }): Found[] => {
    if (outcome !== 'accepted' || isAgentState(kind)) return [];
    const { communicationId } = event;
    if (typeof communicationId !== 'string') return [];
    const about = `conversation ${subject}`;
    const state = legs.get(communicationId);
    if (kind.endsWith('Established')) {
      legs.set(communicationId, 'open');
      return state === undefined
        ? []
        : [{ kind: 'double', about, text: `leg ${communicationId} was established twice` }];
    }
    if (state === undefined)
      return [{ kind: 'wrong', about, text: `${kind} of a leg that was never established` }];
    if (state === 'ended' && kind !== 'communicationDispositionApplied')
      return [{ kind: 'wrong', about, text: `${kind} of a leg that had ended` }];
    if (kind === 'communicationEnded') legs.set(communicationId, 'ended');
    return [];
  });
};

/**
 * No leg is left open: every call of the run is over. Whoever has forgotten a leg cannot end it, if it ends just then, or
 * if it is a stay in a queue, which is found again under another ID.
 */
const nothingLeftOpen: Invariant = ({ conversations, scripts, gaps }) => {
  const byCall = new Map(scripts.map((script) => [script.call, script]));
  const forgotten = gaps.filter(forgets);
  const isForgotten = (call: string | undefined, participant: string) => {
    const legs = byCall.get(call ?? '')?.legs.filter((leg) => leg.participant === participant) ?? [];
    if (participant.startsWith('queue:')) return wasTouched({ legs }, forgotten);
    return legs.some(({ times }) =>
      forgotten.some(({ from, to }) => from <= last(times) && last(times) <= to),
    );
  };
  return conversations.flatMap(({ id, calls, legs }) =>
    legs
      .filter(({ steps }) => !steps.some(({ text }) => text.startsWith('ended:')))
      .filter(({ participant }) => !isForgotten(calls[0], participant))
      .map(({ participant }) => ({
        kind: 'lost',
        about: `conversation ${id}`,
        text: `the leg of ${participant} never ended`,
      })),
  );
};

/** The cloud had no reason to refuse an event by its own rules; a leg may be told again when all was forgotten. */
const noRuleBroken: Invariant = ({ decided, gaps }) => {
  const forgotten = gaps.filter(forgets);
  return decided.flatMap(({ refusal, kind, subject, at }) => {
    if (refusal?.cause !== 'rule') return [];
    const isRepeat = repeatCodes.has(refusal.code) && kind.endsWith('Established');
    if (isRepeat && forgotten.some(({ from, to }) => from <= at && at <= to)) return [];
    return [{ kind: 'wrong', about: `${kind} of ${subject}`, text: `${refusal.code}: ${refusal.message}` }];
  });
};

/** How the cloud refuses a leg that it has: nothing comes of it. */
const repeatCodes = new Set(['leg.repeated', 'event-id.other-content']);

/** While the cloud itself is well, it refuses no batch of events as a whole, and nobody comes more often than allowed. */
const noRequestRefused: Invariant = ({ answered, faults }) => {
  const ill = faults
    .filter(({ kind, phase }) => kind === 'cloud' && phase === 'played')
    .map(({ id, at }) => ({ from: at, to: faults.find((end) => end.id === id && end.phase === 'over')?.at }));
  return answered
    .filter(
      ({ status, operation }) => status === 429 || (status === 400 && operation.startsWith('postEvents')),
    )
    .filter(({ at }) => !ill.some(({ from, to = at }) => from <= at && at <= to))
    .map(({ operation, status, client = 'nobody' }) => ({
      kind: 'wrong',
      about: `${operation} of ${client}`,
      text: `was answered ${status}`,
    }));
};

/** Presence and routing status by the status of an agent who is in no call. */
const wantedPresence: Readonly<Record<string, (reason: string | undefined) => string>> = {
  LoggedOut: () => 'Offline/OffQueue',
  NotReadyForNextCall: (reason) => `${reason ?? 'Busy'}/OffQueue`,
  WaitForNextCall: () => 'OnQueue/Idle',
  AfterCallWork: () => 'OnQueue/Interacting',
};

/** The last state of every agent in Engage is the last one that the cloud accepted. */
const lastStatesAreEqual: Invariant = ({ agents, decided, names }) => {
  const users = new Map(Object.entries(names.users).map(([user, employeeId]) => [employeeId, user]));
  const presences = new Map<string, string>();
  const statuses = new Map<string, string>();
  for (const { kind, subject, event, outcome } of decided) {
    if (outcome !== 'accepted') continue;
    if (kind === 'userPresence')
      presences.set(subject, names.presences[String(event.presenceDefinitionId)] ?? 'unknown');
    if (kind === 'userRoutingStatus') statuses.set(subject, String(event.status));
  }
  return agents.flatMap(({ employeeId, status, reason }): Found[] => {
    const about = `agent ${employeeId}`;
    const user = users.get(employeeId);
    const wanted = wantedPresence[status]?.(reason);
    if (wanted === undefined) return [{ kind: 'wrong', about, text: `is still ${status} in Engage` }];
    if (user === undefined) return [{ kind: 'lost', about, text: 'has no user' }];
    const seen = `${presences.get(user) ?? 'nothing'}/${statuses.get(user) ?? 'nothing'}`;
    // The cloud names both parts of "On Queue" in one word, as some do with a space between them.
    if (seen.replaceAll(' ', '') === wanted) return [];
    return [{ kind: 'lost', about, text: `${wanted} (${status}) became ${seen}` }];
  });
};

/** What the deployment did not make is as it was. */
const nothingForeignTouched: Invariant = ({ foreign }) => {
  const after = new Map(
    foreign.filter(({ when }) => when === 'after').map((one) => [`${one.type} ${one.id}`, one.content]),
  );
  return foreign
    .filter(({ when }) => when === 'before')
    .flatMap(({ type, id, content }) => {
      const now = after.get(`${type} ${id}`);
      if (now === content) return [];
      return [{ kind: 'wrong', about: `${type} ${id}`, text: `${content} became ${now ?? 'nothing'}` }];
    });
};

/** The configuration in the cloud is that of Engage. Whoever has forgotten which members are its own takes none away. */
const mappingEqualsSource: Invariant = ({ mapping, gaps }) =>
  mapping.flatMap(({ type, expected, found }) => {
    const there = new Set(found);
    const wanted = new Set(expected);
    const doubled = found.length - there.size;
    return [
      ...expected
        .filter((one) => !there.has(one))
        .map((one) => ({ kind: 'lost' as const, about: `${type} ${one}`, text: 'is not in the cloud' })),
      ...found
        .filter((one) => !wanted.has(one) && !(type === 'queue member' && gaps.some(forgets)))
        .map((one) => ({ kind: 'wrong' as const, about: `${type} ${one}`, text: 'is in the cloud' })),
      ...(doubled === 0
        ? []
        : [{ kind: 'double' as const, about: type, text: `${doubled} are there twice` }]),
    ];
  });

/** No process ended that was not told to, and each that was told to ended in order. */
const noProcessEndsByItself: Invariant = ({ processes }) =>
  processes
    .filter(({ event, wanted, how }) => event === 'ended' && (!wanted || how === 'too late'))
    .map(({ name, how = '', wanted }) => ({
      kind: 'wrong',
      about: name,
      text: wanted ? 'did not end when it was told to' : `ended by itself (${how})`,
    }));

/** When all faults are healed, every service is ready again. */
const everyServiceRecovers: Invariant = ({ services }) =>
  services
    .filter(({ ready }) => !ready)
    .map(({ name, problems }) => ({
      kind: 'wrong',
      about: name,
      text: `is not ready: ${problems.join('; ')}`,
    }));

function last(times: readonly number[]): number {
  return times.at(-1) ?? 0;
}

export const invariants = {
  everyCallEqualsItsScript,
  nothingIsInventedOrSplit,
  noEventTwice,
  orderInEveryConversation,
  orderOfEveryAgent,
  nothingOutsideALeg,
  nothingLeftOpen,
  noRuleBroken,
  noRequestRefused,
  lastStatesAreEqual,
  nothingForeignTouched,
  mappingEqualsSource,
  noProcessEndsByItself,
  everyServiceRecovers,
} satisfies Readonly<Record<string, Invariant>>;
