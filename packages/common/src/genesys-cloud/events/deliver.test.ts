import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { CloudError } from '../errors.ts';
import type { EventBatchResult, EventRejection } from '../operations/events.ts';
import { deliver, serverErrorTries } from './deliver.ts';

type Reply = Partial<EventBatchResult> | Error;

const status: Readonly<Record<number, () => CloudError>> = {
  400: () => new CloudError('cloud.refused', 'bad request'),
  401: () => new CloudError('cloud.unauthorized', 'who are you'),
  403: () => new CloudError('cloud.forbidden', 'not you'),
  413: () => new CloudError('cloud.too-large', 'too large'),
  429: () => new CloudError('cloud.rate-limited', 'slowly'),
  500: () => new CloudError('cloud.server-error', 'sorry', { outcomeUnknown: true }),
  503: () => new CloudError('cloud.unavailable', 'away', { outcomeUnknown: true }),
};

function error(code: number): CloudError {
  const made = status[code]?.();
  if (made === undefined) throw new Error(`no error for ${code}`);
  return made;
}

function rejected(message: string, retryable: boolean, ...ids: string[]): Partial<EventBatchResult> {
  return { rejected: new Map(ids.map((id) => [id, { message, retryable }])) };
}

function nameless(retryable: boolean): Partial<EventBatchResult> {
  return { unattributed: [{ message: 'one of them', retryable }] };
}

/** Delivers letters to a cloud that answers as told; notes requests and verdicts in the order in which they come. */
async function run(
  events: string,
  reply: (part: string, request: number) => Reply,
  sendable?: (part: readonly string[], log: readonly string[]) => readonly string[],
): Promise<string[]> {
  const log: string[] = [];
  const clock = new FakeClock();
  let requests = 0;
  const delivery = (async () => {
    const answers = deliver([...events], {
      clock,
      idOf: (event) => event,
      random: () => 0.5,
      ...(sendable === undefined ? {} : { sendable: (part: readonly string[]) => sendable(part, log) }),
      send: async (part) => {
        log.push(`send ${part.join('')}`);
        const given = reply(part.join(''), ++requests);
        if (given instanceof Error) throw given;
        return { rejected: new Map(), unattributed: [], repeated: false, correlationId: undefined, ...given };
      },
    });
    try {
      for await (const { verdicts } of answers)
        for (const [kind, list] of Map.groupBy(verdicts, sort))
          log.push(`${kind} ${list.map(({ event }) => event).join('')}`);
    } catch (thrown) {
      log.push(`throws ${thrown instanceof CloudError ? thrown.code : String(thrown)}`);
    }
  })();
  await clock.advance(3_600_000);
  await delivery;
  return log;
}

function sort(verdict: {
  readonly kind: string;
  readonly whole?: CloudError;
  readonly lost?: boolean;
}): string {
  if (verdict.whole !== undefined) return `refused alone (${verdict.whole.code})`;
  if (verdict.kind === 'unknown') return verdict.lost === true ? 'lost' : 'unknown';
  return verdict.kind;
}

