/** What the command lines of all programs have in common. */
export { type Command, InvalidArgumentError, Option } from 'commander';
export { Cli, endsWith } from './cli.ts';
export { exitCodes } from './exit-codes.ts';
export { type Streams, type TextStream, widthOf } from './streams.ts';
export { integerWithin, numberWithin } from './values.ts';
