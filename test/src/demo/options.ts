/** What the demo can be told on its command line. */
import { parseArgs } from 'node:util';
import { z } from 'zod';

const number = (low: number, high: number) => z.coerce.number().int().min(low).max(high);

const optionsSchema = z.object({
  agents: number(20, 20_000).default(60),
  calls: number(0, 100_000).default(90),
  budget: number(60, 1_000_000).default(6000),
  seed: number(0, 2 ** 31 - 1).default(1),
  json: z.boolean().default(false),
  watch: z.boolean().default(false),
});

export type DemoOptions = z.infer<typeof optionsSchema>;

export const usage = `Usage: npx -y pnpm@10 demo [options]

  --agents N   agents in the contact centre (20 to 20000, default 60)
  --calls N    calls of the day that is played (default 90)
  --budget N   requests per minute and token, of the fake cloud and of the services (default 6000;
               a real organisation allows 300, and a first sync then takes its time)
  --seed N     another contact centre, another day (default 1)
  --watch      keep everything running after the comparison, until Ctrl-C
  --json       the last line of standard output is one JSON object with the figures
`;

/** Reads the command line; returns a sentence for each thing that is wrong with it. */
export function parseOptions(argv: readonly string[]): { options: DemoOptions } | { faults: string[] } {
  try {
    const { values } = parseArgs({
      // pnpm hands the separator on when it is written out: `pnpm demo -- --json`.
      args: argv.filter((argument) => argument !== '--'),
      options: {
        agents: { type: 'string' },
        calls: { type: 'string' },
        budget: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        watch: { type: 'boolean' },
      },
      strict: true,
    });
    const parsed = optionsSchema.safeParse(values);
    if (parsed.success) return { options: parsed.data };
    return { faults: parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`) };
  } catch (error) {
    return { faults: [error instanceof Error ? error.message : String(error)] };
  }
}
