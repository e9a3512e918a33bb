import { engageMicros, streamMs } from '@exec/common/instants';
import { causes } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import {
  type Departure,
  type LeavingEffect,
  type LeavingInput,
  type LeavingReason,
  nextLeaving,
  transferSign,
} from './leaving.ts';
import type { Disconnect, Leaving } from './state.ts';

const at = engageMicros(5_000_000);
const before = engageMicros(4_000_000);
const later = engageMicros(7_000_000);
const wait = { at, since: streamMs(5_000), place: 11, until: streamMs(7_000) };

const stays = undefined;
const waits = (why: LeavingReason, otherwise: Disconnect, towards?: string): Leaving => ({
  ...{ why, ...wait, otherwise },
  ...(towards === undefined ? {} : { towards }),
});
const ends = (how: Disconnect): LeavingEffect => ({ kind: 'end', how, at });
const hands = (to: string, time = at): LeavingEffect => ({ kind: 'hand-over', to, at: time });
const count: LeavingEffect = { kind: 'count' };

const left = (how: Departure): LeavingInput => ({ kind: 'left', wait, how });
type Of<As extends Departure['as']> = Omit<Extract<Departure, { as: As }>, 'as'>;
const unanswered = (how: Partial<Of<'unanswered'>>) =>
  left({ as: 'unanswered', cause: undefined, wasOffered: false, isAlone: false, ...how });
const consulted = (how: Partial<Of<'consulted'>>) =>
  left({
    as: 'consulted',
    ...{ cause: undefined, isAlerting: false, wasOffered: false, isAlone: true, side: 'Self', ...how },
  });
const answered = (how: Partial<Of<'answered'>>) =>
  left({ as: 'answered', cause: undefined, isIvr: false, side: 'Self', handsOver: undefined, ...how });
const known = { leg: 'target', queueMayCome: false };
const unclear = { leg: 'target', queueMayCome: true };
const target = (queueMayCome: boolean, time = later): LeavingInput => ({
  ...{ kind: 'target', leg: 'target', at: time, queueMayCome },
});
const alone = { kind: 'nobody-stays', isLinked: false } as const;

type Row = readonly [
  title: string,
  state: Leaving | undefined,
  input: LeavingInput,
  next: Leaving | undefined,
  effects?: readonly LeavingEffect[],
];

const every: readonly LeavingReason[] = [
  'transfer',
  'unsure',
  'unanswered',
  'consult',
  'moving',
  'queue',
  'last',
];
/** Reasons that an input means nothing for. */
function nothing(title: string, input: LeavingInput, reasons: readonly LeavingReason[]): Row[] {
  return reasons.map((why) => [`${title}: ${why}`, waits(why, 'Self'), input, waits(why, 'Self')]);
}

