import { monotonicMs, streamMs } from '@exec/common/instants';
import type { Timeout } from '@exec/common/machine';
import { describe, expect, it } from 'vitest';
import {
  nextSiteConnection,
  type SiteConnectionInput,
  type SiteConnectionState,
  type SiteConnectionStep,
  type SiteConnectionTimer,
} from './site-connection-state.ts';

const phases = ['down', 'starting', 'reading'] as const satisfies readonly SiteConnectionState['phase'][];
const inputs = {
  opened: { type: 'opened' },
  closed: { type: 'closed', detail: 'cut' },
  again: { type: 'again' },
  started: { type: 'started', attempt: 3, since: streamMs(70) },
  'an earlier one started': { type: 'started', attempt: 2, since: streamMs(60) },
  refused: { type: 'refused', attempt: 3 },
  'an earlier one refused': { type: 'refused', attempt: 2 },
  stop: { type: 'stop' },
  timeout: { type: 'timeout', timer: 'retry', at: monotonicMs(0) },
} as const satisfies Record<string, SiteConnectionInput | Timeout<SiteConnectionTimer>>;

const begin = ['starting 4', 'clear retry, start 4'] as const;
const lost = ['down 4', 'clear retry, tell-lost cut'] as const;
/** What is not listed changes nothing; undefined: must not come. */
const table: Record<
  (typeof phases)[number],
  Partial<Record<keyof typeof inputs, readonly [string, string] | undefined>>
> = {
  down: { opened: begin, closed: lost, stop: ['down 3', 'clear retry'], timeout: undefined },
  starting: {
    opened: begin,
    closed: lost,
    again: begin,
    started: ['reading 3', 'read 3 since 70'],
    stop: ['starting 3', 'clear retry'],
    timeout: undefined,
  },
  reading: {
    opened: begin,
    closed: lost,
    again: begin,
    refused: ['reading 3', 'retry in 5000'],
    stop: ['reading 3', 'clear retry'],
    timeout: begin,
  },
};

function show(step: SiteConnectionStep | undefined): readonly [string, string] | undefined {
  const effects = step?.effects.map((effect) => {
    switch (effect.type) {
      case 'set-timer':
        return `${effect.timer} in ${effect.ms}`;
      case 'clear-timer':
        return `clear ${effect.timer}`;
      case 'start':
        return `start ${effect.attempt}`;
      case 'read':
        return `read ${effect.attempt} since ${effect.since}`;
      case 'tell-lost':
        return `tell-lost ${effect.detail}`;
      default:
        return effect satisfies never;
    }
  });
  return step && [`${step.state.phase} ${step.state.attempt}`, effects?.join(', ') ?? ''];
}

const cells = phases.flatMap((phase) =>
  (Object.keys(inputs) as (keyof typeof inputs)[]).map((input) => [phase, input] as const),
);

describe('a connection to a site', () => {
  it.each(cells)('%s, %s', (phase, input) => {
    const nothing = [`${phase} 3`, ''] as const;
    const expected = input in table[phase] ? table[phase][input] : nothing;
    expect(show(nextSiteConnection({ phase, attempt: 3 }, inputs[input], 5_000))).toEqual(expected);
  });
});
