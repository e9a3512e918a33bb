/** Test calls made by a person, who is told what to do on the terminal and says when it is done. */
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Calls, Played } from '../conformance/test-calls.ts';

const absent: Played = { kind: 'skipped', why: 'nobody is at the terminal' };

export function person(input: Readable, output: Writable): Calls {
  let lines: Interface | undefined;
  let gone = false;
  let answer: ((played: Played) => void) | undefined;
  const listen = (): void => {
    if (lines !== undefined) return;
    lines = createInterface({ input });
    lines.on('line', (line) => {
      if (line.trim().toLowerCase() === 's') answer?.({ kind: 'skipped', why: 'skipped by hand' });
      else answer?.({ kind: 'done' });
    });
    lines.once('close', () => {
      gone = true;
      answer?.(absent);
    });
  };
  return {
    begin(call) {
      const over = Promise.withResolvers<Played>();
      answer = over.resolve;
      listen();
      if (gone) over.resolve(absent);
      output.write(`\n${call.instruction}\nEnter when it is done, s and Enter to skip it.\n`);
      return {
        over: over.promise,
        goOn: (text) => void (text !== '' && output.write(`${text}\n`)),
        stop: () => {
          answer = undefined;
        },
      };
    },
    close: () => lines?.close(),
  };
}
