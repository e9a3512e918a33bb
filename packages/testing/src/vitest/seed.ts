/**
 * The seed of whatever a test draws: the same in every run of the gate, so that what is red is red because of a change.
 * `PROPERTY_SEED` (an integer, or `random`) draws others.
 */
const fixed = 20_261_129;

/**
 * The seed that `PROPERTY_SEED` asks for; undefined: none is asked for.
 * @throws Error when it is neither an integer nor `random`
 */
export function askedSeed(asked = process.env.PROPERTY_SEED): number | undefined {
  if (asked === undefined) return undefined;
  if (asked === 'random') return Math.floor(Math.random() * 1_000_000_000);
  const seed = Number(asked);
  if (asked.trim() === '' || !Number.isInteger(seed))
    throw new Error(`PROPERTY_SEED is an integer or "random", not ${asked}`);
  return seed;
}

/** One seed for a test file. */
export function testSeed(asked = process.env.PROPERTY_SEED): number {
  return askedSeed(asked) ?? fixed;
}
