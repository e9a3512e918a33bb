/** The verdict on a run, from its history alone. */
import type { Entry } from '../history/entries.ts';
import { type Facts, type Finding, factsOf, isAgentState } from './facts.ts';
import { wasTouched } from './gaps.ts';
import { invariants } from './invariants.ts';

export interface Verdict {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly figures: {
    readonly calls: number;
    /** Conversations of which something may be missing, because nobody saw everything while they lived. */
    readonly inGaps: number;
    readonly conversationEvents: number;
    readonly states: number;
    /** Events that were sent again: what the cloud took as such, and what it refused as such. */
    readonly repeats: number;
    readonly repeatsRefused: number;
    readonly agents: number;
    readonly lost: number;
    readonly double: number;
    readonly wrong: number;
  };
}

export function judge(entries: readonly Entry[]): Verdict {
  const facts = factsOf(entries);
  const findings = Object.entries(invariants).flatMap(([invariant, find]) =>
    find(facts).map((finding): Finding => ({ invariant, ...finding })),
  );
  return { ok: findings.length === 0, findings, figures: figuresOf(facts, findings) };
}

function figuresOf(
  { scripts, decided, agents, gaps }: Facts,
  findings: readonly Finding[],
): Verdict['figures'] {
  const accepted = decided.filter(({ outcome }) => outcome === 'accepted');
  const states = accepted.filter(({ kind }) => isAgentState(kind)).length;
  const repeats = decided.filter(({ outcome }) => outcome === 'repeat');
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  return {
    calls: scripts.length,
    inGaps: scripts.filter((script) => wasTouched(script, gaps)).length,
    conversationEvents: accepted.length - states,
    states,
    repeats: repeats.filter(({ refusal }) => refusal === undefined).length,
    repeatsRefused: repeats.filter(({ refusal }) => refusal !== undefined).length,
    agents: agents.length,
    lost: count('lost'),
    double: count('double'),
    wrong: count('wrong'),
  };
}
