/** What the answer of `pnpm audit --json` means. Pure. */
import { parseJson } from '@exec/common/json-text';
import { z } from 'zod';

/** `unanswered` is not a pass: nobody has looked. */
export interface AuditOutcome {
  readonly kind: 'none-known' | 'known' | 'unanswered';
  readonly text: string;
}

const report = z.looseObject({
  advisories: z.record(
    z.string(),
    z.looseObject({
      module_name: z.string(),
      severity: z.string(),
      title: z.string(),
      patched_versions: z.string().nullish(),
      url: z.string().nullish(),
    }),
  ),
  metadata: z.looseObject({ totalDependencies: z.number().optional() }).optional(),
});

const failure = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** @param output what the command wrote, on both streams */
export function auditOutcome(output: string): AuditOutcome {
  const answer = parseJson(output.slice(Math.max(output.indexOf('{'), 0)));
  const parsed = report.safeParse(answer).data;
  if (parsed === undefined) {
    const said = failure.safeParse(answer).data?.error.message;
    const why = said ?? /ERR_\w+[^\n]*/.exec(output)?.[0] ?? output.trim().split('\n').at(-1) ?? '';
    return {
      kind: 'unanswered',
      text: `ADVISORIES WERE NOT LOOKED UP: the registry answers no such question here (${why.trim().slice(0, 300)}). Run "pnpm audit --prod" where one does, before a release.`,
    };
  }
  const found = Object.values(parsed.advisories);
  if (found.length === 0)
    return { kind: 'none-known', text: 'Advisories: none is known for the packages that are shipped.' };
  const lines = found.map(
    ({ module_name, severity, title, patched_versions, url }) =>
      `  ${severity}: ${module_name}: ${title} (mended in ${patched_versions ?? 'no version'}) ${url ?? ''}`,
  );
  return { kind: 'known', text: `Advisories are known for packages that are shipped:\n${lines.join('\n')}` };
}
