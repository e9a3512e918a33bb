/**
 * The Engage side as a process. First line of standard input: the set-up; every further line: a command, see
 * config.ts. Each line of standard output is one JSON object: `ready`, the answer to a command by its `id`, or the
 * outcome of what was played. Ends on the command `finish`, on SIGTERM, and when its parent closes the input.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '@exec/common/clock';
import { textOf } from '@exec/common/trouble';
import { z } from 'zod';
import { type EngageCommand, engageCommand, engageConfig } from './config.ts';
import { EngageSide } from './engage-side.ts';

type CommandId = EngageCommand['id'];

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function parse<Schema extends z.ZodType>(schema: Schema, line: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error('the line is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Answers at once that it has begun; the outcome comes when it is over. */
function play(id: CommandId, outcome: string, playing: Promise<object>): void {
  say({ id, ok: true, playing: outcome });
  playing.then(
    (result) => say({ id, event: outcome, result }),
    (error: unknown) => say({ id, event: 'failed', of: outcome, message: textOf(error) }),
  );
}

async function obey(side: EngageSide, command: EngageCommand): Promise<void> {
  const { id } = command;
  switch (command.command) {
    case 'play-day':
      play(id, 'day', side.playDay(command));
      return;
    case 'play-scenarios':
      play(id, 'scenarios', side.playScenarios(command));
      return;
    case 'status':
      say({ id, ok: true, status: side.status() });
      return;
    case 'states':
      say({ id, ok: true, states: side.statuses() });
      return;
    case 'switchover':
      side.switchover(command.server, command.crash);
      say({ id, ok: true });
      return;
    case 'reachable':
      await side.setReachable(command.server, command.reachable);
      say({ id, ok: true });
      return;
    case 'finish':
      say({ id, ok: true });
      return;
  }
}

async function run(): Promise<void> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  process.once('SIGTERM', () => lines.close());
  process.once('SIGINT', () => lines.close());
  // The parent may be gone before it has read what we say.
  process.stdout.on('error', () => lines.close());
  let side: EngageSide | undefined;
  try {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      if (side === undefined) {
        side = await EngageSide.start(parse(engageConfig, line), systemClock);
        say({ ready: true, ...side.addresses });
        continue;
      }
      try {
        const command = parse(engageCommand, line);
        await obey(side, command);
        if (command.command === 'finish') break;
      } catch (error) {
        say({ id: idOf(line), ok: false, message: textOf(error) });
      }
    }
  } finally {
    lines.close();
    process.stdin.destroy();
    await side?.close();
  }
}

function idOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { id?: unknown }).id;
  } catch {
    return undefined;
  }
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${textOf(error)}\n`);
  process.exitCode = 1;
}
