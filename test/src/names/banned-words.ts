/**
 * Words that may not be part of a name in the sources: each had several meanings here, and the field has a word for
 * every one of them. In a sentence they are plain English and may stand.
 */

export interface BannedWord {
  /** Fits one word of a name (`toldLegs` has the words `told` and `legs`), in lower case. */
  readonly word: RegExp;
  readonly instead: string;
}

export const bannedWords: readonly BannedWord[] = [
  { word: /^(un)?told$/, instead: 'published, received, notified, reported: who said what to whom' },
  {
    word: /^settle[ds]?$|^settling$|^settle(r|ment)s?$/,
    instead: 'acknowledged, answered, converged, decided',
  },
  { word: /^odd(ity|ities)?$/, instead: 'anomaly of a call, flaw of a sample, unknown, invalid' },
  { word: /^dut(y|ies)$/, instead: 'leadership, term' },
  { word: /^turns?$/, instead: 'round of the event loop, batch, step' },
  { word: /^lanes?$/, instead: 'token of the request budget, half of a state, queue, serial key' },
];

/** Names that are not ours. */
export const foreignNames: ReadonlySet<string> = new Set(['allSettled', 'PromiseSettledResult']);

/** By file: names that others rely on, fields of stored values and of REST answers, which only a new format could change. */
export const fixedNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['packages/common/src/answers/conversations.ts', ['told']],
  ['packages/excp/src/api/conversations.ts', ['told']],
  ['packages/excp/src/formats/conversation.ts', ['told', 'untold']],
]);