describe('a batch', () => {
  it('that is taken is accepted with one request', async () => {
    expect(await run('abc', () => ({}))).toEqual(['send abc', 'accepted abc']);
  });

  it('gets each event its own answer', async () => {
    const reply = rejected('no', false, 'b');
    expect(await run('abcd', () => reply)).toEqual(['send abcd', 'accepted acd', 'refused b']);
    expect(await run('abc', () => rejected('busy', true, 'a'))).toEqual([
      'send abc',
      'later a',
      'accepted bc',
    ]);
  });

  it('says before a refusal that it may be one of a repeat, when an answer was lost on the way', async () => {
    expect(await run('ab', () => ({ ...rejected('again?', false, 'b'), repeated: true }))).toEqual([
      'send ab',
      'accepted a',
      'lost b',
      'refused b',
    ]);
  });

  it.each([400, 413])(
    'refused as a whole with %i is halved until the event to blame stands alone',
    async (code) => {
      const log = await run('abcd', (part) => (part.includes('c') ? error(code) : {}));
      expect(log).toEqual([
        'send abcd',
        'send ab',
        'accepted ab',
        'send cd',
        'send c',
        `refused alone (${error(code).code}) c`,
        'send d',
        'accepted d',
      ]);
    },
  );

  it.each([401, 403, 429, 503])(
    'of which one half was accepted when %i comes, has that half accepted',
    async (code) => {
      const log = await run('abcd', (part) =>
        part === 'abcd' ? error(400) : part === 'ab' ? {} : error(code),
      );
      expect(log).toEqual([
        'send abcd',
        'send ab',
        'accepted ab',
        'send cd',
        ...(code === 503 ? ['lost cd'] : []),
        `throws ${error(code).code}`,
      ]);
    },
  );

  it('is tried five times with 500, then taken by halves', async () => {
    const log = await run('ab', (part) => (part.includes('a') ? error(500) : {}));
    const tries = (part: string) =>
      Array.from({ length: serverErrorTries }, () => [`send ${part}`, `unknown ${part}`]).flat();
    expect(log).toEqual([
      ...tries('ab'),
      ...tries('a'),
      'send b',
      'refused alone (cloud.server-error) a',
      'accepted b',
    ]);
  });

  it('is accepted when 500 passes', async () => {
    const log = await run('ab', (_, request) => (request < 3 ? error(500) : {}));
    expect(log).toEqual(['send ab', 'unknown ab', 'send ab', 'unknown ab', 'send ab', 'accepted ab']);
  });

  it('loses no event to an outage that says 500 to everything', async () => {
    const log = await run('abcd', () => error(500));
    expect(log.at(-1)).toBe('throws cloud.server-error');
    expect(log.filter((line) => line.startsWith('refused'))).toEqual([]);
  });

  it('of one event that gets 500 five times is refused', async () => {
    expect((await run('a', () => error(500))).at(-1)).toBe('refused alone (cloud.server-error) a');
  });

  it('with refusals that name no event is asked again by halves, and one alone is meant', async () => {
    const taken = new Set<string>();
    const log = await run('abc', (part) => {
      const again = [...part].filter((event) => taken.has(event));
      for (const event of part) if (event !== 'b') taken.add(event);
      const named = rejected('repeated', false, ...again);
      return part.includes('b') ? { ...named, ...nameless(false) } : named;
    });
    expect(log).toEqual(['send abc', 'lost abc', 'send ab', 'refused ab', 'send c', 'refused c']);
  });

  it('with a refusal for now that names no event is left for later', async () => {
    expect(await run('ab', () => nameless(true))).toEqual(['send ab', 'lost ab', 'later ab']);
    expect(await run('a', () => nameless(true))).toEqual(['send a', 'later a']);
  });

  it('sends of the second half only what its first half left sendable', async () => {
    const log = await run(
      'abcd',
      (part) => (part === 'abcd' ? error(400) : part === 'ab' ? rejected('busy', true, 'b') : {}),
      (part, so) => (so.includes('later b') ? part.filter((event) => event !== 'c') : part),
    );
    expect(log).toEqual(['send abcd', 'send ab', 'accepted a', 'later b', 'send d', 'accepted d']);
  });

  it('ends with what the sender throws', async () => {
    expect(await run('ab', () => new Error('the lease is lost'))).toEqual([
      'send ab',
      'throws Error: the lease is lost',
    ]);
  });
});

describe('any batch at a cloud that refuses repeats', () => {
  it('ends with each event accepted once, refused for its own fault, or without a verdict', async () => {
    const fault = fc.constantFrom(0, 0, 0, 400, 401, 413, 429, 500, 503);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 26 }),
        fc.array(fault, { maxLength: 60 }),
        fc.nat(),
        async (size, faults, badSeed) => {
          const letters = Array.from({ length: size }, (_, n) => String.fromCharCode(97 + n));
          const bad = letters[badSeed % (size * 2)];
          const held = new Set<string>();
          const log = await run(letters.join(''), (part, request) => {
            const code = faults[request - 1] ?? 0;
            if (code !== 0) return error(code);
            if (bad !== undefined && part.includes(bad)) return error(400);
            const refused = new Map<string, EventRejection>();
            for (const event of part)
              if (held.has(event)) refused.set(event, { message: 'repeated', retryable: false });
              else held.add(event);
            return { rejected: refused };
          });
          const of = (kind: string) =>
            log
              .filter((line) => line.startsWith(kind))
              .flatMap((line) => [...(line.split(' ').at(-1) ?? '')]);
          const accepted = of('accepted');
          expect(new Set(accepted).size).toBe(accepted.length);
          expect(new Set(accepted)).toEqual(held);
          expect(accepted).toEqual(accepted.toSorted());
          if (log.some((line) => line.startsWith('throws'))) return;
          expect([...accepted, ...of('refused alone')].toSorted()).toEqual(letters);
        },
      ),
    );
  });
});
