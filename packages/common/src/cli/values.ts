/** Values of options and arguments, read with a word on what was expected. */
import { InvalidArgumentError } from 'commander';

/**
 * Reads a number from `least` to `most`, both included.
 * @returns a function that throws InvalidArgumentError for any other text
 */
export function numberWithin(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected ${least} to ${most}`);
    return value;
  };
}

/**
 * Reads a whole number from `least` to `most`, both included.
 * @returns a function that throws InvalidArgumentError for any other text
 */
export function integerWithin(least: number, most: number): (text: string) => number {
  const within = numberWithin(least, most);
  return (text) => {
    const value = within(text);
    if (!Number.isInteger(value))
      throw new InvalidArgumentError(`expected a whole number, ${least} to ${most}`);
    return value;
  };
}
