/** Compares what two clients of one server received of the same calls. */
import type { Probe } from '@exec/engage-link/probe';
import type { Frame } from '@exec/engage-link/wire';
import { isResync, textOf } from './order.ts';

export interface Same {
  readonly compared: number;
  /** Names the event and the attributes, never their values. */
  readonly difference: string | undefined;
}

/** Calls that both saw from their begin; what is still on its way to the second is waited for. */
export async function sameContent(one: Probe, two: Probe, limitMs: number): Promise<Same> {
  const wanted = callsOf(one);
  const enough = () => {
    const there = callsOf(two);
    return [...wanted].every(([call, frames]) => (there.get(call)?.length ?? 0) >= frames.length);
  };
  if (!enough()) await two.until(enough, limitMs, two.seen.length);
  const there = callsOf(two);
  let compared = 0;
  for (const [call, frames] of wanted) {
    const others = there.get(call) ?? [];
    for (const [index, frame] of frames.entries()) {
      const other = others[index];
      compared += 1;
      if (other === undefined) return { compared, difference: `one client was not told ${frame.message}` };
      const difference = differenceOf(frame, other);
      if (difference !== undefined) return { compared, difference };
    }
  }
  return { compared, difference: undefined };
}

function callsOf(probe: Probe): Map<string, Frame[]> {
  const calls = new Map<string, Frame[]>();
  for (const { frame } of probe.seen) {
    const call = frame.message.startsWith('EventCall') ? textOf(frame.attributes.CallUUID) : undefined;
    if (call === undefined) continue;
    const frames = calls.get(call);
    if (frames !== undefined) frames.push(frame);
    else if (frame.message === 'EventCallCreated' && !isResync(frame.attributes)) calls.set(call, [frame]);
  }
  return calls;
}

/** Numbers that count per connection are each client's own. */
const own = new Set(['EventSequenceNumber']);

function differenceOf(one: Frame, two: Frame): string | undefined {
  if (one.message !== two.message)
    return `one client was told ${one.message} where the other was told ${two.message}`;
  const names = new Set([...Object.keys(one.attributes), ...Object.keys(two.attributes)]);
  const differing = [...names].filter(
    (name) => !own.has(name) && canonical(one.attributes[name]) !== canonical(two.attributes[name]),
  );
  return differing.length === 0 ? undefined : `${one.message} differs in ${differing.join(', ')}`;
}

/** Keys of a list have no order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === 'object' && one !== null && !Array.isArray(one)
        ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : one,
    ) ?? 'absent'
  );
}
