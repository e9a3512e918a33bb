/** What differs between a conversation that was played and the one that the cloud holds. */
import type { ScriptEntry, ScriptLeg } from '../history/entries.ts';
import type { Conversation, Leg } from './conversation.ts';
import type { Finding } from './facts.ts';
import { forgets, type Gap, wasTouched } from './gaps.ts';

export type Difference = Pick<Finding, 'kind' | 'text'>;

/** How far an injected time may be from the time in Engage, in milliseconds: connections may differ by 2 s. */
const toleranceMs = 3000;

/** Nothing was missed: every leg is there once, step by step, at the times of the script. */
export function compareWhole(script: ScriptEntry, seen: Conversation): Difference[] {
  const found: Difference[] = [];
  const rest = [...seen.legs];
  const unmatched: ScriptLeg[] = [];
  for (const wanted of script.legs) {
    const index = rest.findIndex(
      (leg) => wordsOf(stepsOf(leg), leg) === wordsOf(wantedSteps(wanted), wanted),
    );
    if (index < 0) {
      unmatched.push(wanted);
      continue;
    }
    const [leg] = rest.splice(index, 1);
    if (leg !== undefined) found.push(...lateSteps(wanted, leg));
  }
  for (const wanted of unmatched) {
    const index = rest.findIndex(({ participant }) => participant === wanted.participant);
    const [leg] = index < 0 ? [] : rest.splice(index, 1);
    if (leg === undefined)
      found.push({ kind: 'lost', text: `the leg ${wordsOf(wantedSteps(wanted), wanted)}` });
    else found.push(...differentSteps(wanted, leg));
  }
  for (const leg of rest)
    found.push({ kind: surplus(script, leg), text: `the leg ${wordsOf(stepsOf(leg), leg)}` });
  found.push(...differentTransfers(script.transfers, seen.transfers));
  return found;
}

/**
 * Something may have been missed: what is there must have been played, once, and must not contradict itself. `gaps`:
 * what was forgotten of a stay in a queue is found again under another ID.
 */
export function comparePart(script: ScriptEntry, seen: Conversation, gaps: readonly Gap[]): Difference[] {
  const found: Difference[] = [];
  const again = script.legs.filter(
    (leg) => leg.participant.startsWith('queue:') && wasTouched({ legs: [leg] }, gaps.filter(forgets)),
  );
  const rest = [...script.legs, ...again];
  for (const leg of seen.legs) {
    const index = rest.findIndex(({ participant }) => participant === leg.participant);
    const [wanted] = index < 0 ? [] : rest.splice(index, 1);
    // While nobody sees the other site, who is there is an outside number.
    const isFarParty = script.acrossSites === true && leg.participant === 'phone';
    if (wanted === undefined && !isFarParty)
      found.push({ kind: surplus(script, leg), text: `the leg ${wordsOf(stepsOf(leg), leg)}` });
    found.push(...repeatedSteps(leg));
  }
  const transfers = [...script.transfers];
  for (const one of seen.transfers) {
    const index = transfers.indexOf(one);
    if (index < 0) found.push({ kind: 'double', text: `the transfer ${one}` });
    else transfers.splice(index, 1);
  }
  return found;
}

/** More of a participant than was played is double; somebody who did not take part is wrong. */
function surplus({ legs }: ScriptEntry, { participant }: Leg): Difference['kind'] {
  return legs.some((leg) => leg.participant === participant) ? 'double' : 'wrong';
}

function differentSteps(wanted: ScriptLeg, leg: Leg): Difference[] {
  const missing = wantedSteps(wanted);
  const surplusSteps: string[] = [];
  for (const step of stepsOf(leg)) {
    const index = missing.indexOf(step);
    if (index < 0) surplusSteps.push(step);
    else missing.splice(index, 1);
  }
  const { participant } = wanted;
  const all = `${stepsOf(leg).join(', ')} in place of ${wantedSteps(wanted).join(', ')}`;
  if (missing.length === 0 && surplusSteps.length === 0)
    return [{ kind: 'wrong', text: `${participant} in another order: ${all}` }];
  return [
    ...missing.map((step): Difference => ({ kind: 'lost', text: `${participant} ${step}: ${all}` })),
    ...surplusSteps.map(
      (step): Difference => ({
        kind: wanted.steps.includes(step) ? 'double' : 'wrong',
        text: `${participant} ${step}: ${all}`,
      }),
    ),
  ];
}

/** What can happen to a leg only once, or only in turn. */
function repeatedSteps(leg: Leg): Difference[] {
  const found: Difference[] = [];
  const once = new Set<string>();
  let before = '';
  for (const { text } of leg.steps) {
    const only = /^(established|answered|ended)/.exec(text)?.[1];
    const again = text === before && /^(held|retrieved|disposition)/.test(text);
    if ((only !== undefined && once.has(only)) || again)
      found.push({ kind: 'double', text: `${leg.participant} ${text}: ${stepsOf(leg).join(', ')}` });
    if (only !== undefined) once.add(only);
    before = text;
  }
  return found;
}

function lateSteps(wanted: ScriptLeg, leg: Leg): Difference[] {
  const times = inOrder(wanted.steps.map((text, index) => ({ text, at: wanted.times[index] ?? 0 })));
  const seen = inOrder(leg.steps);
  return times.flatMap(({ text, at }, index): Difference[] => {
    const off = (seen[index]?.at ?? 0) - at;
    if (Math.abs(off) <= toleranceMs) return [];
    return [{ kind: 'wrong', text: `${leg.participant} ${text} at another time than in Engage (${off} ms)` }];
  });
}

function differentTransfers(wanted: readonly string[], seen: readonly string[]): Difference[] {
  if (wanted.join() === seen.join()) return [];
  const kind = seen.length < wanted.length ? 'lost' : seen.length > wanted.length ? 'double' : 'wrong';
  return [
    { kind, text: `transfers: ${seen.join(', ') || 'none'} in place of ${wanted.join(', ') || 'none'}` },
  ];
}

function stepsOf(leg: Leg): string[] {
  return inOrder(leg.steps).map(({ text }) => text);
}

function wantedSteps({ steps }: ScriptLeg): string[] {
  return inOrder(steps.map((text) => ({ text }))).map(({ text }) => text);
}

/**
 * A disposition comes over another connection than the end of the leg, and between connections there is no order: both
 * orders are right, so that dispositions are compared after everything else.
 */
function inOrder<Step extends { readonly text: string }>(steps: readonly Step[]): Step[] {
  const isDisposition = ({ text }: Step) => text.startsWith('disposition');
  return [...steps.filter((step) => !isDisposition(step)), ...steps.filter(isDisposition)];
}

function wordsOf(steps: readonly string[], { participant }: { readonly participant: string }): string {
  return `${participant} ${steps.join(', ')}`;
}
