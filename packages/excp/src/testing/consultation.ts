/** A conversation with a consultation, for tables of its machines: the agent consults an expert about the call of a customer. */
import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { expect } from 'vitest';
import type { Draft } from '../conversation/draft.ts';
import type { Call, Consult, Leaving, Leg, Party } from '../conversation/state.ts';
import { agent, customer, here, played } from './parties.ts';
import { callOf, home, legOf, second } from './parts.ts';

export const at = second(10);
export const own = 'site/second';
export const ofSecond = callOf({ key: own, uuid: asId<CallUuid>('second'), consultOf: home });
export const expert = legOf('user', 'expert', { home: own, consult: own, at: second(5) });
export const waiting: Consult = { call: own, main: home, phase: 'waiting' };
export const ready: Consult = { ...waiting, initiator: 'agent', target: 'expert', reached: 'expert' };
export const begun: Consult = { ...ready, object: 'customer', phase: 'begun' };
export const joined: Consult = { ...begun, phase: 'joined', joinedAt: second(8), until: streamMs(70_000) };
export const over: Consult = { ...begun, phase: 'over' };
/** A second consultation of the same conversation, about the first one. */
export const inner: Consult = { call: 'site/third', main: own, initiator: 'expert', phase: 'waiting' };
export const third = callOf({ key: 'site/third', uuid: asId<CallUuid>('third'), consultOf: own });
export const helper = legOf('user', 'helper', { home: third.key, consult: third.key, at: second(6) });

export const leaving = (why: Leaving['why'], o: Partial<Leaving> = {}): Pick<Leg, 'leaving'> => ({
  leaving: { ...{ why, at: second(9), until: streamMs(70_000), otherwise: 'Self' }, ...o },
});
export const none = [] as const;

export interface World {
  readonly consults?: readonly Consult[];
  readonly legs?: readonly Leg[];
  readonly parties?: readonly Party[];
  readonly calls?: readonly Call[];
}
export function world(o: World, play: (draft: Draft, main: Call) => void): Draft {
  return played(play, {
    ...{ legs: o.legs ?? [customer, agent, expert], others: o.calls ?? [ofSecond, third] },
    ...{ parties: o.parties ?? here, more: { consults: [...(o.consults ?? [begun])] } },
  });
}
export const phases = (draft: Draft) => draft.state.consults.map(({ call, phase }) => `${call} ${phase}`);
export const leg = (draft: Draft, key: string): Leg => draft.leg(key) ?? expect.fail(`no leg ${key}`);
