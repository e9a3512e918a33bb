/** Which test files draw their cases, and with which seed each round draws. */

/** Whether a test file draws: by fast-check, or by a seed of its own. */
export function drawsCases(source: string): boolean {
  return /from 'fast-check'|\b(askedSeed|testSeed)\b/.test(source);
}

/** Neighbours of the first seed, which is that of the first round: a round can be played again alone. */
export function seedOfRound(seed: number, round: number): number {
  return (seed + round) % 1_000_000_000;
}
