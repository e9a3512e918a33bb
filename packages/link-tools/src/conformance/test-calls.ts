/** Test calls: what has to happen at a telephone, and by what it is seen on the link. */
import type { Clock, Timer } from '@exec/common/clock';
import type { Frame } from '@exec/engage-link/wire';

export type TestCallName = 'call' | 'abandon' | 'consult' | 'state';

export interface TestCall {
  readonly name: TestCallName;
  readonly needsQueue: boolean;
  /** Extensions that must have been named. */
  readonly needsExtensions: number;
  /** What a person does. */
  readonly instruction: string;
}

export const testCalls: Readonly<Record<TestCallName, TestCall>> = {
  call: {
    name: 'call',
    needsQueue: false,
    needsExtensions: 1,
    instruction:
      'Call from outside, through a queue where you named one, until one of the agents answers. Wait for the word here that the call is seen; then hold it, take it back, and hang up.',
  },
  abandon: {
    name: 'abandon',
    needsQueue: true,
    needsExtensions: 0,
    instruction: 'Call a queue from outside while no agent is free, and hang up while you wait.',
  },
  consult: {
    name: 'consult',
    needsQueue: false,
    needsExtensions: 2,
    instruction:
      'Call from outside until an agent answers; let the agent consult a second agent, who answers, and hand you over; hang up.',
  },
  state: {
    name: 'state',
    needsQueue: false,
    needsExtensions: 0,
    instruction: 'Make the agent not ready, with a reason if the desktop asks for one, and ready again.',
  },
};

export interface Playing {
  /** Resolves when whoever plays is through with it, and never rejects. */
  readonly over: Promise<Played>;
  /** The call is seen, and everything was looked at that can be seen of a live call: now the rest of it. */
  goOn(text: string): void;
  /** Nobody is asked any longer. */
  stop(): void;
}

export type Played =
  | { readonly kind: 'done' }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Who plays test calls: a person at a telephone, a simulator, or nobody. */
export interface Calls {
  begin(call: TestCall): Playing;
  close(): void;
}

export function nobody(why: string): Calls {
  return {
    begin: () => ({
      over: Promise.resolve({ kind: 'skipped', why }),
      goOn: () => {},
      stop: () => {},
    }),
    close: () => {},
  };
}

/**
 * Waits until what is looked for is seen. Gives up when nobody plays, or `graceMs` after whoever plays is through with it.
 * @param seen resolves also when its own time is over
 */
export async function playedOut(
  playing: Playing,
  seen: Promise<unknown>,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number },
): Promise<Played> {
  const done: Played = { kind: 'done' };
  const grace = Promise.withResolvers<Played>();
  let timer: Timer | undefined;
  const over = playing.over.then((played) => {
    if (played.kind !== 'done') return played;
    timer = clock.setTimer(graceMs, () => grace.resolve(done));
    return grace.promise;
  });
  const played = await Promise.race([seen.then(() => done), over]);
  timer?.cancel();
  playing.stop();
  return played;
}

/** Something that must be seen of a test call, on whichever connection. */
export interface Sign {
  readonly what: string;
  readonly seen: (stories: Stories) => boolean;
}

export interface Stories {
  readonly calls: readonly Frame[];
  readonly queues: readonly Frame[];
  readonly extensions: readonly Frame[];
}

const partyIs = (state: string) => (frame: Frame) =>
  (frame.message === 'EventCallPartyAdded' || frame.message === 'EventCallPartyState') &&
  frame.attributes.PartyState === state;
const of = (message: string) => (frame: Frame) => frame.message === message;

/** A call that is talked: two parties are connected in it. */
export function talkedCall(calls: readonly Frame[]): string | undefined {
  const connected = new Map<string, Set<string>>();
  for (const frame of calls) {
    if (!partyIs('Connected')(frame)) continue;
    const call = String(frame.attributes.CallUUID);
    const parties = connected.get(call) ?? new Set();
    connected.set(call, parties.add(String(frame.attributes.PartyUUID)));
    if (parties.size >= 2) return call;
  }
  return undefined;
}

export const signs: Readonly<Record<Exclude<TestCallName, 'state'>, (queued: boolean) => readonly Sign[]>> = {
  call: (queued) => [
    { what: 'EventCallCreated', seen: ({ calls }) => calls.some(of('EventCallCreated')) },
    { what: 'two connected parties', seen: ({ calls }) => talkedCall(calls) !== undefined },
    ...(queued
      ? [
          { what: 'EventQueued', seen: ({ queues }: Stories) => queues.some(of('EventQueued')) },
          { what: 'EventDiverted', seen: ({ queues }: Stories) => queues.some(of('EventDiverted')) },
        ]
      : []),
    { what: 'a party on hold', seen: ({ calls }) => calls.some(partyIs('Held')) },
    {
      what: 'that party connected again',
      seen: ({ calls }) =>
        calls.slice(calls.findIndex(partyIs('Held')) + 1).some(partyIs('Connected')) &&
        calls.some(partyIs('Held')),
    },
    { what: 'EventCallPartyDeleted', seen: ({ calls }) => calls.some(of('EventCallPartyDeleted')) },
    { what: 'EventCallDeleted', seen: ({ calls }) => calls.some(of('EventCallDeleted')) },
  ],
  abandon: () => [
    { what: 'EventQueued', seen: ({ queues }) => queues.some(of('EventQueued')) },
    { what: 'EventAbandoned', seen: ({ queues }) => queues.some(of('EventAbandoned')) },
    { what: 'EventCallDeleted', seen: ({ calls }) => calls.some(of('EventCallDeleted')) },
  ],
  consult: () => [
    {
      what: 'a call of type Consult that names its main call',
      seen: ({ calls }) =>
        calls.some(
          ({ message, attributes }) =>
            message === 'EventCallCreated' &&
            attributes.CallType === 'Consult' &&
            (attributes.OrigCallUUID !== undefined || attributes.PreviousConnID !== undefined),
        ),
    },
    {
      what: 'the end of both calls',
      seen: ({ calls }) => calls.filter(of('EventCallDeleted')).length >= 2,
    },
  ],
};
