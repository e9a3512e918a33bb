import { describe, expect, it } from 'vitest';
import type { SoakResult } from '../../soak/result.ts';
import type { Result } from '../measure.ts';
import { figuresOf, type StoredBenchmark } from '../stored.ts';
import { performancePage } from './performance-page.ts';
import { linePlot } from './svg.ts';

const machine = { cpu: 'A & B', cores: 2, memoryGiB: 8, kernel: '6', node: '24', redis: '7' };
const floors = { roundTripMs: 0.5, workMs: 100, memoryMiB: 50 };

function round(...results: readonly Result[]) {
  return { results, floors, load: 0.1 };
}

/** A benchmark of which the page has never heard. */
function benchmark(name: string): StoredBenchmark {
  const of = (factor: number, agents: number): Result => ({
    ...{ bench: 'new: memory', value: factor * agents, unit: 'MiB' },
    size: { of: 'agents', count: agents },
  });
  const figures = figuresOf(
    [1, 1.1, 1.2].map((factor) =>
      round(
        { bench: 'new: time', value: 5 * factor, unit: 'ms', gate: { kind: 'at most', limit: 15 } },
        { bench: 'new: <of its own>', value: 20, unit: 'ms', atFloor: 10 },
        { bench: 'new: requests', value: 0, unit: 'requests', gate: { kind: 'at most', limit: 0 } },
        of(factor, 200),
        of(factor, 2_000),
      ),
    ),
  );
  return {
    name,
    about: 'Something new',
    date: '2026-01-02T03:04:05Z',
    machine,
    load: [0.1],
    short: false,
    figures,
  };
}

const points = [0, 60, 120].map((at) => ({ at, value: 100 + at / 60 }));

function soak(grows: boolean): SoakResult {
  const growth = { level: 101, perHour: 60, low: 50, high: 70, grows };
  return {
    ...{ date: '2026-01-02T03:04:05Z', machine, minutes: 60, restMinutes: 20, callsPerSecond: 40 },
    ...{
      changesPerSecond: 10,
      graceSeconds: 300,
      cores: { own: 0.6, others: 1.1 },
      niceness: 10,
      lateByMs: 2_000,
      calls: 10,
    },
    ...{ stateChanges: 5, configChanges: 1, answers429: 0 },
    events: { due: 100, accepted: 100, refused: 0, repeated: 2 },
    restarts: [{ at: 60, part: 'excp', recovered: 3 }],
    figures: [{ name: 'excp-1: memory', unit: 'MiB', growth, points }],
  };
}

function textOf(files: ReadonlyMap<string, string>): string {
  return files.get('performance.md') ?? '';
}

describe('the page on performance', () => {
  const files = performancePage([benchmark('new')], soak(false));

  it('shows a benchmark that it does not know, each figure over its floor', () => {
    expect(textOf(files)).toContain('| new: time | 5.5 ms | 5 to 6 | 11 | at most 15: ok |');
    expect(textOf(files)).toContain('| new: <of its own> | 20 ms | always | 2 |');
    expect(textOf(files)).toContain('| new: requests | 0 requests | always | a count | at most 0: ok |');
    expect(textOf(files)).toContain('| new: memory, 2,000 agents | 2,200 MiB |');
  });

  it('says of what was measured in one round alone that it was', () => {
    const figures = figuresOf([round({ bench: 'new: time', value: 5, unit: 'x' })]);
    expect(textOf(performancePage([{ ...benchmark('new'), figures }], undefined))).toContain(
      '| new: time | 5 x | once | 5 |',
    );
  });

  it('has a plot of what grows, and one of the ratios; each says what it shows, and the page names each', () => {
    const plots = [...files.keys()].filter((name) => name.endsWith('.svg'));
    expect(plots).toEqual(['performance/new.svg', 'performance/new-1.svg', 'performance/soak-memory.svg']);
    for (const name of plots) {
      const svg = files.get(name) ?? '';
      expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="title description">/);
      expect(svg).toMatch(/<title id="title">[^<]+<\/title>\n<desc id="description">[^<]{20,}<\/desc>/);
      expect(svg).toContain('prefers-color-scheme: dark');
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(textOf(files)).toMatch(new RegExp(`!\\[[^\\]]{20,}\\]\\(${name}\\)`));
    }
    expect(files.get('performance/new-1.svg')).toContain('220 at 200, 2,200 at 2,000');
    expect(files.get('performance/new.svg')).toContain('new: &lt;of its own&gt;');
  });

  it('says whether anything grew in the long run, and what ran beside it', () => {
    expect(textOf(files)).toContain('**Nothing grows, and nothing is lost.**');
    expect(textOf(files)).toContain('used 0.6 of 2 cores on average, other programs of the machine 1.1');
    expect(textOf(files)).toContain(
      'It came to 10 calls (0.00208 a second: the machine was too busy for more)',
    );
    expect(textOf(files)).toContain('not even the simulated calls kept their pace');
    const other = textOf(performancePage([], soak(true)));
    expect(other).toContain('**Found: excp-1: memory grows by 60.0 MiB an hour.**');
  });

  it('stands also before anything was measured', () => {
    expect(textOf(performancePage([], undefined))).toContain('Nothing is stored yet.');
  });
});

it('draws what never changes, and a single point', () => {
  const svg = linePlot({
    ...{ title: 'a', description: 'b', xLabel: 'x', yLabel: 'y' },
    lines: [{ name: 'flat', points: [{ x: 1, y: 0 }] }],
  });
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
