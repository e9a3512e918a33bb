/** Starts the monitoring of calls on a connection and reads what is told of live ones. */
import type { Probe } from '@exec/engage-link/probe';
import type { Limits } from './context.ts';
import { printable } from './form.ts';
import { ended } from './opening.ts';
import { isResync, listOf, textOf } from './order.ts';

export type Resync =
  | { readonly named: ReadonlySet<string>; readonly reliable: boolean }
  | { readonly fault: string };

export async function startMonitoring(probe: Probe, limits: Limits): Promise<Resync> {
  const from = probe.seen.length;
  const answer = await probe.ask('RequestStartCallMonitoring', {}, limits.answer);
  if (answer.kind !== 'frame') return { fault: ended(answer) };
  const { message, attributes } = answer.frame;
  if (message !== 'EventACK') return { fault: `is answered with ${printable(message)}` };
  if (Number(listOf(attributes.Extensions).Resync) !== 1) return { fault: 'EventACK does not say Resync' };
  const done = await probe.until(
    ({ frame }) =>
      frame.message === 'EventACK' && Number(listOf(frame.attributes.Extensions).ResyncDone) === 1,
    limits.resync,
    from,
  );
  if (done.kind !== 'frame') return { fault: `no ResyncDone: ${ended(done)}` };
  const named = new Set<string>();
  for (const { frame } of probe.seen.slice(from)) {
    if (frame === done.frame) break;
    const call = textOf(frame.attributes.CallUUID);
    if (call === undefined || !isResync(frame.attributes)) continue;
    if (frame.message === 'EventCallCreated') named.add(call);
    else if (frame.message !== 'EventCallPartyAdded')
      return { fault: `${printable(frame.message)} with Resync` };
    else if (!named.has(call)) return { fault: 'a party is named before its call' };
  }
  return { named, reliable: listOf(done.frame.attributes.Extensions).ResyncReliable !== 0 };
}
