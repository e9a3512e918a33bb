/** The file that is sent in: what was gathered, without secrets, numbers and addresses. */
import { gzipSync } from 'node:zlib';
import { tarOf } from '@exec/common/tar';
import { withoutMail, withoutPersons } from './masking.ts';
import type { Redactor } from './redactor.ts';

export interface BundleFile {
  readonly path: string;
  readonly content: string;
}

/** Nothing of a call is in these, and their figures are needed. */
const figures = /(?:metrics\.txt|machine\.txt|compose\.yaml|active\.json|about\.json)$/;

/** Every line passes through the redactor and the mask. */
export function archiveOf(
  files: readonly BundleFile[],
  { redactor }: { readonly redactor: Pick<Redactor, 'clean'> },
): Buffer {
  const entries = files.map(({ path, content }) => {
    const clean = redactor.clean(content);
    const masked = figures.test(path) ? withoutMail(clean) : clean.split('\n').map(maskedLine).join('\n');
    return { path, content: Buffer.from(`${masked.trimEnd()}\n`), mode: 0o600 };
  });
  return gzipSync(Buffer.concat([...tarOf(entries)]));
}

/** Compose puts the name of the container before a line of the log. */
function maskedLine(line: string): string {
  const [, prefix = '', rest = line] = /^([\w.-]+\s+\| )(.*)$/.exec(line) ?? [];
  return `${prefix}${withoutPersons(rest)}`;
}
