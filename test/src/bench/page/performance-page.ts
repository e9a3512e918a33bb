/** docs/reference/performance.md and its plots, from the results that are stored in the repository. */
import { table } from '../../docs/markdown.ts';
import type { SoakResult } from '../../soak/result.ts';
import type { Machine } from '../machine.ts';
import type { StoredBenchmark } from '../stored.ts';
import { benchmarkSection, type Section } from './benchmark-section.ts';
import { soakSection } from './soak-section.ts';
import { digits } from './svg.ts';

const nothing = 'Nothing is stored yet.';

/** Files by their path below docs/reference. */
export function performancePage(
  benchmarks: readonly StoredBenchmark[],
  soak: SoakResult | undefined,
): ReadonlyMap<string, string> {
  const sections = benchmarks.map(benchmarkSection);
  const long: Section = soak === undefined ? { text: nothing, plots: new Map() } : soakSection(soak);
  const text = [
    '# Performance',
    'Made by `pnpm bench --page` and `pnpm soak --page` from what they measured; do not edit.',
    '## What four small machines carry',
    administrators(soak),
    '## How to read it',
    reading(benchmarks, soak),
    '## Figures',
    ...(sections.length === 0 ? [nothing] : sections.map((section) => section.text)),
    '## The long run',
    long.text,
    '## Measure it yourself',
    yourself,
  ].join('\n\n');
  const plots = [...sections, long].flatMap((section) => [...section.plots]);
  return new Map([
    ['performance.md', `${text}\n`],
    ...plots.map(([file, svg]): [string, string] => [`performance/${file}`, svg]),
  ]);
}

/** Plain words for who has to plan machines. */
function administrators(soak: SoakResult | undefined): string {
  const seen =
    soak === undefined
      ? []
      : [
          `In [the long run](#the-long-run) everything together, with both simulated ends, used ${digits(soak.cores.own)} cores at ${digits(soak.callsPerSecond)} calls a second; no service was ever above ${digits(mostMemory(soak))} MiB.`,
        ];
  return [
    'The request budget of Genesys Cloud is reached long before the machines are full. One VM each for EXCS and EXAS and two for EXCP, of the size that [Sizing](../guide/sizing.md) names, carry whatever one token of each service allows, and far smaller ones would: a service is one process of one core, in a container of 512 MB.',
    table(
      ['how much', 'with one token', 'why'],
      [
        [
          'calls',
          'about 39 a second, 140,000 an hour',
          '285 requests a minute of 100 events are 475 events a second, and a call makes about 12',
        ],
        [
          'agents whose states follow within a second or two',
          'about 14,000 changes a minute',
          '100 states in a request, presence and routing status apart: 20,000 agents may each change every 85 s',
        ],
        [
          'agents that are kept in step',
          '20,000',
          'what is read and compared fits the memory of a container; the first synchronisation is the slow part: 4 requests an agent',
        ],
        [
          'agents that are new',
          '71 a minute',
          '4 requests for each, 285 a minute; with the default source of the organisation 95 a minute',
        ],
      ],
    ),
    'More tokens (`GENESYS_CLOUD_TOKENS`) carry more, each as much again. More cores do not help: each service is one process. A rule of thumb: below 20 calls a second (half of the budget) nobody needs to think about it. What a site needs, and how long its first synchronisation takes, stands in [Sizing](../guide/sizing.md#the-request-budget-decides).',
    ...seen,
  ].join('\n\n');
}

function mostMemory({ figures }: SoakResult): number {
  return Math.max(
    ...figures
      .filter(({ name }) => name.endsWith(': memory') && !name.startsWith('redis'))
      .flatMap(({ points }) => points.map(({ value }) => value)),
  );
}

function reading(benchmarks: readonly StoredBenchmark[], soak: SoakResult | undefined): string {
  const machines = new Map<string, string[]>();
  for (const { name, machine } of [
    ...benchmarks,
    ...(soak === undefined ? [] : [{ name: 'the long run', machine: soak.machine }]),
  ])
    machines.set(machineText(machine), [...(machines.get(machineText(machine)) ?? []), name]);
  return [
    'Absolute times of a machine that others use as well lie by a factor of two to four. So each figure stands beside its **floor**, the cheapest thing that uses the same resource, measured in the same run: a time beside a request to a bare HTTP server, processor time beside a fixed piece of work, memory beside a Node process that only serves HTTP, and where a benchmark has a floor of its own (a bare pipe, a bare route) beside that. *Over its floor* is the median of the quotients; it can be compared from one day to another on machines of one kind. A count (requests, answers 429) has no floor: it does not jitter.',
    'Everything runs on one machine over loopback: a network adds its round trip, the real cloud some tens of milliseconds.',
    ...(machines.size === 0
      ? []
      : [
          table(
            ['machine', 'measured there'],
            [...machines].map(([machine, names]) => [
              machine,
              names.length === benchmarks.length + (soak === undefined ? 0 : 1) ? 'all' : names.join(', '),
            ]),
          ),
        ]),
  ].join('\n\n');
}

function machineText({ cpu, cores, memoryGiB, kernel, node, redis }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, Redis ${redis}`;
}

const yourself = `\`\`\`sh
pnpm bench                     # all, once: are the gates kept?
pnpm bench --compare excp      # has a figure of EXCP become worse?
pnpm bench --page              # measures anew, and writes this page
pnpm soak --minutes 60         # does anything grow?
\`\`\`

\`--compare\` runs each benchmark seven times, all of them in each round, so that what changes on the machine meets all alike, and compares each figure over its floor with what is stored. A figure is **worse** if both hold: the median of all quotients between new and old is at least a tenth, and samples of one lot would lie so far apart by chance in at most one of two hundred cases (Mann and Whitney, exact). Who is suspect after the first rounds is measured in seven more, and all of them decide; then the exit code is 1. A figure that jitters so much that not even a change of a fifth could be seen is called *unclear*. On another machine measure the page's state first: check it out and run \`pnpm bench --page\` there.`;
