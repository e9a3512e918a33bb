/** What the page says of the long run: what it was, its verdict, a table and plots. */
import { table } from '../../docs/markdown.ts';
import { type FigureOfSoak, findingsOf, isOfTime, type SoakResult, wasStarved } from '../../soak/result.ts';
import type { Section } from './benchmark-section.ts';
import { digits, linePlot } from './svg.ts';

const plotted = [
  {
    file: 'soak-live-memory',
    title: 'Memory of each service after a full collection',
    unit: 'MiB',
    of: /: live memory$/,
  },
  { file: 'soak-memory', title: 'Memory of each process', unit: 'MiB', of: /: memory$/ },
  { file: 'soak-handles', title: 'Open handles of each process', unit: 'handles', of: /: handles$/ },
  { file: 'soak-redis', title: 'Data in Redis', unit: 'MiB', of: /^Redis: (data|claims)/ },
  { file: 'soak-keys', title: 'Keys in Redis', unit: 'keys', of: /^Redis: keys/ },
  { file: 'soak-waiting', title: 'What waits', unit: 'events, agents', of: /not (processed|accepted)$/ },
  { file: 'soak-open', title: 'Open conversations', unit: 'conversations', of: /open conversations$/ },
] as const;

export function soakSection(soak: SoakResult): Section {
  const plots = new Map<string, string>();
  const images = plotted.flatMap(({ file, title, unit, of }) => {
    const figures = soak.figures.filter(({ name, points }) => of.test(name) && points.length > 0);
    if (figures.length === 0) return [];
    const said = figures.map(summaryOf);
    const svg = linePlot({
      ...{
        title,
        description: `${said.join('. ')}.`,
        xLabel: 'minutes; a dotted stroke is a restart',
        yLabel: unit,
      },
      lines: figures.map(({ name, points }) => ({
        name: name.replace(/: (live memory|memory|handles)$/, ''),
        points: points.map(({ at, value }) => ({ x: at / 60, y: value })),
      })),
      marks: soak.restarts.map(({ at, part }) => ({ x: at / 60, text: `${part} is restarted` })),
    });
    plots.set(`${file}.svg`, svg);
    return [`![${title}. ${said.join('. ')}](performance/${file}.svg)`];
  });
  return {
    text: [introduction(soak), verdict(soak), ...images, figuresTable(soak), restartsTable(soak)].join(
      '\n\n',
    ),
    plots,
  };
}

function introduction(soak: SoakResult): string {
  const {
    minutes,
    restMinutes,
    callsPerSecond,
    changesPerSecond,
    graceSeconds,
    calls,
    stateChanges,
    configChanges,
    events,
    cores,
    machine,
  } = soak;
  return [
    `On ${soak.date.slice(0, 10)}, for ${digits(minutes)} minutes: ${digits(callsPerSecond)} calls and ${digits(changesPerSecond)} changes of agents' states a second, within the request budget of a real organisation (300 a minute and token), each part restarted every ten minutes, of EXAS and EXCP the instance that was at work; after that ${digits(restMinutes)} minutes without restarts. Ended conversations were kept for ${digits(graceSeconds)} s (\`DISPOSITION_GRACE_SECONDS\`), so that what is kept levels off within the run.`,
    `It came to ${digits(calls)} calls${fewer(soak)}, ${digits(stateChanges)} state changes and ${digits(configChanges)} changes of the Config DB. The cloud accepted ${digits(events.accepted)} of ${digits(events.due)} voice events, refused ${digits(events.refused)}, and got ${digits(events.repeated)} once more after restarts; ${digits(soak.answers429)} answers were 429.`,
    `What ran beside it: the services, simulated Engage, fake cloud, Redis and PostgreSQL of the run used ${digits(cores.own)} of ${machine.cores} cores on average, other programs of the machine ${digits(cores.others)}${soak.niceness > 0 ? `, and all of the run gave way to them (niceness ${soak.niceness})` : ''}. The load itself was late by up to ${digits(soak.lateByMs / 1000)} s. Times of this run therefore say little; sizes do not depend on that.`,
  ].join('\n\n');
}

/** Calls that did not begin, because the process that plays them had to wait for the machine. */
function fewer(soak: SoakResult): string {
  return wasStarved(soak)
    ? ` (${digits(soak.calls / (soak.minutes + soak.restMinutes) / 60)} a second: the machine was too busy for more)`
    : '';
}

function verdict(soak: SoakResult): string {
  const findings = findingsOf(soak);
  const unsaid = soak.figures.filter(({ growth }) => growth !== undefined && growth.grows === undefined);
  const starved = wasStarved(soak)
    ? ' The machine was so busy with other programs that not even the simulated calls kept their pace: what waits and how long a restart takes are shown, but neither is judged.'
    : '';
  const judged =
    unsaid.length === 0
      ? 'Nothing grows, and nothing is lost.'
      : 'Nothing is lost; the run was too short to say of everything whether it grows.';
  const text = findings.length === 0 ? judged : `Found: ${findings.join('; ')}.`;
  return `**${text}**${starved} What is judged are the stretches between two restarts, each without its first half, in which a process gets warm; of memory, which takes longer, the later part of the time after all restarts. A figure grows if later values of a stretch are larger than earlier ones more often than chance allows (seasonal Kendall test, one in a thousand), by more than 2 % of its level in an hour. The bounds say what a growth may have been without being seen. The live memory of a service is what it holds after a full collection, made every half minute; what the system has given to it also holds garbage and rises for some minutes after each start: it is shown, and not judged. EXAS and EXCP keep lists with a bound: in EXAS the last 20,000 states that were sent, in EXCP the names of 50,000 forgotten calls. They are full half an hour after a start at this rate, and rise until then. Claims are kept for an hour by the time of the event, so they rise for an hour in any run, and all of Redis with them: neither is judged.`;
}

function figuresTable(soak: SoakResult): string {
  const isStarved = wasStarved(soak);
  return table(
    ['figure', 'level', 'growth in an hour', 'its bounds (95 %)', 'verdict'],
    soak.figures.map(({ name, unit, growth, points }) => [
      name,
      `${digits(growth?.level ?? points.at(-1)?.value ?? Number.NaN)} ${unit}`,
      growth === undefined ? '' : digits(growth.perHour),
      growth === undefined ? '' : `${digits(growth.low)} to ${digits(growth.high)}`,
      growth === undefined || (isStarved && isOfTime(name))
        ? 'not judged'
        : growth.grows === undefined
          ? 'too short'
          : growth.grows
            ? 'grows'
            : 'does not grow',
    ]),
  );
}

function restartsTable({ restarts }: SoakResult): string {
  const parts = [...Map.groupBy(restarts, ({ part }) => part)];
  return table(
    ['restarted', 'times', 'until everything was well again'],
    parts.map(([part, of]) => {
      const seconds = of.map(({ recovered }) => recovered ?? Number.POSITIVE_INFINITY);
      return [
        part,
        String(of.length),
        `${digits(Math.min(...seconds))} to ${digits(Math.max(...seconds))} s`,
      ];
    }),
  );
}

function summaryOf({ name, unit, points }: FigureOfSoak): string {
  const values = points.map(({ value }) => value);
  return `${name}: from ${digits(values[0] ?? Number.NaN)} to ${digits(values.at(-1) ?? Number.NaN)}, at most ${digits(Math.max(...values))} ${unit}`;
}
