/** docs/reference/errors.md: every error code with what happened and what to do. */
import { errorCodes } from '@exec/common/errors';
import { code, generated, table } from './markdown.ts';

export function errorsPage(): string {
  const byArea = Map.groupBy(Object.entries(errorCodes), ([name]) => name.split('.')[0] ?? '');
  const sections = [...byArea]
    // Those that no operator meets come last.
    .sort(
      ([left], [right]) =>
        Number(left === 'simulator') - Number(right === 'simulator') || (left < right ? -1 : 1),
    )
    .map(([area, codes]) => {
      const rows = codes
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, { status, summary, remedy }]) => [
          code(name),
          // EXOP is a command: it answers no request.
          area === 'exop' ? '–' : String(status),
          summary,
          remedy,
        ]);
      const title = area === 'simulator' ? 'simulator (development only)' : area;
      return `## ${title}\n\n${table(['code', 'HTTP', 'what happened', 'what to do'], rows)}`;
    });
  return [
    '# Error codes',
    `${generated} A code stands in \`error.code\` of a log line and in \`code\` of a problem answer (RFC 9457). The column HTTP is the status when the error answers a request.`,
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