const rows: readonly Row[] = [
  ['could not be reached', stays, left({ as: 'failed' }), stays, [count, ends('Error')]],
  [
    'was transferred to, before its new call names it',
    stays,
    left({ as: 'transferred' }),
    waits('moving', 'Peer'),
  ],
  ['has left already', waits('unsure', 'Self'), left({ as: 'failed' }), waits('unsure', 'Self')],

  ['unanswered, redirected', stays, unanswered({ cause: 'Redirect' }), stays, [ends('Transfer')]],
  ['unanswered, forwarded', stays, unanswered({ cause: 'Forward' }), stays, [ends('Transfer')]],
  ['unanswered, covered', stays, unanswered({ cause: 'Coverage' }), stays, [ends('Transfer')]],
  ['unanswered, routed', stays, unanswered({ cause: 'Route' }), stays, [ends('Transfer')]],
  ['unanswered, distributed', stays, unanswered({ cause: 'ACD' }), stays, [ends('Transfer')]],
  [
    'unanswered, no answer to what was offered',
    stays,
    unanswered({ cause: 'NoAnswer', wasOffered: true }),
    stays,
    [ends('Transfer')],
  ],
  [
    'unanswered, no answer to a call of its own',
    stays,
    unanswered({ cause: 'NoAnswer' }),
    stays,
    [ends('Error')],
  ],
  [
    'unanswered, rejected what was offered',
    stays,
    unanswered({ cause: 'Reject', wasOffered: true }),
    stays,
    [ends('Transfer')],
  ],
  ['unanswered, rejected a call of its own', stays, unanswered({ cause: 'Reject' }), stays, [ends('Error')]],
  ['unanswered, given up', stays, unanswered({ cause: 'Abandoned' }), stays, [ends('Peer')]],
  ['unanswered, ended', stays, unanswered({ cause: 'Normal' }), stays, [ends('Peer')]],
  ['unanswered, transferred', stays, unanswered({ cause: 'Transfer' }), waits('moving', 'Transfer')],
  [
    'unanswered, transferred in one step',
    stays,
    unanswered({ cause: 'SingleStepTransfer' }),
    waits('moving', 'Transfer'),
  ],
  ['unanswered, conferenced', stays, unanswered({ cause: 'Conference' }), waits('moving', 'Transfer')],
  ['unanswered without a cause, alone', stays, unanswered({ isAlone: true }), stays, [ends('Peer')]],
  [
    'unanswered without a cause, offered',
    stays,
    unanswered({ wasOffered: true }),
    waits('unanswered', 'Transfer'),
  ],
  [
    'unanswered without a cause, not offered',
    stays,
    unanswered({ cause: 'Empty' }),
    waits('unanswered', 'Peer'),
  ],
  ['unanswered, busy', stays, unanswered({ cause: 'Busy' }), waits('unanswered', 'Peer')],

  ['consulted, transferred', stays, consulted({ cause: 'Transfer' }), waits('moving', 'Peer')],
  ['consulted, conferenced', stays, consulted({ cause: 'Conference' }), waits('moving', 'Peer')],
  ['consulted, hangs up', stays, consulted({ cause: 'Normal' }), stays, [count, ends('Self')]],
  ['consulted, without a cause', stays, consulted({ side: 'Peer' }), waits('consult', 'Peer'), [count]],
  ['consulted, another cause', stays, consulted({ cause: 'Route' }), waits('consult', 'Self'), [count]],
  [
    'consulted while it rings, ended',
    stays,
    consulted({ isAlerting: true, cause: 'Abandoned' }),
    stays,
    [ends('Peer')],
  ],
  [
    'consulted while it rings, without a cause',
    stays,
    consulted({ isAlerting: true }),
    waits('consult', 'Peer'),
  ],
  [
    'consulted while it rings, redirected',
    stays,
    consulted({ isAlerting: true, cause: 'Redirect' }),
    stays,
    [ends('Transfer')],
  ],

  ['an IVR transfers', stays, answered({ isIvr: true, cause: 'Transfer' }), stays, [ends('Transfer')]],
  ['an IVR routes', stays, answered({ isIvr: true, cause: 'Route' }), stays, [ends('Transfer')]],
  ['an IVR redirects', stays, answered({ isIvr: true, cause: 'Redirect' }), stays, [ends('Transfer')]],
  ['an IVR ends', stays, answered({ isIvr: true, side: 'Peer' }), stays, [count, ends('Peer')]],
  ['the last one, or the customer', stays, answered({ side: 'Peer' }), stays, [count, ends('Peer')]],
  ['plainly', stays, answered({ handsOver: { sign: 'plain' } }), stays, [count, ends('Self')]],
  [
    'plainly, whatever is there',
    stays,
    answered({ handsOver: { sign: 'plain', target: unclear } }),
    stays,
    [count, ends('Self')],
  ],
  [
    'by a transfer, to a known target',
    stays,
    answered({ handsOver: { sign: 'said', target: known } }),
    stays,
    [hands('target')],
  ],
  [
    'by a transfer, perhaps through a queue',
    stays,
    answered({ handsOver: { sign: 'said', target: unclear } }),
    waits('transfer', 'Transfer', 'target'),
  ],
  [
    'by a transfer, to nobody known',
    stays,
    answered({ handsOver: { sign: 'said' } }),
    waits('transfer', 'Transfer'),
  ],
  [
    'without a sign, to a known target',
    stays,
    answered({ handsOver: { sign: 'unsaid', target: known } }),
    stays,
    [hands('target')],
  ],
  [
    'without a sign, perhaps through a queue',
    stays,
    answered({ handsOver: { sign: 'unsaid', target: unclear } }),
    waits('unsure', 'Self'),
    [count],
  ],
  [
    'without a sign, to nobody known',
    stays,
    answered({ handsOver: { sign: 'unsaid' } }),
    waits('unsure', 'Self'),
    [count],
  ],

  [
    'its call ended into another one',
    stays,
    { kind: 'call-ended', why: 'moving', wait, otherwise: 'Peer' },
    waits('moving', 'Peer'),
  ],
  [
    'its call ended, the queue may say how',
    stays,
    { kind: 'call-ended', why: 'queue', wait, otherwise: 'System' },
    waits('queue', 'System'),
  ],
  ...nothing('its call ended', { kind: 'call-ended', why: 'moving', wait, otherwise: 'Peer' }, every),
  [
    'is held back as the last one',
    stays,
    { kind: 'held-back', wait, upTo: later, otherwise: 'Self' },
    { ...waits('last', 'Self'), upTo: later },
  ],

  ['takes part again', waits('moving', 'Peer'), { kind: 'goes-on' }, stays],
  ['takes part still', stays, { kind: 'goes-on' }, stays],
  ['has ended', waits('transfer', 'Transfer'), { kind: 'ended' }, stays],

  [
    'a target for a transfer',
    waits('transfer', 'Transfer'),
    target(false),
    waits('transfer', 'Transfer'),
    [hands('target', later)],
  ],
  [
    'a target that was there before',
    waits('transfer', 'Transfer'),
    target(false, before),
    waits('transfer', 'Transfer'),
    [hands('target')],
  ],
  [
    'a target for what may be a transfer',
    waits('unsure', 'Self'),
    target(false),
    waits('unsure', 'Self'),
    [hands('target', later)],
  ],
  [
    'a target, perhaps through a queue',
    waits('unsure', 'Self'),
    target(true),
    waits('unsure', 'Self', 'target'),
  ],
  [
    'a second one, perhaps through a queue',
    waits('transfer', 'Transfer', 'first'),
    target(true),
    waits('transfer', 'Transfer', 'first'),
  ],
  [
    'a target after no answer',
    waits('unanswered', 'Peer'),
    target(true),
    waits('unanswered', 'Peer'),
    [ends('Transfer')],
  ],
  ...nothing('a target', target(false), ['consult', 'moving', 'queue', 'last']),
  ['a target while the party takes part', stays, target(false), stays],

  [
    'nobody stays after an end without a cause',
    waits('unsure', 'Self'),
    alone,
    waits('unsure', 'Self'),
    [ends('Self')],
  ],
  [
    'nobody stays but the half on another site',
    waits('unsure', 'Self'),
    { ...alone, isLinked: true },
    waits('unsure', 'Self'),
  ],
  [
    'nobody stays after no answer',
    waits('unanswered', 'Transfer'),
    alone,
    waits('unanswered', 'Transfer'),
    [ends('Peer')],
  ],
  ...nothing('nobody stays', alone, ['transfer', 'consult', 'moving', 'queue', 'last']),
  ['nobody stays but its party', stays, alone, stays],

  [
    'the consultation is over',
    waits('consult', 'Peer'),
    { kind: 'consult-over' },
    waits('consult', 'Peer'),
    [ends('Peer')],
  ],
  ...nothing(
    'the consultation is over',
    { kind: 'consult-over' },
    every.filter((why) => why !== 'consult'),
  ),
  ['the consultation is over, it is still there', stays, { kind: 'consult-over' }, stays],

  ...every.map(
    (why): Row => [
      `the wait is over: ${why}`,
      waits(why, 'Self'),
      { kind: 'wait-over' },
      waits(why, 'Self'),
      why === 'last' ? [{ kind: 'release' }, ends('Self')] : [ends('Self')],
    ],
  ),
  [
    'the wait for a queue is over',
    waits('transfer', 'Transfer', 'target'),
    { kind: 'wait-over', target: { leg: 'target', at: later } },
    waits('transfer', 'Transfer', 'target'),
    [hands('target', later)],
  ],
  ['the wait is over, it takes part again', stays, { kind: 'wait-over' }, stays],

  [
    'what is waited for has not caught up',
    waits('queue', 'Peer'),
    { kind: 'postponed', until: streamMs(7_250) },
    { ...waits('queue', 'Peer'), until: streamMs(7_250) },
  ],
  ['waits longer while it takes part', stays, { kind: 'postponed', until: streamMs(7_250) }, stays],
];

describe('a leg whose party has left', () => {
  for (const [title, state, input, next, effects = []] of rows)
    it(title, () => {
      expect(nextLeaving(state, input)).toStrictEqual({ state: next, effects });
    });
});

describe('whether who left handed the call over', () => {
  it.each(causes)('%s', (cause) => {
    const signs = ([0, 2] as const).flatMap((talking) =>
      [false, true].map((sentToRouting) => transferSign(cause, sentToRouting, talking)),
    );
    if (cause === 'Transfer' || cause === 'SingleStepTransfer')
      expect(signs).toEqual(['said', 'said', 'said', 'said']);
    else if (cause === 'Normal' || cause === 'Abandoned')
      expect(signs).toEqual(['plain', 'plain', 'plain', 'plain']);
    else if (cause === 'Empty') expect(signs).toEqual(['unsaid', 'said', 'plain', 'said']);
    else expect(signs).toEqual(['unsaid', 'unsaid', 'plain', 'plain']);
  });

  it('no cause says as little as an empty one', () => {
    for (const sentToRouting of [false, true])
      for (const talking of [0, 1, 2])
        expect(transferSign(undefined, sentToRouting, talking)).toBe(
          transferSign('Empty', sentToRouting, talking),
        );
  });
});
