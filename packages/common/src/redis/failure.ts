/** Turns what the Redis client throws into the failures that the services tell apart. */
import { ExecError } from '../errors/errors.ts';
import { maskPersons } from '../persons.ts';

/** A Redis that answers but takes no writes: a replica, a full memory or disk, too few replicas. */
const noWrites = ['READONLY', 'OOM', 'MISCONF', 'NOREPLICAS'];
/** Other replies that say "not now": a fail-over, a load, a long script, a password that is being changed. */
const notNow = ['LOADING', 'MASTERDOWN', 'TRYAGAIN', 'CLUSTERDOWN', 'BUSY', 'NOAUTH', 'WRONGPASS'];

/**
 * The word and what follows it. From 7.0 on a script fails in the words of its command; before, the words are wrapped:
 * `ERR Error running script (call to f_<sha>): @user_script:3: -OOM command not allowed ...`.
 */
const passing = new RegExp(`(?:^|[\\s:]-?)((${[...noWrites, ...notNow].join('|')})\\b.*)`, 's');

/** ioredis says so of a command without a connection, in the words of its options. */
const notConnected = /^(Stream isn't writeable|Connection is closed)/;

/**
 * `redis.takes-no-writes` (retryable; Redis refused the command before it did anything), `redis.unavailable` (retryable;
 * whether the command was executed is unknown) or `redis.refused`.
 * The original error is not kept as cause: it carries the arguments of the command, which may be secret.
 *
 * @param doing what was attempted, for the message: "store the settings"
 */
export function redisFailure(error: unknown, doing: string): ExecError {
  if (error instanceof ExecError) return error;
  const reason = messageOf(error);
  if (!isReply(error))
    return new ExecError('redis.unavailable', `Could not ${doing}: ${reason}`, { retryable: true });
  const [, words, word = ''] = passing.exec(reason) ?? [];
  if (words === undefined) return new ExecError('redis.refused', `Redis refused to ${doing}: ${reason}`);
  const code = noWrites.includes(word) ? 'redis.takes-no-writes' : 'redis.unavailable';
  return new ExecError(code, `Could not ${doing}: ${words}`, { retryable: true });
}

/**
 * Why Redis takes no writes, in its own words without the wrapping of a script; undefined for any other error.
 *
 * @param error what the client threw
 */
export function refusalOfWrites(error: unknown): string | undefined {
  const [, words, word = ''] = passing.exec(messageOf(error)) ?? [];
  return words !== undefined && isReply(error) && noWrites.includes(word) ? words.slice(0, 200) : undefined;
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** A transaction that is given up (EXECABORT) carries the refusal of the command that made it so. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = (error as { previousErrors?: readonly Error[] }).previousErrors ?? [];
  const { message } = first ?? error;
  if (notConnected.test(message)) return 'there is no connection to Redis';
  // Of a command that it does not know Redis quotes the arguments.
  return maskPersons(message.slice(0, 300));
}
