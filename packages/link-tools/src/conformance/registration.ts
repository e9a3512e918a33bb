/** Registers an address and reads the snapshot that answers. */
import type { Probe } from '@exec/engage-link/probe';
import { type AddressType, type Frame, parseSipEvent, readSnapshot } from '@exec/engage-link/wire';
import type { Limits } from './context.ts';
import { type FormFault, printable } from './form.ts';
import { ended, errorCodeOf } from './opening.ts';
import { listOf } from './order.ts';

export type Registered =
  | { readonly kind: 'registered'; readonly frame: Frame; readonly faults: readonly FormFault[] }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'wrong'; readonly why: string };

export async function register(
  probe: Probe,
  dn: string,
  type: AddressType,
  limits: Limits,
): Promise<Registered> {
  const answer = await probe.ask(
    'RequestRegisterAddress',
    { ThisDN: dn, AddressType: type, RegisterMode: 'ModeShare', ControlMode: 'RegisterDefault' },
    limits.answer,
  );
  if (answer.kind !== 'frame') return { kind: 'wrong', why: ended(answer) };
  const { frame } = answer;
  if (frame.message === 'EventError') return { kind: 'refused', code: errorCodeOf(frame) };
  if (frame.message !== 'EventRegistered')
    return { kind: 'wrong', why: `is answered with ${printable(frame.message)}` };
  if (frame.attributes.ThisDN !== dn) return { kind: 'wrong', why: 'EventRegistered names another address' };
  return { kind: 'registered', frame, faults: [...snapshotFaults(frame, type)] };
}

function* snapshotFaults(frame: Frame, type: AddressType): Iterable<FormFault> {
  const parsed = parseSipEvent(frame);
  // The form of the frame is judged with all others.
  if (parsed.kind !== 'message') return;
  const extensions = listOf(frame.attributes.Extensions);
  const snapshot = readSnapshot(extensions);
  const numbered = Object.keys(extensions).filter((key) => /^(?:conn|call|party)-\d+$/.test(key));
  const last = Math.max(-1, ...numbered.map((key) => Number(key.split('-')[1])));
  if (last + 1 !== snapshot.calls.length)
    yield { kind: 'wrong', what: 'a snapshot has a gap in its numbers' };
  for (const call of snapshot.calls) {
    if (call.connId === undefined || !/^[0-9a-f]{16}$/i.test(call.connId))
      yield { kind: 'wrong', what: 'a call of a snapshot has no ConnID of 16 hexadecimal digits' };
    if (call.callUuid === undefined) yield { kind: 'odd', what: 'a call of a snapshot has no CallUUID' };
    if (call.partyState === undefined || call.partyState === 'Unknown')
      yield { kind: 'odd', what: 'a call of a snapshot has no party state of the contract' };
  }
  if (type === 'DN' && snapshot.agentStatus === undefined)
    yield { kind: 'odd', what: 'a snapshot of an extension has no AgentStatus of the contract' };
}

/** Whether the snapshot names this call, by either of its identities. */
export function snapshotNames(frame: Frame, call: string, connId: string | undefined): boolean {
  return readSnapshot(listOf(frame.attributes.Extensions)).calls.some(
    (one) => one.callUuid === call || (connId !== undefined && one.connId === connId),
  );
}
